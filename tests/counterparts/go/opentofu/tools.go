//go:build tools

// Package tools pins OpenTofu, used where no terraform or tofu is installed.
package tools

import _ "github.com/opentofu/opentofu/cmd/tofu"
