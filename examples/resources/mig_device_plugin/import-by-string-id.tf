# CLUSTER/NAMESPACE/NAME or CLUSTER@REGION/NAMESPACE/NAME; NAMESPACE/NAME in the provider's own cluster.
import {
  to = mig_device_plugin.this
  id = "prod/kube-system/mig-device-plugin"
}
