#!/usr/bin/env bash
# Signs the checksums of a release: FILE.sig beside each FILE, detached and binary, as both registries want it.
#   scripts/release/sign.sh FILE...
# GPG_PRIVATE_KEY is the key itself, armored, as a CI job has it in a secret; it is forgotten afterwards. Or GPG_FINGERPRINT names one
# of the keyring. GPG_PASSPHRASE opens it if it is locked and no agent does. Without either there is no signature.
set -euo pipefail
rm -f "${@/%/.sig}"

if [ -z "${GPG_PRIVATE_KEY:-}${GPG_FINGERPRINT:-}" ]; then
  echo "Not signed: neither GPG_PRIVATE_KEY nor GPG_FINGERPRINT is set. The registries take signed releases only." >&2
  exit 0
fi
if ! command -v gpg >/dev/null; then
  echo "gpg is missing, which signs. Install GnuPG: \`apt install gnupg\` or \`brew install gnupg\`." >&2
  exit 1
fi

options=(--batch --yes)
if [ -n "${GPG_PRIVATE_KEY:-}" ]; then
  # The agent's socket is in it, whose path must be short.
  GNUPGHOME=$(mktemp -d /tmp/mig-sign.XXXXXX)
  export GNUPGHOME
  trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
  gpg --quiet --batch --import <<<"$GPG_PRIVATE_KEY"
  GPG_FINGERPRINT=${GPG_FINGERPRINT:-$(gpg --batch --with-colons --list-secret-keys | awk -F: '$1 == "fpr" { print $10; exit }')}
fi
[ -z "${GPG_PASSPHRASE:-}" ] || options+=(--pinentry-mode loopback --passphrase-fd 3)

for file in "$@"; do
  gpg "${options[@]}" --local-user "$GPG_FINGERPRINT" --detach-sign --output "$file.sig" "$file" 3<<<"${GPG_PASSPHRASE:-}"
  gpg --quiet --batch --verify "$file.sig" "$file"
done
