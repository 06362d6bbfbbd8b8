# What slices the nodes really have. A check block makes a warning of it, and stops nothing.
data "mig_node_status" "prod" {
  cluster = { name = "prod" }
  layouts = [{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }]
}

check "slices" {
  assert {
    condition     = data.mig_node_status.prod.counts["wrong"] == 0
    error_message = "Some nodes have other slices than their layout."
  }
}

output "nodes" {
  value = data.mig_node_status.prod.counts
}
