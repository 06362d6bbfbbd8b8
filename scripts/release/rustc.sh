#!/usr/bin/env bash
# RUSTC_WRAPPER of release builds. The SDKs of AWS ask in their manifests to be compiled only as far as they are called
# (`hints.mostly-unused`), which cargo does not pass on yet. Without it the compiler optimises all 800 operations of EC2 at once, for more
# memory and time. The flag is not stable, so it is allowed for these crates alone, and left out where the compiler does not know it.
set -euo pipefail

crate=
previous=
for argument in "$@"; do
  [ "$previous" != --crate-name ] || crate=$argument
  previous=$argument
done
if [[ $crate == aws_sdk_* ]] && RUSTC_BOOTSTRAP=1 "$1" -Zhelp | grep hint-mostly-unused >/dev/null; then
  RUSTC_BOOTSTRAP=1 exec "$@" -Zhint-mostly-unused
fi
exec "$@"
