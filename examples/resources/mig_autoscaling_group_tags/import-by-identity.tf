import {
  to = mig_autoscaling_group_tags.slices
  identity = {
    autoscaling_group_name = "slices"
    region                 = "us-east-1"
  }
}
