//go:build tools

// Package tools pins Terraform, whose newer commands no machine's own Terraform may know yet.
package tools

import _ "github.com/hashicorp/terraform"
