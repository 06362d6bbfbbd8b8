#!/usr/bin/env bash
# Starts the programs of a release that can be started here: that of this machine, and those for Linux on another processor where QEMU
# (Debian's package qemu-user-static) is installed. Each must say its version and the schemas of the checkout.
#   start_programs.sh VERSION PLATFORM=PROGRAM...
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$("$root/scripts/platform.sh")
version=$1
shift

# qemu_of PLATFORM prints the emulator for a program of Linux.
qemu_of() {
  local processor=
  case $1 in
    linux_amd64) processor=x86_64 ;;
    linux_arm64) processor=aarch64 ;;
  esac
  [ -n "$processor" ] && [ "$(uname -s)" = Linux ] && command -v "qemu-$processor-static" "qemu-$processor" | head -n 1
}

# start PLATFORM COMMAND...
start() {
  local platform=$1 said form
  shift
  said=$("$@" --version)
  if [ "${said##* }" != "$version" ]; then
    echo "The program for $platform says \"$said\", and the release is $version." >&2
    return 1
  fi
  for form in terraform pulumi; do
    if ! "$@" schema "$form" | cmp - "$root/schemas/$form.json"; then
      echo "The program for $platform prints another schema than schemas/$form.json: run \`make docs\`, and commit." >&2
      return 1
    fi
  done
  echo "$platform: started; version and schemas are those of the checkout"
}

for argument in "$@"; do
  platform=${argument%%=*}
  program=${argument#*=}
  qemu=
  if [ "$platform" = "$here" ] || qemu=$(qemu_of "$platform" | grep .); then
    # Without an emulator, `qemu` is empty and adds no argument.
    start "$platform" ${qemu:+"$qemu"} "$program"
  else
    echo "$platform: not started, since this machine cannot"
  fi
done
