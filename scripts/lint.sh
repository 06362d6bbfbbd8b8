#!/usr/bin/env bash
# Format, clippy, rustdoc, shell scripts. Changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --locked --workspace --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps
# The machine's own, else the one that the tests use.
shellcheck=$(command -v shellcheck || cargo run --quiet --locked --bin counterparts -- shellcheck)
"$shellcheck" .ci/run scripts/*.sh scripts/release/*.sh examples/ci/*.sh
