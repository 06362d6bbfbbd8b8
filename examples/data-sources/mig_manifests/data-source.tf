locals {
  discovery = { "karpenter.sh/discovery" = "prod" }
}

data "mig_manifests" "slices" {
  render_version = 3

  pools = [{
    nodeclass = {
      name = "mig-small"
      role = "KarpenterNodeRole-prod"
      layout = {
        instance_types = ["p5.48xlarge"]
        slices         = { "1g.10gb" = 7 }
      }
      ami_selector_terms            = [{ alias = "al2023@v20261003" }]
      subnet_selector_terms         = [{ tags = local.discovery }]
      security_group_selector_terms = [{ tags = local.discovery }]
    }
    nodepool    = { limits = { nodes = "3" } }
    nodeoverlay = {}
  }]
  device_plugin = {}
}

# For one file in a repository that Argo CD or Flux watches, or `kubectl apply --server-side -f -`.
output "yaml" {
  value = data.mig_manifests.slices.yaml
}

# For a file per object, such as ec2nodeclass-mig-small.yaml: for_each of whatever writes to that repository.
output "files" {
  value = keys(data.mig_manifests.slices.files)
}
