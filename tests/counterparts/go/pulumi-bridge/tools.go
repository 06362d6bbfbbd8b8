//go:build tools

// Package tools pins Pulumi's dynamic bridge to Terraform providers.
package tools

import _ "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic"
