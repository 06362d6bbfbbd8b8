terraform {
  required_version = ">= 1.3"

  required_providers {
    mig = {
      source = "eks-mig/mig"
    }
  }
}
