# By the name of the group, with @REGION behind it for another region than the provider's.
import {
  to = mig_autoscaling_group_tags.slices
  id = "slices"
}
