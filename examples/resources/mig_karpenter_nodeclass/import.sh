# CLUSTER/NAME or CLUSTER@REGION/NAME; NAME in the provider's own cluster.
terraform import mig_karpenter_nodeclass.slices prod/mig-small
