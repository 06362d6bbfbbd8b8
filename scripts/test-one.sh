#!/usr/bin/env bash
# The tests whose name contains a text, with their output; says beforehand what it builds.
#   scripts/test-one.sh NAME
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-}
if [ -z "$name" ]; then
  echo "Say which: make test-one FILTER=launch_template::imports" >&2
  exit 2
fi
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)

echo "Building the test programs. The first time takes ten minutes, most of it the AWS SDK."
cargo test --quiet --locked --no-run
echo "Running the tests whose name contains \"$name\". A program that one of them needs and that is not built yet is built first."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
cargo test --quiet --locked --no-fail-fast -- "$name" --nocapture 2>&1 | tee "$log" || failed=1
ran=$(awk '/^test result:/ { ran += $4 + $6 } END { print ran + 0 }' "$log")
if [ "$ran" -eq 0 ]; then
  echo "No test has \"$name\" in its name; the test programs are in $target/debug/deps." >&2
  exit 1
fi
exit "$failed"
