import {
  to = mig_karpenter_nodeoverlay.slices
  identity = {
    cluster_name = "prod"
    name         = "mig-small"
  }
}
