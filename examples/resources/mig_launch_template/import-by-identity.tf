import {
  to = mig_launch_template.small
  identity = {
    id     = "lt-0123456789abcdef0"
    region = "us-east-1"
  }
}
