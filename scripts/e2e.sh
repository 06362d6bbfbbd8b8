#!/usr/bin/env bash
# From a pending pod to the node that has its slice: a real Karpenter, API server and scheduler, with moto for AWS.
#   scripts/e2e.sh [FILTER...]   only the tests whose names contain a filter
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)

export MIG_COUNTERPARTS_REPORT=$target/e2e-report
rm -f "$MIG_COUNTERPARTS_REPORT"

cargo test --locked --test acceptance --test domain --test servers --no-run
# Here and not inside the first test that needs them, so that the wait explains itself.
"$target/debug/counterparts" install --all
failed=0
cargo test --locked --no-fail-fast --test domain --test servers -- "${@:-karpenter::}" || failed=1
cargo test --locked --no-fail-fast --test acceptance -- "${@:-pending_pod::}" || failed=1
"$target/debug/counterparts" report "$MIG_COUNTERPARTS_REPORT"
exit "$failed"
