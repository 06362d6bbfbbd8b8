# What one node gives to pods: {"p5.48xlarge":{"nvidia.com/mig-1g.10gb":56}}.
output "slices_per_node" {
  value = provider::mig::slices_per_node({ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } })
}
