#!/usr/bin/env bash
# Starts the programs of a release that can be started here: that of this machine; those for Linux on another processor where QEMU
# (Debian's package qemu-user-static) is installed; that for Windows on amd64 where Wine with bcryptprimitives is installed (Debian's
# Wine 8 lacks it). Each must say its version and the schemas of the checkout.
#   start_programs.sh VERSION PLATFORM=PROGRAM...
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$("$root/scripts/platform.sh")
version=$1
shift

# Where Wine makes its registry and drives, otherwise in the home folder; and none of its messages.
WINEPREFIX=$(mktemp -d)
export WINEPREFIX WINEDEBUG=-all
trap 'rm -rf "$WINEPREFIX"' EXIT

# has_library NAME says whether Wine has a library of Windows: Rust's standard library takes random numbers from one that Wine 8 lacks.
has_library() {
  wine wineboot --init >/dev/null 2>&1
  [ -e "$WINEPREFIX/drive_c/windows/system32/$1.dll" ]
}

# emulator_of PLATFORM prints what starts a program of another system here; nothing if that is not installed.
emulator_of() {
  local names=()
  case $1 in
    linux_amd64) names=(qemu-x86_64-static qemu-x86_64) ;;
    linux_arm64) names=(qemu-aarch64-static qemu-aarch64) ;;
    windows_amd64) if command -v wine >/dev/null && has_library bcryptprimitives; then names=(wine); fi ;;
  esac
  [ "$(uname -s)" != Linux ] || command -v "${names[@]}" | head -n 1
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
  emulator=
  if [ "$platform" = "$here" ] || emulator=$(emulator_of "$platform" | grep .); then
    # Without an emulator, the variable is empty and adds no argument.
    start "$platform" ${emulator:+"$emulator"} "$program"
  else
    echo "$platform: not started, since this machine cannot"
  fi
done
