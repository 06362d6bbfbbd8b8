# CLUSTER/NAME or CLUSTER@REGION/NAME; NAME in the provider's own cluster.
import {
  to = mig_karpenter_nodepool.slices
  id = "prod/mig-small"
}
