# CLUSTER/NAME or CLUSTER@REGION/NAME; NAME in the provider's own cluster.
terraform import mig_karpenter_nodepool.slices prod/mig-small
