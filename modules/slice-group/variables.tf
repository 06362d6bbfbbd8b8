variable "name" {
  description = "Name of the node group; the launch template's is the cluster's and this one."
  type        = string
}

variable "cluster_name" {
  description = "Name of the EKS cluster."
  type        = string
}

variable "region" {
  description = "Region of the cluster; the provider's if left out."
  type        = string
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

variable "node_role_arn" {
  description = "ARN of the IAM role of the nodes."
  type        = string
}

variable "subnet_ids" {
  description = "IDs of the subnets that nodes are launched in."
  type        = list(string)
}

variable "min_size" {
  description = "Fewest nodes. With 0 the group costs nothing while nobody asks for slices."
  type        = number
  default     = 0
}

variable "max_size" {
  description = "Most nodes."
  type        = number
}

variable "ami_family" {
  description = "`AL2023` or `Bottlerocket`."
  type        = string
  default     = "AL2023"
}

variable "release_version" {
  description = "Release of the EKS image; if left out, EKS takes the newest one whenever it rolls nodes."
  type        = string
  default     = null
}

variable "capacity_type" {
  description = "`ON_DEMAND` or `SPOT`."
  type        = string
  default     = "ON_DEMAND"
}

variable "update_config" {
  description = "How nodes are replaced, as `update_config` of `mig_node_group`; one at a time if left out."
  type = object({
    max_unavailable            = optional(number)
    max_unavailable_percentage = optional(number)
    update_strategy            = optional(string)
  })
  default = null
}

variable "block_device_mappings" {
  description = "Disks of the nodes, as `block_device_mappings` of `mig_launch_template`; the image's if left out."
  type        = any
  default     = null
}

variable "labels" {
  description = "Labels of the nodes in addition to the layout's."
  type        = map(string)
  default     = null
}

variable "tags" {
  description = "Tags of template, instances and group."
  type        = map(string)
  default     = null
}

variable "device_plugin" {
  description = "Whether the module brings the device plugin. A cluster needs one for all of its layouts."
  type        = bool
  default     = true
}
