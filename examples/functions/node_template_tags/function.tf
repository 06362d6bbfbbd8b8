# One of the tags of an Auto Scaling group, from which the Cluster Autoscaler knows that a new node has "56" slices.
locals {
  layout = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }
  tags   = provider::mig::node_template_tags(local.layout)["p5.48xlarge"]
}

output "slices" {
  value = local.tags["k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/mig-1g.10gb"]
}
