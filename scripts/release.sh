#!/usr/bin/env bash
# Makes a release: everything that the registries, Pulumi and people download, in target/release-VERSION/.
#   scripts/release.sh VERSION
# PLATFORMS are the systems, all by default; JOBS how much is compiled at once. The signature is as scripts/release/sign.sh says. Exit code
# 2: systems are left out that cannot be built here.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1:-}
# Programs of equal bytes need equal compilers.
rust=1.95.0
auditable=0.7.7
target=$(mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
out=$target/release-$version
left_out=()

stop() {
  echo "$1" >&2
  exit 1
}

# What must hold before anything long starts.
check() {
  [ -n "$version" ] || stop "VERSION is missing: \`make release VERSION=1.2.3\`."
  command -v rustup >/dev/null || stop "rustup is missing, which has compilers for other systems: https://rustup.rs."
  # One that is there is left alone: other programs may be using it.
  rustup run "$rust" cargo --version >/dev/null 2>&1 || rustup toolchain install "$rust" --profile minimal --no-self-update
  export RUSTUP_TOOLCHAIN=$rust
  python3 scripts/release/package.py --version "$version"
  [ -z "$(git status --porcelain)" ] || stop "The checkout has changes that no commit has, so nobody could make the same release. Commit them first."
}

# zig and cargo-zigbuild compile and link for every system, cargo-auditable puts the list of packages into the program. Outside the checkout.
tools() {
  local key home
  key=$({ cat scripts/release/requirements.txt; echo "$auditable" "$(python3 --version)"; } | git hash-object --stdin)
  home=${XDG_CACHE_HOME:-$HOME/.cache}/mig-release/$key
  if [ ! -e "$home/complete" ]; then
    echo "Installing zig, cargo-zigbuild and cargo-auditable, once."
    rm -rf "$home"
    python3 -m venv "$home"
    "$home/bin/python" -m pip install --quiet --require-hashes --no-deps --requirement scripts/release/requirements.txt
    cargo install --quiet --locked --root "$home" "cargo-auditable@$auditable"
    touch "$home/complete"
  fi
  export PATH=$home/bin:$PATH
}

# The same bytes wherever the checkout and the packages are; the packages lie where cargo puts them.
reproducibly() {
  local cargo_home=${CARGO_HOME:-$HOME/.cargo} folder
  maps=()
  for folder in "$target=target" "$PWD=mig" "$cargo_home=cargo"; do
    maps=("--remap-path-prefix=$folder" "${maps[@]}")
    CFLAGS="-ffile-prefix-map=$folder ${CFLAGS:-}"
  done
  export CFLAGS
  export CARGO_INCREMENTAL=0 CARGO_TARGET_DIR=$target
  SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
  export SOURCE_DATE_EPOCH
  export RUSTC_WRAPPER=$PWD/scripts/release/rustc.sh
}

# build PLATFORM TARGET
build() {
  echo "Building for $1 ($2)."
  local link=()
  case $1 in
    # The linker and the libc that Rust brings; zig's linker knows neither of the two options, which make the program a tenth smaller.
    linux_*) link=(-Clinker=rust-lld -Clinker-flavor=ld.lld -Clink-arg=--icf=all -Clink-arg=-zpack-relative-relocs) ;;
    # Only a Mac may have Apple's SDK.
    darwin_*)
      if [ "$(uname -s)" != Darwin ]; then
        python3 scripts/release/frameworks.py "$target/frameworks" "$2"
        link=("-Clink-arg=-F$target/frameworks")
      fi
      ;;
  esac
  # For AWS-LC on Windows, whose assembly would need nasm; its package has it assembled.
  AWS_LC_SYS_PREBUILT_NASM=1 RUSTFLAGS="${maps[*]} ${link[*]}" \
    cargo auditable zigbuild --quiet --locked --release --target "$2" ${JOBS:+--jobs "$JOBS"} --package terraform-provider-mig </dev/null
}

check
tools
reproducibly
read -ra platforms <<<"${PLATFORMS:-}"
list=$(python3 scripts/release/targets.py "${platforms[@]}")
programs=()
while IFS=' ' read -r platform triple program; do
  if ! said=$(rustup target add "$triple" 2>&1); then
    left_out+=("$platform: Rust's standard library for $triple cannot be had: $(tail -n 1 <<<"$said")")
    continue
  fi
  if ! build "$platform" "$triple"; then
    left_out+=("$platform: it does not compile or link here; the reason is above")
    continue
  fi
  programs+=("$platform=$target/$triple/release/$program")
done <<<"$list"
[ "${#programs[@]}" -ne 0 ] || stop "Nothing could be built: $(printf '%s; ' "${left_out[@]}")"

rm -rf "$out"
zig=$(python -m ziglang version)
python scripts/release/package.py --version "$version" --out "$out" --epoch "$SOURCE_DATE_EPOCH" \
  --tool "rustc=$(rustc --version)" --tool "zig=$zig" --tool "cargo-auditable=$auditable" \
  "${programs[@]}"
python scripts/release/inspect_programs.py --bills "$out" --version "$version" "${programs[@]}"
scripts/release/start_programs.sh "$version" "${programs[@]}"
scripts/release/sign.sh "$out/terraform-provider-mig_${version}_SHA256SUMS" "$out/mig_${version}_SHA256SUMS"
echo
ls -l "$out"
if [ "${#left_out[@]}" -ne 0 ]; then
  printf '\nLeft out:\n' >&2
  printf '  %s\n' "${left_out[@]}" >&2
  exit 2
fi
