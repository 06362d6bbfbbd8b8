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
  description = "Name of an EKS cluster."
  default     = "prod"
}

provider "mig" {
  region = var.region
}

# Seven slices of every one of the eight GPUs of a p5.48xlarge: 56 per node.
data "mig_layout" "small" {
  instance_types = ["p5.48xlarge"]
  slices         = { "1g.10gb" = 7 }
}

# Nodes that cut their GPUs before kubelet starts. For managed and self-managed node groups.
resource "mig_launch_template" "small" {
  name   = "mig-small"
  layout = data.mig_layout.small.layout
}

# Makes the slices known to Kubernetes as nvidia.com/mig-1g.10gb.
resource "mig_device_plugin" "this" {
  cluster = { name = var.cluster_name }
  layouts = [data.mig_layout.small.layout]
}

output "picture" {
  description = "How the GPUs of a node are cut."
  value       = data.mig_layout.small.picture
}

output "slices_per_node" {
  description = "What pods can ask for, with counts per node."
  value       = data.mig_layout.small.nodes["p5.48xlarge"].resources
}
