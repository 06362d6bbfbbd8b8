#!/bin/bash
# Written by terraform-provider-mig (render version 3). Installs a unit that cuts the GPUs before kubelet on every boot.
set -euo pipefail

ROOT=${MIG_ROOT:-}
RAN=$ROOT/var/lib/cloud/instance/sem/config_scripts_user

# A file appears whole or not at all.
put() {
  mkdir -p "$(dirname "$ROOT$1")"
  cat >"$ROOT$1.new"
  chmod "$2" "$ROOT$1.new"
  mv "$ROOT$1.new" "$ROOT$1"
}

# Wants, not Requires: kubelet goes on when the unit is restarted.
guard() {
  put "$1/systemd/system/$2.service.d/10-mig.conf" 644 <<'EOF'
[Unit]
Wants=mig-partition.service
After=mig-partition.service
AssertPathExists=/run/mig/partitioned

[Service]
ExecStartPre=/bin/touch /run/mig/joined
EOF
}

# Until all is installed cloud-init does not know that it ran this, so the next boot runs it again.
mv -f "$RAN" "$RAN.mig" 2>/dev/null || :

# Guards first: nothing joins, even if all that follows fails. Those under /run are for a full disk.
guard /run nodeadm-run
guard /run kubelet
systemctl daemon-reload
put /run/mig/partition 755 <<'PARTITION'
@PARTITION@
PARTITION
exec 3>&2 2>"$ROOT/run/mig/errors"
trap 'bash "$ROOT/run/mig/partition" --not-installed' EXIT
guard /etc nodeadm-run
guard /etc kubelet

put /etc/mig/layout 644 <<'EOF'
@LAYOUT@
EOF

put /etc/systemd/system/mig-partition.service 644 <<'EOF'
[Unit]
Description=Cut the GPUs
After=network-online.target
JobTimeoutSec=@JOB_TIMEOUT@

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/libexec/mig/partition
ExecStopPost=/usr/local/libexec/mig/partition --ended
TimeoutStartSec=@TIMEOUT@
StandardOutput=journal+console
EOF

put /usr/local/libexec/mig/partition 755 <"$ROOT/run/mig/partition"
systemctl daemon-reload
trap - EXIT
exec 2>&3
mv -f "$RAN.mig" "$RAN" 2>/dev/null || :
systemctl restart mig-partition.service
