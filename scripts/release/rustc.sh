#!/usr/bin/env bash
# RUSTC_WRAPPER of a release. The SDKs of AWS ask in their manifests to be compiled as far as they are called (`hints.mostly-unused`),
# which cargo does not pass on yet. Without it the compiler holds all 800 operations of EC2 at once: twice the memory and the time.
# The flag is not stable, so it is allowed for these crates alone; no other sees it.
set -euo pipefail

crate=
previous=
for argument in "$@"; do
  [ "$previous" != --crate-name ] || crate=$argument
  previous=$argument
done
case $crate in
  aws_sdk_*) RUSTC_BOOTSTRAP=1 exec "$@" -Zhint-mostly-unused ;;
  *) exec "$@" ;;
esac
