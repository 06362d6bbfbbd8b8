# One layout for two GPU models: 3g is 3g.20gb on an A100 with 40 GB, 3g.40gb on an H100.
data "mig_layout" "large" {
  instance_types = ["p4d.24xlarge", "p5.48xlarge"]
  slices         = { "3g" = 2 }
}

output "picture" {
  value = data.mig_layout.large.picture
}

output "resources_per_node" {
  value = { for type, node in data.mig_layout.large.nodes : type => node.resources }
}
