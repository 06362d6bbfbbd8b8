//go:build tools

// Package tools pins a Terraform that has the newer commands, which a machine's own may lack.
package tools

import _ "github.com/hashicorp/terraform"
