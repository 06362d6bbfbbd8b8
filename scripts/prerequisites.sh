#!/usr/bin/env bash
# Says which prerequisites are missing, each with how to get it, before anything long starts. Silent if none is.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=0

# lack NAME FOUND REMEDY
lack() {
  printf '%-8s %s\n         %s\n' "$1" "$2" "$3" >&2
  missing=1
}

# at_least WANTED FOUND: whether a dotted version is new enough
at_least() {
  printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n -C
}

# number TEXT: the first dotted version in it
number() {
  grep -oE '[0-9]+(\.[0-9]+)+' <<<"$1" | head -n 1
}

# need NAME WANTED REMEDY COMMAND...: a program that says its version
need() {
  local name=$1 wanted=$2 remedy=$3 said found
  shift 3
  if ! said=$("$@" 2>/dev/null); then
    lack "$name" "is missing; $wanted or newer is needed." "$remedy"
    return
  fi
  found=$(number "$said")
  at_least "$wanted" "$found" || lack "$name" "is $found; $wanted or newer is needed." "$remedy"
}

rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
need rustc "$rust" "https://rustup.rs, then \`rustup update stable\`." rustc --version
need cargo "$rust" "It comes with Rust: https://rustup.rs." cargo --version
need go 1.21 "https://go.dev/dl, or \`brew install go\`. It builds the Kubernetes API server that tests talk to." go version
need python3 3.10 "\`apt install python3\` or \`brew install python\`. It runs moto, a local AWS." python3 --version
if command -v python3 >/dev/null && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  lack venv "is missing from python3." "\`apt install python3-venv\`."
fi
command -v cc >/dev/null ||
  lack cc "is missing: a C compiler is needed." "\`apt install build-essential\`, or \`xcode-select --install\`."

if [ "$missing" -ne 0 ]; then
  echo "Install what is missing and run the command again." >&2
fi
exit "$missing"
