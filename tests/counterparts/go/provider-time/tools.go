//go:build tools

// Package tools pins the smallest provider that HashiCorp publishes, which `make bench` measures beside this project's.
package tools

import _ "github.com/hashicorp/terraform-provider-time"
