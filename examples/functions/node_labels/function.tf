# The label by which a node says what it was cut into; its value is the short name of the layout: "1deec8151bb8".
output "layout" {
  value = provider::mig::node_labels({ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } })["mig.eks/layout"]
}
