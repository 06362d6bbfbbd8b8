#!/bin/bash
# Cuts this node's GPUs as /etc/mig/layout says, before kubelet and on every boot, since no GPU instance survives one.
# nodeadm and kubelet need /run/mig/partitioned, which is written last: whatever goes wrong, the node stays out.
set -uo pipefail

ROOT=${MIG_ROOT:-}
DEADLINE=@DEADLINE@
ON_FAILURE=@ON_FAILURE@
# Of this boot: "joined" since nodeadm has started, "told" since a run has said how it ended, "stopped" the units that are
# to come back, "inforom" a warning of the driver, "kubeconfig" the file without which kubelet ends.
RUN=$ROOT/run/mig
STATE=$ROOT/var/lib/mig
TAINT=$ROOT/etc/eks/nodeadm.d/10-mig-failed.yaml
CLIENTS='set-nvidia-clocks dcgm-exporter nvidia-dcgm nvsm nvidia-persistenced'
# What nvidia-smi says of GPUs that waiting does not bring back.
BROKEN='GPU is lost|fallen off the bus|Unable to determine the device handle|requires reset|reset must occur|version mismatch|\(UUID: [^)]*(Error|reset)'

log() {
  echo "mig: $*"
  echo "$*" >"$RUN/step"
  echo "$(date -u +%FT%TZ) $*" 2>/dev/null >>"$ROOT/var/log/mig-partition.log" || :
}

# Says why where people look, and does what on_failure says.
fail() {
  touch "$RUN/told"
  log "FAILED: $*"
  rm -f "$RUN/partitioned"
  tag_instance mig.eks/partition-failed "$*"
  if [[ -e $RUN/joined ]]; then
    log 'kubelet goes on, but cannot start again'
    exit 1
  fi
  case $ON_FAILURE in
    join_tainted) join_tainted && exit 0 ;;
    terminate) log 'powering off' && systemctl poweroff ;;
  esac
  log 'this node does not join'
  exit 1
}

# systemd calls this after every run, for those that could not say why they ended.
ended() {
  [[ $SERVICE_RESULT == success || $SERVICE_RESULT$EXIT_STATUS == signalTERM || -e $RUN/told || $(systemctl is-system-running) == stopping ]] ||
    fail "ended by $EXIT_STATUS ($SERVICE_RESULT) after: $(<"$RUN/step")"
}

