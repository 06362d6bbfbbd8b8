#!/bin/bash
# Cuts this node's GPUs as /etc/mig/layout says. Runs on every boot before kubelet, since no GPU instance survives one.
# nodeadm and kubelet wait for /run/mig/partitioned, which is written last: whatever goes wrong, the node stays out.
set -uo pipefail

ROOT=${MIG_ROOT:-}
DEADLINE=${MIG_DEADLINE:-600}
ON_FAILURE=${MIG_ON_FAILURE:-halt}
LAYOUT=$ROOT/etc/mig/layout
RUN=$ROOT/run/mig
STATE=$ROOT/var/lib/mig
TAINT=$ROOT/etc/eks/nodeadm.d/10-mig-failed.yaml
CLIENTS='set-nvidia-clocks dcgm-exporter nvidia-dcgm nvsm nvidia-persistenced'
STOPPED='' ENDED=''

log() {
  echo "mig: $*"
  { echo "$(date -u +%FT%TZ) $*" >>"$ROOT/var/log/mig-partition.log"; } 2>/dev/null || :
}

fail() {
  ENDED=1
  log "FAILED: $*"
  rm -f "$RUN/partitioned"
  tag_instance "$*"
  case $ON_FAILURE in
    join_tainted) join_tainted && exit 0 ;;
    terminate) log 'powering off' && systemctl poweroff ;;
  esac
  log 'this node does not join'
  exit 1
}

