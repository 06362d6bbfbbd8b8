# By name or ID, with @REGION behind it for another region than the provider's.
terraform import mig_launch_template.small mig-small
