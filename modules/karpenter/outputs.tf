output "weights" {
  description = "The pools by name, with their weights: the highest is tried first."
  value       = { for name, pool in local.pools : name => pool.weight }
}

output "layouts" {
  description = "The layouts, the preferred one first: for a device plugin outside of this module."
  value       = concat([var.layout], var.fallback)
}
