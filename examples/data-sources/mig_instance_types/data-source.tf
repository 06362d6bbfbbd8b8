# The instance types that can be cut, with what their GPUs are.
data "mig_instance_types" "sliceable" {
  mig = "yes"
}

output "gpus_by_type" {
  value = { for type in data.mig_instance_types.sliceable.instance_types : type.name => "${type.gpu_count} x ${type.gpu}" }
}
