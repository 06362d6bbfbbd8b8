# The provider plans without AWS and without a cluster.
provider "mig" {
  region     = "us-east-1"
  access_key = "mock"
  secret_key = "mock"
}

variables {
  name          = "mig-slices"
  cluster_name  = "prod"
  layout        = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }
  node_role_arn = "arn:aws:iam::123456789012:role/prod-nodes"
  subnet_ids    = ["subnet-0123456789abcdef0"]
  max_size      = 4
}

run "a_node_offers_56_slices" {
  command = plan

  variables {
    device_plugin = false
  }

  assert {
    condition     = output.slices_per_node["nvidia.com/mig-1g.10gb"] == 56
    error_message = "Eight GPUs of seven slices."
  }

  assert {
    condition     = mig_node_group.this.ami_type == "AL2023_x86_64_NVIDIA"
    error_message = "The image follows from the layout."
  }
}
