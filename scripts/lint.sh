#!/usr/bin/env bash
# Format, clippy, shell scripts. Changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --locked --workspace --all-targets -- -D warnings
if command -v shellcheck >/dev/null; then
  shellcheck .ci/run scripts/*.sh
else
  echo "shellcheck is not installed: the shell scripts were not checked (\`apt install shellcheck\`)."
fi
