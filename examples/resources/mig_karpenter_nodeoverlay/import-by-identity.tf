import {
  to       = mig_karpenter_nodeoverlay.slices
  provider = mig
  identity = {
    cluster_name = "prod"
    name         = "mig-small"
  }
}
