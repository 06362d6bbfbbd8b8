# One provider block serves many clusters and regions.
resource "mig_device_plugin" "each" {
  for_each = {
    prod-us = { cluster = "prod", region = "us-east-1" }
    prod-eu = { cluster = "prod", region = "eu-west-1" }
  }

  cluster = { name = each.value.cluster, region = each.value.region }

  # Nodes of several layouts: two sizes of slices, and time-slicing on a GPU that has no MIG.
  layouts = [
    { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } },
    { instance_types = ["p4d.24xlarge", "p5.48xlarge"], slices = { "3g" = 2 } },
    { instance_types = ["g6.xlarge"], sharing = { strategy = "time-slicing", replicas = 4 } },
  ]
}
