# The limit that a pod sets to get this slice: "nvidia.com/mig-1g.10gb".
output "limit" {
  value = provider::mig::resource_name("1g.10gb")
}
