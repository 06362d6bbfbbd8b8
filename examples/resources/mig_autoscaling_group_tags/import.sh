# By the name of the group, with @REGION behind it for another region than the provider's.
terraform import mig_autoscaling_group_tags.slices slices
