# Two large slices on half of the GPUs, whole GPUs on the rest, in a Capacity Block and with EFA.
resource "mig_launch_template" "training" {
  name_prefix = "mig-training-"

  layout = {
    instance_types = ["p5.48xlarge"]
    gpus = [
      { devices = [0, 1, 2, 3], slices = { "3g.40gb" = 2 } },
      { devices = [4, 5, 6, 7], slices = {} },
    ]
  }

  instance_type           = "p5.48xlarge"
  instance_market_options = { market_type = "capacity-block" }

  capacity_reservation_specification = {
    capacity_reservation_target = { capacity_reservation_id = "cr-0123456789abcdef0" }
  }

  network_interfaces = [for card in range(4) : {
    network_card_index = card
    device_index       = card == 0 ? 0 : 1
    interface_type     = card == 0 ? "efa" : "efa-only"
    security_groups    = ["sg-0123456789abcdef0"]
  }]
}
