# The node groups of one cluster. Without cluster_name those of all clusters of the region.
list "mig_node_group" "prod" {
  provider         = mig
  include_resource = true

  config {
    cluster_name = "prod"
  }
}
