# A token for another provider, such as helm or kubernetes. It is in no state and no plan.
ephemeral "mig_cluster_token" "prod" {
  cluster_name = "prod"
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.prod.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.prod.certificate_authority[0].data)
  token                  = ephemeral.mig_cluster_token.prod.token
}
