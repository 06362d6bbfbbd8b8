# By name or ID, with @REGION behind it for another region than the provider's.
import {
  to = mig_launch_template.small
  id = "mig-small"
}