imds() {
  local url=http://169.254.169.254/latest token
  token=$(curl -sf -m 2 --retry 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' $url/api/token) &&
    curl -sf -m 2 --retry 3 -H "X-aws-ec2-metadata-token: $token" "$url/meta-data/$1"
}

tag_instance() {
  local id region cause=${1//[^A-Za-z0-9 .:_\/=+-]/ }
  if ! { command -v aws && id=$(imds instance-id) && region=$(imds placement/region) &&
    timeout 20 aws ec2 create-tags --region "$region" --resources "$id" \
      --tags "Key=mig.eks/partition-failed,Value=${cause:0:200}"; } >/dev/null 2>&1; then
    log 'the cause is not in a tag of the instance (no aws command, or its role lacks ec2:CreateTags)'
  fi
}

# A taint counts only when a node registers: one that has joined before stays out instead.
join_tainted() {
  [[ ! -e $STATE/joined ]] && mkdir -p "${TAINT%/*}" "$RUN" && cat >"$TAINT" <<'YAML' || return 1
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      registerWithTaints:
        - {key: mig.eks/partition-failed, value: "true", effect: NoSchedule}
YAML
  log 'this node joins with the taint mig.eks/partition-failed:NoSchedule'
  echo tainted >"$RUN/partitioned"
}

smi() {
  local left=$((DEADLINE - SECONDS))
  ((left > 0)) || { echo "deadline of ${DEADLINE}s passed" && return 124; }
  timeout -k 5 "$left" nvidia-smi "$@" 2>&1
}

read_layout() {
  local kind a b c d e mine=''
  TYPE=${MIG_INSTANCE_TYPE:-$(imds instance-type || cat "$ROOT/sys/devices/virtual/dmi/id/product_name")}
  WANT=()
  while read -r kind a b c d e; do
    case $kind in
      node) [[ $a == "$TYPE" ]] && mine=1 COUNT=$b DEVICE=$c DRIVER=$d FABRIC=$e || mine='' ;;
      gpus) [[ $mine ]] && for ((a1 = ${a%-*}; a1 <= ${a#*-}; a1++)); do WANT[a1]=$b; done ;;
    esac
  done <"$LAYOUT"
  ((${#WANT[@]})) || fail "the layout has no instance type '$TYPE'"
  log "$TYPE: ${#WANT[@]} GPUs to check"
}

wait_for_driver() {
  local out
  until out=$(smi -L) && [[ $out == *'GPU 0'* ]]; do
    ((SECONDS < DEADLINE)) || fail "no working nvidia-smi within ${DEADLINE}s: ${out##*$'\n'}"
    sleep 2
  done
  log "nvidia-smi works after ${SECONDS}s"
}

# Into MODE, PENDING and HAVE: mode, pending mode and instances ("profile:start,..." by start) of each GPU. A GPU
# instance without a compute instance of its full size is marked, so that it equals nothing in the layout.
read_gpus() {
  local out gi ci index device driver mode pending item
  MODE=() PENDING=() HAVE=()
  out=$(smi --query-gpu=index,pci.device_id,driver_version,mig.mode.current,mig.mode.pending \
    --format=csv,noheader) || fail "nvidia-smi cannot query the GPUs: ${out##*$'\n'}"
  while IFS=', ' read -r index device driver mode pending; do
    [[ $index =~ ^[0-9]+$ ]] || continue
    MODE[index]=$mode PENDING[index]=$pending
    check_gpu "$index" "$device" "$driver"
  done <<<"$out"
  ((${#MODE[@]} == COUNT)) || fail "$TYPE has $COUNT GPUs, the driver shows ${#MODE[@]}"
  gi=$(list -lgi) || fail "nvidia-smi cannot list the GPU instances: $gi"
  ci=$(list -lci) || fail "nvidia-smi cannot list the compute instances: $ci"
  while read -r index _ item; do
    HAVE[index]=${HAVE[index]:+${HAVE[index]},}$item
  done < <(awk '
    $1 == "|" && $3 == "MIG" { split($7, at, ":"); start[$2, $6] = at[1]; item[$2, $6] = $5 ":" at[1] }
    $1 == "|" && $4 == "MIG" { full[$2, $3] += $5 ~ /c\./ ? 2 : 1 }
    END { for (k in item) { split(k, at, SUBSEP); print at[1], start[k], item[k] (full[k] == 1 ? "" : "!") } }
  ' <<<"$gi"$'\n'"$ci" | sort -n -k 1,1 -k 2,2)
}

list() {
  local out
  out=$(smi mig "$1") || [[ $out == *'No '*' found'* ]] || { echo "${out##*$'\n'}" && return 1; }
  echo "$out"
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

# Runs a step for all wrong GPUs side by side.
each_wrong() {
  local index cause='' pids=()
  for index in "${WRONG[@]}"; do
    "$1" "$index" >"$RUN/$index.out" 2>&1 &
    pids[index]=$!
  done
  for index in "${WRONG[@]}"; do
    wait "${pids[index]}" || cause+="GPU $index: $(grep -v '^ *$' "$RUN/$index.out" | tail -n 1); "
  done
  [[ -z $cause ]] || fail "$1: $cause"
}

stop_clients() {
  local unit
  for unit in $CLIENTS; do
    systemctl is-active --quiet "$unit" || continue
    log "stopping $unit"
    systemctl stop "$unit" || log "$unit does not stop"
    STOPPED="$unit $STOPPED"
  done
  # Without the daemon the driver would forget a GPU's state between two calls of nvidia-smi.
  smi -pm 1 >/dev/null || log 'persistence mode cannot be set'
}

start_clients() {
  local unit
  for unit in $STOPPED; do systemctl start --no-block "$unit" || log "$unit does not start again"; done
  systemctl cat nvidia-cdi-refresh >/dev/null 2>&1 && systemctl start --no-block nvidia-cdi-refresh
  [[ $FABRIC == yes ]] && systemctl cat nvidia-fabricmanager >/dev/null 2>&1 || return 0
  systemctl start nvidia-fabricmanager || fail 'nvidia-fabricmanager does not start, and CUDA needs it here'
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

# nvidia-smi says "All done." also where the mode is only pending, so the mode is read, not the exit status.
settle_mode() {
  local gpus out
  read_gpus
  find_wrong mode_is_right || return 0
  gpus=$(IFS=, && echo "${WRONG[*]}")
  log "MIG mode is pending on GPU $gpus: resetting"
  [[ $FABRIC == yes ]] && systemctl stop nvidia-fabricmanager
  out=$(smi --gpu-reset -i "$gpus") || log "no reset: ${out##*$'\n'}"
  read_gpus
  find_wrong mode_is_right && reboot_once "$gpus"
}

reboot_once() {
  local mark=$STATE/reboot boot
  boot=$(cat "$ROOT/proc/sys/kernel/random/boot_id")
  if [[ -e $mark && $(<"$mark") != "$boot" ]]; then fail "MIG mode of GPU $1 is still pending after a reboot"; fi
  ENDED=1
  if [[ ! -e $mark ]]; then
    { mkdir -p "$STATE" && echo "$boot" >"$mark" && sync "$mark"; } || fail 'a reboot could not be remembered, so none is made'
    log 'rebooting, once'
    systemctl reboot || fail 'the reboot was refused'
  fi
  exit 1
}

recut() {
  log "GPU ${WRONG[*]} differ from the layout"
  stop_clients
  each_wrong destroy_instances
  each_wrong set_mode
  settle_mode
  find_wrong is_right && log "creating instances on GPU ${WRONG[*]}" && each_wrong create_instances
  read_gpus
  find_wrong is_right && fail "GPU ${WRONG[0]} has '${HAVE[WRONG[0]]:-}' instead of '${WANT[WRONG[0]]}'"
  start_clients
}

open_gate() {
  rm -f "$STATE/reboot" "$TAINT"
  if ! { mkdir -p "$STATE" && touch "$STATE/joined" && echo ok >"$RUN/partitioned"; }; then
    fail 'the result cannot be recorded'
  fi
  ENDED=1
  log "every GPU is cut as declared, after ${SECONDS}s"
}

main() {
  trap 'fail "stopped by a signal"' TERM INT
  trap '[[ $ENDED ]] || fail "the script ended early"' EXIT
  mkdir -p "$RUN" "$ROOT/var/log"
  rm -f "$RUN/partitioned"
  read_layout
  wait_for_driver
  read_gpus
  if find_wrong is_right; then recut; else log 'nothing to do'; fi
  open_gate
}

main
