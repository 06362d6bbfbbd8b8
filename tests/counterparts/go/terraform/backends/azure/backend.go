// Package azure stands in for a state backend that Terraform keeps in a module of its own and does not publish.
package azure

import "github.com/hashicorp/terraform/internal/backend"

// New is never called: no test configures this backend.
func New() backend.Backend { return nil }
