#!/usr/bin/env bash
# Every test; then what they ran against, and a summary.
set -euo pipefail
cd "$(dirname "$0")/.."
# For the signatures of releases; told before anything long starts.
command -v gpg >/dev/null || {
  echo "gpg     is missing." >&2
  echo "        \`apt install gnupg\` or \`brew install gnupg\`, and run the command again." >&2
  exit 1
}
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)

export MIG_COUNTERPARTS_REPORT=$target/counterparts-report
log=$target/test-log
rm -f "$MIG_COUNTERPARTS_REPORT" "$log"

# Adds to the log; the exit code is cargo's.
logged() { "$@" 2>&1 | tee -a "$log"; }

failed=0
cargo test --locked --no-run
# Here and not inside the first test that needs them, so that the wait explains itself.
"$target/debug/counterparts" install --all
host=$(rustc -vV | sed -n 's/^host: //p' | tr a-z- A-Z_)
export "CARGO_TARGET_${host}_RUNNER=$PWD/scripts/timed.sh"

# Tests with real controllers, boots and drivers mostly wait, so they run beside the others, and their output follows.
beside=(domain karpenter)
names=$(cargo metadata --locked --no-deps --format-version 1 | python3 -c '
import json, sys
packages = json.load(sys.stdin)["packages"]
names = {target["name"] for package in packages for target in package["targets"] if target["kind"] == ["test"]}
print("\n".join(sorted(names - set(sys.argv[1:]))))' "${beside[@]}")
mapfile -t others <<<"$names"
beside_log=$target/test-log-beside
cargo test --locked --no-fail-fast "${beside[@]/#/--test=}" >"$beside_log" 2>&1 &
beside_run=$!
trap 'kill "$beside_run" 2>/dev/null || true' EXIT
logged cargo test --locked --no-fail-fast --lib --bins "${others[@]/#/--test=}" || failed=1
logged cargo test --locked --no-fail-fast --doc || failed=1
wait "$beside_run" || failed=1
logged cat "$beside_log"

echo
"$target/debug/counterparts" report "$MIG_COUNTERPARTS_REPORT"
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8; programs++ }
  END { printf "Test summary: %d passed, %d failed, %d ignored, in %d test programs\n", passed, failed, ignored, programs }' "$log"
grep -E '^test .* FAILED( <|$)' "$log" || true
echo "The ten slowest tests:"
sed -nE 's/^test (.*) \.\.\. .*<([0-9.]+)s>$/\2 s \1/p' "$log" | sort -rn | sed -n 1,10p
exit "$failed"
