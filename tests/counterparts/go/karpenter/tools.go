//go:build tools

// Package tools pins Karpenter's core with its kwok provider, which needs no cloud.
package tools

import _ "sigs.k8s.io/karpenter/kwok"
