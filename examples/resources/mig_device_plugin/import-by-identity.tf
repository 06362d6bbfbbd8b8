import {
  to       = mig_device_plugin.this
  provider = mig
  identity = {
    cluster_name = "prod"
    namespace    = "kube-system"
    name         = "mig-device-plugin"
  }
}
