# CLUSTER/NAMESPACE/NAME or CLUSTER@REGION/NAMESPACE/NAME; NAMESPACE/NAME in the provider's own cluster.
terraform import mig_device_plugin.this prod/kube-system/mig-device-plugin
