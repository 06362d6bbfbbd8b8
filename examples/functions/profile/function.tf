# The smallest slice of an H100 with 80 GB: "1g.10gb".
output "smallest" {
  value = provider::mig::profile("p5.48xlarge", "1g")
}
