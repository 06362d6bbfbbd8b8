//go:build tools

// Package tools pins etcd, the store behind the Kubernetes API server.
package tools

import _ "go.etcd.io/etcd/server/v3"
