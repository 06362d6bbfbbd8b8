import {
  to = mig_node_group.slices
  identity = {
    cluster_name    = "prod"
    node_group_name = "mig-slices"
    region          = "us-east-1"
  }
}
