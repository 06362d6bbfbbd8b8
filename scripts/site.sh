#!/usr/bin/env bash
# Makes the documentation as static pages, with the pictures that the provider's program draws.
#   scripts/site.sh [FOLDER]   into site/ if none is given
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
folder=$(mkdir -p "${1:-site}" && cd "${1:-site}" && pwd)

cargo build --quiet --locked --bin terraform-provider-mig --bin counterparts
mkdocs=$("$target/debug/counterparts" path mkdocs)
MIG=$(cd "$target/debug" && pwd)/terraform-provider-mig
# The theme advertises its successor otherwise.
export MIG NO_MKDOCS_2_WARNING=1
"$mkdocs" build --quiet --clean --config-file scripts/site/mkdocs.yml --site-dir "$folder"
echo "$folder/index.html"
