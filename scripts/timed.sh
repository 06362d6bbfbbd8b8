#!/usr/bin/env bash
# Runs one test program with the time of each test in its output; `scripts/test.sh` has cargo run them by it.
#   scripts/timed.sh PROGRAM [ARGUMENT...]
set -euo pipefail
program=$1
shift
case $program in
*/deps/hosts-*) ;; # A harness of its own, which does not know the option.
*/deps/*)
  # The option is not stable yet. The variable is for the harness in the program; nothing is compiled by it.
  export RUSTC_BOOTSTRAP=1
  set -- -Z unstable-options --report-time "$@"
  ;;
*) ;; # A documentation test.
esac
exec "$program" "$@"
