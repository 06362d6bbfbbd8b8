variable "name" {
  description = "What the names of classes, pools and overlays begin with."
  type        = string
}

variable "cluster" {
  description = "The cluster, as `cluster` of `mig_karpenter_nodeclass`; the provider's `kubernetes` if left out."
  type        = any
  default     = null
}

variable "layout" {
  description = "What the GPUs of a node are cut into."
  type = object({
    instance_types = list(string)
    slices         = optional(map(number))
    gpus           = optional(list(object({ devices = list(number), slices = map(number) })))
    strategy       = optional(string)
    sharing        = optional(object({ strategy = string, replicas = number }))
  })
}

variable "fallback" {
  description = "Layouts to take where no node of the one before can be had, in this order. Pods ask for a resource that all have."
  type = list(object({
    instance_types = list(string)
    slices         = optional(map(number))
    gpus           = optional(list(object({ devices = list(number), slices = map(number) })))
    strategy       = optional(string)
    sharing        = optional(object({ strategy = string, replicas = number }))
  }))
  default = []
}

variable "role" {
  description = "IAM role of the nodes."
  type        = string
}

variable "ami_alias" {
  description = "Image release, such as `al2023@v20261003`. Pin it: another one rolls all nodes."
  type        = string
}

variable "subnet_tags" {
  description = "Tags of the subnets."
  type        = map(string)
}

variable "security_group_tags" {
  description = "Tags of the security groups."
  type        = map(string)
}

variable "capacity_types" {
  description = "`on-demand`, `reserved`, `spot`; the first two if left out."
  type        = list(string)
  default     = null
}

variable "limits" {
  description = "Most that each pool may have, such as `{ nodes = \"3\" }`; 10 nodes if left out."
  type        = map(string)
  default     = null
}

variable "tags" {
  description = "Tags of instances, volumes and launch templates."
  type        = map(string)
  default     = null
}

variable "device_plugin" {
  description = "Whether the module brings the device plugin. A cluster needs one for all of its layouts."
  type        = bool
  default     = true
}
