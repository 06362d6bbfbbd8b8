#!/usr/bin/env bash
# Writes what is generated anew: docs/ and schemas/ from the schema, examples/ and crates/mig/catalog/, man/ and completions/ from the
# command line. Guides other than docs/guides/what-can-be-cut.md, docs/guides/cost.md and schemas/drift-report.json are written by hand.
set -euo pipefail
cd "$(dirname "$0")/.."

UPDATE=1 cargo test --quiet --locked --test repository generated
git status --short docs schemas man completions
