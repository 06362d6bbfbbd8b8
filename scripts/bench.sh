#!/usr/bin/env bash
# Builds the release binary and measures it. Exit code 2: a goal is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

echo "Building the release binary. The first time takes some minutes."
cargo build --quiet --locked --release -p terraform-provider-mig
cargo build --quiet --locked --release -p mig-bench
"$target/release/mig-bench" "$target/release/terraform-provider-mig"
