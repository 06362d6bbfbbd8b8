# By CLUSTER:NAME, with @REGION behind it for another region than the provider's.
terraform import mig_node_group.slices prod:mig-slices
