resource "mig_launch_template" "this" {
  # Templates are named once in a region, and groups once in a cluster.
  name                  = "${var.cluster_name}-${var.name}"
  region                = var.region
  layout                = var.layout
  ami_family            = var.ami_family
  block_device_mappings = var.block_device_mappings
  tags                  = var.tags

  tag_specifications = var.tags == null ? null : [{ resource_type = "instance", tags = var.tags }]
}

resource "mig_node_group" "this" {
  cluster_name    = var.cluster_name
  node_group_name = var.name
  node_role_arn   = var.node_role_arn
  subnet_ids      = var.subnet_ids
  launch_template = mig_launch_template.this

  capacity_type   = var.capacity_type
  release_version = var.release_version
  scaling_config  = { min_size = var.min_size, max_size = var.max_size }
  update_config   = var.update_config
  labels          = var.labels
  tags            = var.tags
}

resource "mig_device_plugin" "this" {
  count = var.device_plugin ? 1 : 0

  name    = "${var.name}-device-plugin"
  cluster = { name = var.cluster_name, region = var.region }
  layouts = [var.layout]
}
