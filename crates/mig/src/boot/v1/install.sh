#!/bin/bash
# Written by terraform-provider-mig (render version 1). Installs a unit that cuts the GPUs before kubelet starts, on this boot
# and on every later one, and runs it.
set -euo pipefail

ROOT=${MIG_ROOT:-}

# A file appears whole or not at all.
put() {
  mkdir -p "$(dirname "$ROOT$1")"
  cat >"$ROOT$1.new"
  chmod "$2" "$ROOT$1.new"
  mv "$ROOT$1.new" "$ROOT$1"
}

guard() {
  put "$1/systemd/system/$2.service.d/10-mig.conf" 644 <<'EOF'
[Unit]
Requires=mig-partition.service
After=mig-partition.service
AssertPathExists=/run/mig/partitioned
EOF
}

# Guards first: without the marker of this boot nothing joins, even if all that follows fails. Those under /run are
# for a disk that is full.
guard /run nodeadm-run
guard /run kubelet
systemctl daemon-reload
guard /etc nodeadm-run
guard /etc kubelet

put /etc/mig/layout 644 <<'EOF'
@LAYOUT@
EOF

put /usr/local/lib/mig/partition 755 <<'PARTITION'
@PARTITION@
PARTITION

put /etc/systemd/system/mig-partition.service 644 <<'EOF'
[Unit]
Description=Cut the GPUs into MIG slices
After=network-online.target nvidia-kmod-load.service nvidia-driver-resolve.service nvidia-setup.service
After=nvidia-fabricmanager.service nvidia-persistenced.service set-nvidia-clocks.service
Before=nodeadm-run.service kubelet.service
JobTimeoutSec=@JOB_TIMEOUT@

[Service]
Type=oneshot
RemainAfterExit=yes
Environment=MIG_DEADLINE=@DEADLINE@ MIG_ON_FAILURE=@ON_FAILURE@
ExecStart=/usr/local/lib/mig/partition
TimeoutStartSec=@TIMEOUT@
StandardOutput=journal+console
StandardError=journal+console
EOF

systemctl daemon-reload
systemctl start mig-partition.service
