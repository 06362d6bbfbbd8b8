import {
  to       = mig_karpenter_nodepool.slices
  provider = mig
  identity = {
    cluster_name = "prod"
    name         = "mig-small"
  }
}
