# What every_resource.yaml says, in Terraform's language.
provider "mig" {}

locals {
  layout     = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = SLICES } }
  discovered = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
}

resource "mig_launch_template" "template" {
  name        = "NAME-AGE"
  description = "WORDS"
  layout      = local.layout
  tags        = { owner = "do-not-tell-anybody" }
}

resource "mig_node_group" "group" {
  cluster_name    = "NAME"
  node_group_name = "NAME-AGE"
  node_role_arn   = "arn:aws:iam::123456789012:role/nodes"
  subnet_ids      = SUBNETS
  launch_template = {
    id             = mig_launch_template.template.id
    latest_version = mig_launch_template.template.latest_version
  }
  layout         = local.layout
  scaling_config = { min_size = 0, max_size = 3 }
  labels         = { words = "WORDS" }
}

resource "mig_autoscaling_group_tags" "tags" {
  autoscaling_group_name = "NAME"
  layout                 = mig_launch_template.template.layout
  labels                 = { words = "WORDS" }
}

resource "mig_karpenter_nodeclass" "class" {
  name                          = "NAME-AGE"
  cluster                       = { name = "prod" }
  layout                        = local.layout
  role                          = "KarpenterNodeRole-prod"
  ami_selector_terms            = [{ alias = "al2023@v20261003" }]
  subnet_selector_terms         = local.discovered
  security_group_selector_terms = local.discovered
  tags                          = { words = "WORDS" }
}

resource "mig_karpenter_nodepool" "pool" {
  cluster     = { name = "prod" }
  layout      = local.layout
  nodeclass   = { name = mig_karpenter_nodeclass.class.id }
  node_labels = { words = "WORDS" }
}

resource "mig_karpenter_nodeoverlay" "overlay" {
  cluster            = { name = "prod" }
  layout             = local.layout
  nodepool           = { name = mig_karpenter_nodepool.pool.name }
  labels             = { words = "WORDS" }
  acceptance_timeout = "0s"
  weight             = 77
}

resource "mig_device_plugin" "plugin" {
  cluster   = { name = "prod" }
  namespace = "NAME"
  name      = "NAME-AGE"
  layouts   = [local.layout]
  labels    = { words = "WORDS" }
}
