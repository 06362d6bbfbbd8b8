#!/usr/bin/env bash
# From a pending pod to the node that has its slice: a real Karpenter, API server and scheduler, with moto for AWS.
#   scripts/e2e.sh [FILTER...]   only the tests whose names contain a filter
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)

export MIG_COUNTERPARTS_REPORT=$target/e2e-report
rm -f "$MIG_COUNTERPARTS_REPORT"

tests=(cargo test --locked --test karpenter)
"${tests[@]}" --no-run
# Here and not inside the first test that needs them, so that the wait explains itself.
"$target/debug/counterparts" install --all
failed=0
"${tests[@]}" --no-fail-fast -- "$@" || failed=1
"$target/debug/counterparts" report "$MIG_COUNTERPARTS_REPORT"
exit "$failed"
