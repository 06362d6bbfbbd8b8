# The image of a release, and the driver that it has on the layout's nodes.
data "mig_ami" "slices" {
  kubernetes_version = "1.35"
  release            = "v20261003"

  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }
}

output "image_id" {
  value = data.mig_ami.slices.image_id
}

# For mig_node_group.release_version, and for ami_selector_terms of mig_karpenter_nodeclass.
output "release_version" {
  value = data.mig_ami.slices.release_version
}

output "ami_alias" {
  value = data.mig_ami.slices.ami_alias
}

output "driver_version" {
  value = data.mig_ami.slices.driver_version
}
