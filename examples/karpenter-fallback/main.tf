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
  discovery = { "karpenter.sh/discovery" = var.cluster_name }
}

# A pod that asks for one nvidia.com/gpu gets a seventh of a GPU; half of one where three nodes of the first kind are full
# or EC2 has none; a whole one as the last resort.
module "inference" {
  source = "../../modules/karpenter"

  name    = "inference"
  cluster = { name = var.cluster_name }
  role    = "KarpenterNodeRole-${var.cluster_name}"

  layout = {
    instance_types = ["p5.48xlarge"]
    strategy       = "single"
    slices         = { "1g.10gb" = 7 }
  }
  fallback = [
    { instance_types = ["p5.48xlarge"], strategy = "single", slices = { "3g.40gb" = 2 } },
    { instance_types = ["p5.48xlarge"], slices = {} },
  ]

  ami_alias           = "al2023@v20261003"
  subnet_tags         = local.discovery
  security_group_tags = local.discovery
  capacity_types      = ["on-demand"]
  limits              = { nodes = "3" }
}

output "weights" {
  value = module.inference.weights
}
