terraform {
  # As the provider needs it; OpenTofu 1.10 and later fit, too.
  required_version = ">= 1.8"

  required_providers {
    mig = {
      source = "eks-mig/mig"
    }
  }
}
