# What a node boots: an EKS image that is pinned, and user data that cuts every GPU before kubelet starts.
resource "mig_karpenter_nodeclass" "slices" {
  name    = "mig-small"
  cluster = { name = "prod" }
  role    = "KarpenterNodeRole-prod"

  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }

  ami_selector_terms            = [{ alias = "al2023@v20261003" }]
  subnet_selector_terms         = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
  security_group_selector_terms = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
}
