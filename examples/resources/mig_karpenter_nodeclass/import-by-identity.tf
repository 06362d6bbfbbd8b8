import {
  to = mig_karpenter_nodeclass.slices
  identity = {
    cluster_name = "prod"
    name         = "mig-small"
  }
}
