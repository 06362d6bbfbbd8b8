//go:build tools

// Package tools pins Karpenter with its AWS provider, as it runs on EKS.
package tools

import _ "github.com/aws/karpenter-provider-aws/cmd/controller"
