terraform {
  required_providers {
    mig = {
      source = "eks-mig/mig"
    }
  }
}

# Credentials come from the environment, shared configuration files or the instance's role, as with every AWS tool.
provider "mig" {
  region = "us-east-1"

  default_tags = {
    team = "inference"
  }
}
