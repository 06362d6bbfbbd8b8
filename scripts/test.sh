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

# Three runs at once, so that one computes while another waits: for Terraform, for controllers and boots, for everything else.
waiting=(domain servers)
# Karpenter computes as long as it runs, so the tests with one have processes of their own.
karpenter=karpenter::
e2e=pending_pod:: # of acceptance
# No --package: which packages are selected decides which features the AWS SDK is built with.
mapfile -t others < <(cargo metadata --locked --no-deps --format-version 1 | python3 -c '
import json, sys
targets = [target for package in json.load(sys.stdin)["packages"] for target in package["targets"]]
tested = {(kind, target["name"]) for target in targets for kind in target["kind"] if target["test"] and kind != "lib"}
print("--lib", *sorted(f"--{kind}={name}" for kind, name in tested if name not in sys.argv[1:]), sep="\n")
' acceptance "${waiting[@]}")
run_waiting() {
  local failed=0
  cargo test --locked --no-fail-fast "${waiting[@]/#/--test=}" -- --skip "$karpenter" || failed=1
  cargo test --locked --no-fail-fast "${waiting[@]/#/--test=}" -- "$karpenter" || failed=1
  return "$failed"
}
run_others() {
  local failed=0
  cargo test --locked --no-fail-fast "${others[@]}" || failed=1
  cargo test --locked --no-fail-fast --doc || failed=1
  return "$failed"
}
run_waiting >"$log-waiting" 2>&1 &
waiting_run=$!
run_others >"$log-others" 2>&1 &
others_run=$!
trap 'pkill -P "$waiting_run,$others_run" || true' EXIT
# The longest run has a thread more than there are processors, since its tests wait too.
logged cargo test --locked --no-fail-fast --test=acceptance -- --skip "$e2e" --test-threads="$(($(getconf _NPROCESSORS_ONLN) + 1))" || failed=1
logged cargo test --locked --no-fail-fast --test=acceptance -- "$e2e" || failed=1
wait "$waiting_run" || failed=1
wait "$others_run" || failed=1
logged cat "$log-waiting" "$log-others"

echo
"$target/debug/counterparts" report "$MIG_COUNTERPARTS_REPORT"
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8; programs++ }
  END { printf "Test summary: %d passed, %d failed, %d ignored, in %d test programs\n", passed, failed, ignored, programs }' "$log"
grep -E '^test .* FAILED( <|$)' "$log" || true
echo "The ten slowest tests:"
sed -nE 's/^test (.*) \.\.\. .*<([0-9.]+)s>$/\2 s \1/p' "$log" | sort -rn | sed -n 1,10p
exit "$failed"
