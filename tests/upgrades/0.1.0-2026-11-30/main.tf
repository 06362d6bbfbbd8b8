# What a version of the provider is recorded with: every resource. What is between underscores is filled in by the test.
terraform {
  required_providers {
    mig = { source = "eks-mig/mig" }
  }
}

provider "mig" {}

locals {
  layout     = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }
  cluster    = { host = "__HOST__", token_file = "token" }
  discovered = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
}

resource "mig_launch_template" "template" {
  name        = "upgrade-0-1-0-2026-11-30"
  description = "slices"
  layout      = local.layout
  tags        = { team = "ml" }
  block_device_mappings = [
    { device_name = "/dev/xvda", ebs = { volume_size = 200, volume_type = "gp3", encrypted = true } }
  ]
  tag_specifications = [{ resource_type = "instance", tags = { team = "ml" } }]
}

resource "mig_launch_template" "bottlerocket" {
  name       = "upgrade-0-1-0-2026-11-30-bottlerocket"
  ami_family = "Bottlerocket"
  layout     = merge(local.layout, { strategy = "single" })
}

resource "mig_node_group" "group" {
  cluster_name    = "upgrade-0-1-0-2026-11-30"
  node_group_name = "upgrade-0-1-0-2026-11-30"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = ["__SUBNET0__", "__SUBNET1__"]
  launch_template = mig_launch_template.template
  scaling_config  = { min_size = 0, max_size = 3 }
  labels          = { team = "ml" }
}

resource "mig_autoscaling_group_tags" "tags" {
  autoscaling_group_name = "upgrade-0-1-0-2026-11-30"
  layout                 = mig_launch_template.template.layout
}

resource "mig_karpenter_nodeclass" "class" {
  name                          = "upgrade-0-1-0-2026-11-30"
  cluster                       = local.cluster
  layout                        = local.layout
  role                          = "KarpenterNodeRole-prod"
  ami_selector_terms            = [{ alias = "al2023@v20261003" }]
  subnet_selector_terms         = local.discovered
  security_group_selector_terms = local.discovered
  tags                          = { team = "ml" }
}

resource "mig_karpenter_nodepool" "pool" {
  cluster     = local.cluster
  layout      = local.layout
  nodeclass   = { name = mig_karpenter_nodeclass.class.id }
  node_labels = { team = "ml" }
}

resource "mig_karpenter_nodeoverlay" "overlay" {
  cluster            = local.cluster
  layout             = local.layout
  nodepool           = { name = mig_karpenter_nodepool.pool.name }
  acceptance_timeout = "0s"
  weight             = 78
}

resource "mig_device_plugin" "plugin" {
  cluster   = local.cluster
  namespace = "upgrade-0-1-0-2026-11-30"
  name      = "upgrade-0-1-0-2026-11-30"
  layouts   = [local.layout]
}
