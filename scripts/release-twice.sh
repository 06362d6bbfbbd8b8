#!/usr/bin/env bash
# Makes a release a second time, of the same commit in other folders and from nothing, and compares every file that is of one system.
#   scripts/release-twice.sh VERSION
# PLATFORMS are the systems, linux_amd64 by default. The first release is target/release-VERSION/, made here if it is not there or is of
# another commit. What differs is kept, and its folder named. Exit code 1: something differs.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-}
export PLATFORMS=${PLATFORMS:-linux_amd64}
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
first=$target/release-$version
commit=$(git rev-parse HEAD)

made() {
  local platform
  grep -qs "\"gitCommit\": \"$commit\"" "$first/terraform-provider-mig_${version}_provenance.json" || return 1
  for platform in $PLATFORMS; do
    [ -e "$first/terraform-provider-mig_${version}_$platform.zip" ] || return 1
  done
}
if ! made; then
  scripts/release.sh "$version"
fi

# Neither the depth nor the length of a path is that of the first.
folder=$(mktemp -d "${TMPDIR:-/tmp}/mig-release-twice.XXXXXX")
git clone --quiet . "$folder/a/checkout"
git -C "$folder/a/checkout" checkout --quiet "$commit"
CARGO_TARGET_DIR=$folder/built "$folder/a/checkout/scripts/release.sh" "$version"
second=$folder/built/release-$version

echo
compared=0
differing=0
for platform in $PLATFORMS; do
  for file in "$second"/*"${platform%_*}"[_-]"${platform#*_}"*; do
    compared=$((compared + 1))
    cmp "$first/${file##*/}" "$file" || differing=$((differing + 1))
  done
done
if [ "$differing" -ne 0 ]; then
  echo "$differing of $compared files differ. The second release is in $second." >&2
  exit 1
fi
rm -rf "$folder"
echo "All $compared files of $PLATFORMS have the same bytes as those in $first."
