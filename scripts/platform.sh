#!/usr/bin/env bash
# This machine as provider packages name it, such as linux_amd64.
set -euo pipefail
os=$(uname -s | tr '[:upper:]' '[:lower:]')
case $(uname -m) in
  x86_64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) arch=$(uname -m) ;;
esac
echo "${os}_${arch}"
