output "node_group" {
  description = "The group, by `CLUSTER:NAME`."
  value       = mig_node_group.this.id
}

output "slices_per_node" {
  description = "What pods can request of each node, by resource name."
  value       = mig_node_group.this.slices_per_node
}

output "layout" {
  description = "The layout, for a device plugin outside of this module, and for `mig drift`."
  value       = var.layout
}
