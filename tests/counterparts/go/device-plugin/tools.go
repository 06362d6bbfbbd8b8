//go:build tools

package main

import _ "github.com/NVIDIA/k8s-device-plugin/cmd/nvidia-device-plugin"
