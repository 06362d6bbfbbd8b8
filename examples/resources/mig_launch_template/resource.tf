# Cuts every GPU of a p5.48xlarge into seven slices of 10 GB. A managed node group takes it by
#
#   launch_template {
#     id      = mig_launch_template.small.id
#     version = mig_launch_template.small.latest_version
#   }
resource "mig_launch_template" "small" {
  name = "mig-small"

  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }

  block_device_mappings = [{
    device_name = "/dev/xvda"
    ebs         = { volume_size = 200, volume_type = "gp3", encrypted = true }
  }]

  tag_specifications = [{
    resource_type = "instance"
    tags          = { Name = "mig-small" }
  }]
}
