# The cluster is named, not connected to: its address comes from EKS, tokens from the AWS credentials in use.
resource "mig_device_plugin" "this" {
  cluster = { name = "prod" }

  layouts = [{
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }]
}
