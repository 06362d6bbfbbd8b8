locals {
  pools = {
    for pool in provider::mig::preference(var.name, concat([var.layout], var.fallback)) : pool.name => pool
  }
}

resource "mig_karpenter_nodeclass" "this" {
  for_each = local.pools

  name    = each.key
  cluster = var.cluster
  layout  = each.value.layout
  role    = var.role
  tags    = var.tags

  ami_selector_terms            = [{ alias = var.ami_alias }]
  subnet_selector_terms         = [{ tags = var.subnet_tags }]
  security_group_selector_terms = [{ tags = var.security_group_tags }]
}

resource "mig_karpenter_nodepool" "this" {
  for_each = local.pools

  nodeclass      = mig_karpenter_nodeclass.this[each.key]
  weight         = each.value.weight
  capacity_types = var.capacity_types
  limits         = var.limits
}

resource "mig_karpenter_nodeoverlay" "this" {
  for_each = local.pools

  nodepool = mig_karpenter_nodepool.this[each.key]
}

resource "mig_device_plugin" "this" {
  count = var.device_plugin ? 1 : 0

  name    = "${var.name}-device-plugin"
  cluster = var.cluster
  layouts = [for pool in local.pools : pool.layout]
}
