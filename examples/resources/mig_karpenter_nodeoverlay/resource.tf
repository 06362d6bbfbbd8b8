# With a pool of this provider, nodepool = mig_karpenter_nodepool.slices says all of this.
resource "mig_karpenter_nodeoverlay" "slices" {
  nodepool = { name = "mig-small" }
  cluster  = { name = "prod" }

  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }
}
