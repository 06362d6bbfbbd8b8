# The pool that is tried first, and its weight: "inference-8c552d13559a" and 100.
locals {
  pools = provider::mig::preference("inference", [
    { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 }, strategy = "single" },
    { instance_types = ["p5.48xlarge"], slices = {} },
  ])
}

output "first" {
  value = local.pools[0].name
}

output "weight" {
  value = local.pools[0].weight
}
