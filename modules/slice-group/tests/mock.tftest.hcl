# A mock makes computed values up; what is wired to what can still be seen.
mock_provider "mig" {}

variables {
  name          = "mig-slices"
  cluster_name  = "prod"
  layout        = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }
  node_role_arn = "arn:aws:iam::123456789012:role/prod-nodes"
  subnet_ids    = ["subnet-0123456789abcdef0"]
  max_size      = 4
}

run "the_group_boots_the_template" {
  command = apply

  assert {
    condition     = mig_node_group.this.launch_template.id == mig_launch_template.this.id
    error_message = "The group has another template."
  }
}

run "a_device_plugin_can_be_left_out" {
  command = apply

  variables {
    device_plugin = false
  }

  assert {
    condition     = length(mig_device_plugin.this) == 0
    error_message = "There is a device plugin."
  }
}
