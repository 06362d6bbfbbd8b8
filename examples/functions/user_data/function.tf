# User data for an EC2NodeClass of Karpenter (userData), or in base64 for an aws_launch_template: a MIME document, whose
# first line is "MIME-Version: 1.0".
locals {
  user_data = provider::mig::user_data(
    { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } },
    { target = "karpenter", partition_timeout = "8m", render_version = 3 },
  )
}

output "first_line" {
  value = split("\n", local.user_data)[0]
}
