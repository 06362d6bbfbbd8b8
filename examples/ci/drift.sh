#!/bin/sh
# A nightly report of drift, for cron or any CI: 0 where no drift was found, 2 with drift, 3 where something could not be checked, 1 after
# an error.
# LAYOUTS is a file of layouts, CONTEXTS the contexts of the clusters.
set -eu

# A shell ends with 2 for a variable that is missing, which would be taken for drift.
for name in LAYOUTS CONTEXTS; do
  eval "value=\${$name:-}"
  if [ -z "$value" ]; then
    echo "$0: set $name" >&2
    exit 1
  fi
done

set -- drift --strict --format "${FORMAT:-text}"
for context in $CONTEXTS; do
  set -- "$@" --context "$context"
done
if [ -n "${IGNORE:-}" ]; then
  set -- "$@" --ignore "$IGNORE"
fi
if [ -n "${BASELINE:-}" ]; then
  set -- "$@" --baseline "$BASELINE"
fi
exec "${MIG:-mig}" "$@" --layout "$LAYOUTS"
