# What the GPUs of a p5.48xlarge can be cut into.
data "mig_profiles" "h100" {
  instance_type = "p5.48xlarge"
}

output "slices_per_gpu" {
  value = { for profile in data.mig_profiles.h100.profiles : profile.profile => profile.max_instances }
}
