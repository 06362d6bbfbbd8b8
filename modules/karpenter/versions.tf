terraform {
  # Terraform 1.8 and OpenTofu 1.7 brought functions of providers.
  required_version = ">= 1.7"

  required_providers {
    mig = {
      source = "eks-mig/mig"
    }
  }
}
