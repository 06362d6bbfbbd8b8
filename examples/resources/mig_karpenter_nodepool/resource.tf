# With a node class of this provider, nodeclass = mig_karpenter_nodeclass.slices says all of this.
resource "mig_karpenter_nodepool" "slices" {
  nodeclass = { name = "mig-small" }
  cluster   = { name = "prod" }

  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }

  # At most three nodes of 56 slices.
  slice_limits = { "1g.10gb" = 168 }
}
