import {
  to = mig_karpenter_nodepool.slices
  identity = {
    cluster_name = "prod"
    name         = "mig-small"
  }
}
