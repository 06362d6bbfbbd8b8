# CLUSTER/NAME or CLUSTER@REGION/NAME; NAME in the provider's own cluster.
import {
  to = mig_karpenter_nodeoverlay.slices
  id = "prod/mig-small"
}
