# terraform query shows them; terraform query -generate-config-out=found.tf writes import blocks and resources.
list "mig_launch_template" "ours" {
  provider = mig

  config {
    region      = "us-east-1"
    name_prefix = "mig-"
  }
}
