# Seven slices of every GPU, by Bottlerocket's own settings:
#
# [settings.kubelet-device-plugins.nvidia]
# device-partitioning-strategy = "mig"
#
# [settings.kubelet-device-plugins.nvidia.mig.profile]
# "h100.80gb" = "1g.10gb"
output "settings" {
  value = provider::mig::bottlerocket_settings({
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
    strategy       = "single"
  })
}
