//go:build tools

// Package tools pins Pulumi's command line with its engine, and its language host for programs in YAML.
package tools

import (
	_ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
)
