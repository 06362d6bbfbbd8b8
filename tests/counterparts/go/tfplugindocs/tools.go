//go:build tools

// Package tools pins tfplugindocs, which checks documentation as the Terraform registry wants it.
package tools

import _ "github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs"
