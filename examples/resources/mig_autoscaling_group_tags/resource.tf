# Tags of a self-managed group, by which the Cluster Autoscaler scales it from zero. The resource that makes the group has to leave its
# tags alone: lifecycle { ignore_changes = [tag] }.
resource "mig_autoscaling_group_tags" "slices" {
  autoscaling_group_name = "slices"
  cluster_name           = "prod"
  ephemeral_storage      = "200Gi"

  layout = {
    instance_types = ["p5.48xlarge"]
    slices         = { "1g.10gb" = 7 }
  }
}
