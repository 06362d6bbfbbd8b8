# By CLUSTER:NAME, with @REGION behind it for another region than the provider's.
import {
  to = mig_node_group.slices
  id = "prod:mig-slices"
}
