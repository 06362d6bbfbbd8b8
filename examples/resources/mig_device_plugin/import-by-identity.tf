import {
  to = mig_device_plugin.this
  identity = {
    cluster_name = "prod"
    namespace    = "kube-system"
    name         = "mig-device-plugin"
  }
}
