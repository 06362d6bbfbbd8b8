# Taints for a Karpenter NodePool: [{"effect":"NoSchedule","key":"nvidia.com/gpu","value":"present"}].
output "taints" {
  value = provider::mig::node_taints({ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } })
}
