#!/usr/bin/env bash
# Builds the release binary and measures it, then the engine by itself. Exit code 2: a goal is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
export RUSTC_WRAPPER=$PWD/scripts/release/rustc.sh

echo "Building the release binary. The first time takes some minutes."
cargo build --quiet --locked --release -p terraform-provider-mig
cargo build --quiet --locked --release -p mig-bench
# The program of `make release` is linked otherwise than the one above, and its start takes another time.
triple=$(python3 scripts/release/targets.py "$(scripts/platform.sh)" | cut -d ' ' -f 2)
released=$target/$triple/release/terraform-provider-mig
if [ -e "$released" ] && [ -z "$(find Cargo.toml Cargo.lock src crates -newer "$released" -type f -print -quit)" ]; then
  export MIG_BENCH_RELEASED=$released
fi
missed=0
"$target/release/mig-bench" "$target/release/terraform-provider-mig" || missed=$?
echo
# cargo has one exit code for all that fails; the table says what was missed.
cargo bench --quiet --locked -p mig --bench engine || missed=2
exit "$missed"
