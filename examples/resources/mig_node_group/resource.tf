# Nodes with 56 slices each, of which there are none until a pod asks for a slice. The Cluster Autoscaler knows what a node will have by
# the tags that the group gets.
resource "mig_launch_template" "slices" {
  name = "mig-slices"

  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }
}

resource "mig_node_group" "slices" {
  cluster_name    = "prod"
  node_group_name = "mig-slices"
  node_role_arn   = "arn:aws:iam::123456789012:role/prod-nodes"
  subnet_ids      = ["subnet-0123456789abcdef0"]
  launch_template = mig_launch_template.slices

  scaling_config = { min_size = 0, max_size = 4 }
  update_config  = { max_unavailable = 1, update_strategy = "MINIMAL" }
}
