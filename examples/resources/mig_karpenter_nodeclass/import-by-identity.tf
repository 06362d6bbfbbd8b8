import {
  to       = mig_karpenter_nodeclass.slices
  provider = mig
  identity = {
    cluster_name = "prod"
    name         = "mig-small"
  }
}