imds() {
  local url=http://169.254.169.254/latest token
  token=$(curl -sf -m 2 --retry 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' $url/api/token) &&
    curl -sf -m 2 --retry 3 -H "X-aws-ec2-metadata-token: $token" "$url/meta-data/$1"
}

tag_instance() {
  local id region cause=${2//[^A-Za-z0-9 .:_\/=+-]/ }
  if ! { command -v aws && id=$(imds instance-id) && region=$(imds placement/region) &&
    timeout 20 aws ec2 create-tags --region "$region" --resources "$id" \
      --tags "Key=$1,Value=$(date -u +%FT%TZ) ${cause:0:200}"; } >/dev/null 2>&1; then
    log 'the cause is in no tag: there is no aws command, or the role lacks ec2:CreateTags'
  fi
}

# A taint counts only when a node registers: one that has joined before stays out. nodeadm puts this flag last, and kubelet
# prefers the last flag to others and to its configuration.
join_tainted() {
  [[ ! -e $STATE/joined ]] && mkdir -p "${TAINT%/*}" && cat >"$TAINT" <<'YAML' || return 1
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec: {kubelet: {flags: ["--register-with-taints=mig.eks/partition-failed=true:NoSchedule"]}}
YAML
  log 'this node joins tainted'
  let_kubelet_start
}

# The NodeConfig part of the user data gives kubelet this name of its kubeconfig: nodeadm reads that part even where
# cloud-init never ran this script, and kubelet ends without the file.
let_kubelet_start() {
  ln -sfn /var/lib/kubelet/kubeconfig "$RUN/kubeconfig" && touch "$RUN/partitioned"
}

# 14: a checksum of a GPU's infoROM is wrong. The call has done what it was asked, and what it did is read back.
smi() {
  local left=$((DEADLINE - SECONDS)) status=124 out=''
  ((left <= 0)) || { out=$(timeout -k 5 "$left" nvidia-smi "$@" 2>&1); status=$?; }
  ((status != 124 && status != 137)) || out+=$'\n'"no answer within ${DEADLINE}s"
  ((status != 14)) || { grep -im 1 inforom <<<"$out" >"$RUN/inforom"; status=0; }
  [[ -z $out ]] || echo "$out"
  return $status
}

# The line that names the cause: of a broken GPU, else of what could not be done, else the last one with a word in it.
cause() {
  grep -m 1 -E "$BROKEN" <<<"$1" || grep -m 1 '^Unable' <<<"$1" || grep '[[:alnum:]]' <<<"$1" | tail -n 1
}

read_layout() {
  local kind a b c d e mine=''
  TYPE=$(imds instance-type || cat "$ROOT/sys/devices/virtual/dmi/id/product_name")
  WANT=()
  while read -r kind a b c d e; do
    case $kind in
      node) [[ $a == "$TYPE" ]] && mine=1 COUNT=$b DEVICE=$c DRIVER=$d FABRIC=$e || mine='' ;;
      gpus) [[ $mine ]] && for ((a1 = ${a%-*}; a1 <= ${a#*-}; a1++)); do WANT[a1]=$b; done ;;
    esac
  done <"$ROOT/etc/mig/layout"
  ((${#WANT[@]})) || fail "the layout has no instance type '$TYPE'"
  log "$TYPE: ${#WANT[@]} GPUs to check"
}

wait_for_driver() {
  local out
  until out=$(smi -L) && [[ $out == *'(UUID: GPU-'* ]]; do
    ! grep -qE "$BROKEN" <<<"$out" || fail "a GPU or the driver is broken: $(cause "$out")"
    sleep 1
    ((SECONDS < DEADLINE)) || fail "no working nvidia-smi within ${DEADLINE}s: $(cause "$out")"
  done
  log "nvidia-smi works after ${SECONDS}s"
}

# No daemon of the driver may be about to take hold of the GPUs. Not for ever: one may wait for us.
wait_for_daemons() {
  local second
  for ((second = 0; second < 60; second++)); do
    systemctl list-jobs '*nvidia*' | grep -q nvidia || return 0
    sleep 1
  done
  log 'going on, though a unit of the driver is still starting'
}

# Into MODE, PENDING and HAVE: modes and instances ("profile:start,..." by start) of each GPU. An instance without a
# compute instance of its full size is marked, so that it equals nothing in the layout.
read_gpus() {
  local out index device driver mode pending item
  MODE=() PENDING=() HAVE=()
  out=$(smi --query-gpu=index,pci.device_id,driver_version,mig.mode.current,mig.mode.pending \
    --format=csv,noheader) || fail "no query of the GPUs: $(cause "$out")"
  while IFS=, read -r index device driver mode pending; do
    [[ $index =~ ^[0-9]+$ ]] || continue
    # A field whose query fails has the error in it, with exit code 0: only these words count.
    [[ $mode$pending =~ ^(\ (Enabled|Disabled|\[N/A\])){2}$ ]] || fail "GPU $index says '$mode' of its MIG mode, '$pending' of the pending one"
    MODE[index]=${mode# } PENDING[index]=${pending# }
    check_gpu "$index" "${device# }" "${driver# }"
  done <<<"$out"
  ((${#MODE[@]} == COUNT)) || fail "$TYPE has $COUNT GPUs, the driver shows ${#MODE[@]}. $(grep -v '^[0-9]' <<<"$out" | grep -m 1 '[[:alnum:]]')"
  out=$(list -lgi && list -lci) || fail "no list of the instances: $(cause "$out")"
  while read -r index _ item; do
    HAVE[index]=${HAVE[index]:+${HAVE[index]},}$item
  done < <(awk '
    $1 == "|" && $3 == "MIG" { split($7, at, ":"); start[$2, $6] = at[1]; item[$2, $6] = $5 ":" at[1] }
    $1 == "|" && $4 == "MIG" { full[$2, $3] += $5 ~ /c\./ ? 2 : 1 }
    END { for (k in item) { split(k, at, SUBSEP); print at[1], start[k], item[k] (full[k] == 1 ? "" : "!") } }
  ' <<<"$out" | sort -n -k 1,1 -k 2,2)
}

list() {
  local out
  out=$(smi mig "$1") || [[ $out == *'No '*' found'* ]]
  set -- $?
  echo "$out"
  return "$1"
}

check_gpu() {
  [[ $DEVICE == - || ${2,,} == "${DEVICE,,}10de" ]] ||
    fail "GPU $1 is PCI device $2, and the layout of $TYPE is for ${DEVICE}10DE"
  [[ $DRIVER == - || $(printf '%s\n' "$DRIVER" "$3" | sort -V | head -n 1) == "$DRIVER" ]] ||
    fail "driver $3 is older than $DRIVER, the first with MIG on $TYPE"
}

mode_is_right() {
  local modes=${MODE[$1]}${PENDING[$1]}
  if [[ ${WANT[$1]} == whole ]]; then [[ $modes != *Enabled* ]]; else [[ $modes == EnabledEnabled ]]; fi
}

is_right() {
  mode_is_right "$1" && [[ ${HAVE[$1]:-whole} == "${WANT[$1]}" ]]
}

# Into WRONG: the GPUs for which a check says no.
find_wrong() {
  local index
  WRONG=()
  for index in "${!WANT[@]}"; do "$1" "$index" || WRONG+=("$index"); done
  ((${#WRONG[@]}))
}

# Runs a step for all wrong GPUs at once.
each_wrong() {
  local index out causes='' pids=()
  for index in "${WRONG[@]}"; do
    "$1" "$index" >"$RUN/$index.out" 2>&1 &
    pids[index]=$!
  done
  for index in "${WRONG[@]}"; do
    wait "${pids[index]}" || { out=$(<"$RUN/$index.out") && causes+="GPU $index: $(cause "$out"); "; }
  done
  [[ -z $causes ]] || fail "step $1: $causes"
}

stop_clients() {
  local unit
  for unit in $CLIENTS; do
    systemctl is-active --quiet "$unit" || continue
    log "stopping $unit"
    systemctl stop "$unit" || log "$unit does not stop"
    echo "$unit" >>"$RUN/stopped"
  done
  # Else the driver forgets a GPU's state between two calls of nvidia-smi.
  smi -pm 1 >/dev/null || log 'no persistence mode'
}

# Also what a run before this one stopped and could not start again.
start_clients() {
  systemctl cat nvidia-cdi-refresh >/dev/null 2>&1 && echo nvidia-cdi-refresh >>"$RUN/stopped"
  [[ ! -e $RUN/stopped ]] || xargs systemctl start --no-block <"$RUN/stopped"
  start_fabric_manager
}

# It gives up where the GPUs' own side is not up yet, so it is started until it stays; systemd's limit of starts counts.
start_fabric_manager() {
  [[ $FABRIC == yes ]] && systemctl cat nvidia-fabricmanager >/dev/null 2>&1 || return 0
  until timeout $((DEADLINE - SECONDS)) systemctl start nvidia-fabricmanager; do
    log 'nvidia-fabricmanager does not start yet'
    sleep 10
    ((SECONDS < DEADLINE)) || fail "nvidia-fabricmanager does not start within ${DEADLINE}s"
    systemctl reset-failed nvidia-fabricmanager
  done
}

destroy_instances() {
  [[ ${HAVE[$1]:-} ]] || return 0
  smi mig -i "$1" -dci
  smi mig -i "$1" -dgi
}

set_mode() {
  mode_is_right "$1" || smi -i "$1" -mig "$([[ ${WANT[$1]} == whole ]] && echo 0 || echo 1)"
}

create_instances() {
  [[ ${WANT[$1]} == whole ]] || smi mig -i "$1" -cgi "${WANT[$1]}" -C
}

# nvidia-smi succeeds also where the mode is only pending, so the mode is read.
settle_mode() {
  local gpus out
  read_gpus
  find_wrong mode_is_right || return 0
  gpus=${WRONG[*]}
  log "MIG mode is pending on GPU $gpus: resetting"
  [[ $FABRIC == yes ]] && systemctl stop nvidia-fabricmanager
  out=$(smi --gpu-reset -i "${gpus// /,}") || log "no reset: ${out%%$'\n'*}"
  read_gpus
  find_wrong mode_is_right && reboot_once
}

# The mark names the boot that asked for a reboot; a later one that finds it asks for none.
reboot_once() {
  local mark=$STATE/reboot boot
  boot=$(<"$ROOT/proc/sys/kernel/random/boot_id")
  [[ ! -e $mark || $(<"$mark") == "$boot" ]] || fail "MIG mode of GPU ${WRONG[*]} is still pending after a reboot"
  { mkdir -p "$STATE" && echo "$boot" >"$mark" && sync "$mark"; } || fail 'a reboot could not be remembered, so none is made'
  log 'rebooting, once'
  touch "$RUN/told"
  systemctl reboot || fail 'the reboot was refused'
  exit 1
}

recut() {
  log "GPU ${WRONG[*]} differ from the layout"
  [[ ! -e $RUN/joined ]] || fail 'pods may use the GPUs, so nothing is changed: drain this node and reboot it'
  stop_clients
  each_wrong destroy_instances
  each_wrong set_mode
  settle_mode
  find_wrong is_right && log "creating instances on GPU ${WRONG[*]}" && each_wrong create_instances
  read_gpus
  find_wrong is_right && fail "GPU ${WRONG[0]} has '${HAVE[WRONG[0]]:-}' instead of '${WANT[WRONG[0]]}'"
  return 0
}

open_gate() {
  rm -f "$STATE/reboot" "$TAINT"
  { mkdir -p "$STATE" && touch "$STATE/joined"; } || fail 'the result cannot be recorded'
  [[ ! -e $RUN/inforom ]] || { log "warning of the driver: $(<"$RUN/inforom")" && tag_instance mig.eks/partition-warning "$(<"$RUN/inforom")"; }
  log "every GPU is cut as declared, after ${SECONDS}s"
  let_kubelet_start
  touch "$RUN/told"
}

partition() {
  rm -f "$RUN/partitioned" "$RUN/told" "$RUN/inforom"
  read_layout
  wait_for_driver
  wait_for_daemons
  read_gpus
  if find_wrong is_right; then recut; else log 'nothing to do'; fi
  start_clients
  open_gate
}

mkdir -p "$RUN" "$ROOT/var/log"
case ${1:-} in
  '') partition ;;
  --ended) ended ;;
  --not-installed) fail "the boot unit cannot be installed: $(tail -n 1 "$RUN/errors")" ;;
esac
