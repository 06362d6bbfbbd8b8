#!/usr/bin/env bash
# Runs a command with a local AWS, an EKS-like Kubernetes API server and the provider built here; stops them after it.
#   scripts/with-counterparts.sh COMMAND ARGUMENTS...
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

echo "Building the provider. The first time takes some minutes."
cargo build --quiet --locked --bin terraform-provider-mig --bin counterparts
echo "Starting AWS (moto) and a Kubernetes API server. The first time builds them, which takes up to ten minutes."
MIG_PROVIDER=$(cd "$target/debug" && pwd)/terraform-provider-mig
export MIG_PROVIDER
exec "$target/debug/counterparts" up -- "$@"
