# The node classes of an EKS cluster. Without cluster_name those of the cluster of the provider's kubernetes.
list "mig_karpenter_nodeclass" "prod" {
  provider = mig

  config {
    cluster_name = "prod"
    region       = "us-east-1"
  }
}
