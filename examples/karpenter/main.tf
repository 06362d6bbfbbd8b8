terraform {
  required_providers {
    mig = {
      source = "eks-mig/mig"
    }
  }
}

variable "region" {
  description = "Region of the cluster."
  default     = "us-east-1"
}

variable "cluster_name" {
  description = "Name of an EKS cluster with Karpenter, whose Helm value settings.featureGates.nodeOverlay is true."
  default     = "prod"
}

provider "mig" {
  region = var.region
}

locals {
  cluster   = { name = var.cluster_name }
  discovery = { "karpenter.sh/discovery" = var.cluster_name }

  # Seven slices of every one of the eight GPUs of a p5.48xlarge: 56 per node.
  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }
}

# What a node boots, with the user data that cuts its GPUs.
resource "mig_karpenter_nodeclass" "slices" {
  name    = "mig-small"
  cluster = local.cluster
  layout  = local.layout
  role    = "KarpenterNodeRole-${var.cluster_name}"

  ami_selector_terms            = [{ alias = "al2023@v20261003" }]
  subnet_selector_terms         = [{ tags = local.discovery }]
  security_group_selector_terms = [{ tags = local.discovery }]
}

# Which nodes Karpenter may launch, at most three of them.
resource "mig_karpenter_nodepool" "slices" {
  nodeclass      = mig_karpenter_nodeclass.slices
  capacity_types = ["on-demand"]
  limits         = { nodes = "3" }
}

# What a node will offer, so that a pending pod that asks for nvidia.com/mig-1g.10gb brings one up.
resource "mig_karpenter_nodeoverlay" "slices" {
  nodepool = mig_karpenter_nodepool.slices
}

# Makes the slices of a node known to Kubernetes once it is there.
resource "mig_device_plugin" "slices" {
  cluster = local.cluster
  layouts = [local.layout]
}
