# One module, the clusters of three clients in two regions, one provider block. A cluster that is not made yet does not keep the others
# from their plan.
terraform {
  required_providers {
    mig = {
      source = "eks-mig/mig"
    }
  }
}

provider "mig" {
  region = "us-east-1"
}

variable "subnet_ids" {
  description = "Subnets by region."
  type        = map(list(string))
}

locals {
  small = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }
  large = { instance_types = ["p5.48xlarge"], slices = { "3g.40gb" = 2 } }

  clients = {
    acme    = { region = "us-east-1", layout = local.small, max_size = 4 }
    globex  = { region = "us-east-1", layout = local.large, max_size = 2 }
    initech = { region = "eu-west-1", layout = local.small, max_size = 1 }
  }
}

module "slices" {
  source   = "../../modules/slice-group"
  for_each = local.clients

  name          = "mig-slices"
  cluster_name  = each.key
  region        = each.value.region
  layout        = each.value.layout
  node_role_arn = "arn:aws:iam::123456789012:role/${each.key}-nodes"
  subnet_ids    = var.subnet_ids[each.value.region]
  max_size      = each.value.max_size
  device_plugin = false
}

output "slices_per_node" {
  value = { for client, group in module.slices : client => group.slices_per_node }
}
