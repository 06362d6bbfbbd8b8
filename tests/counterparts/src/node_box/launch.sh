# launch.sh NAME TREE WORK: boots a node in mount, network and control group of its own and becomes systemd-nspawn, which ends
# with 0 when the node switches itself off and with 133 when it reboots. WORK/full lists folders whose disk is full.
set -eu
name=$1 tree=$2 work=$3

cgroups=/sys/fs/cgroup
[ -e $cgroups/cgroup.controllers ] || cgroups=/sys/fs/cgroup/unified
mkdir "$cgroups/$name"
echo $$ >"$cgroups/$name/cgroup.procs"

ip link set lo up
ip address add 169.254.169.254/32 dev lo

mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/scratch" "$work/root"
while read -r folder; do
  small=$work/small/$folder
  mkdir -p "$small"
  mount -t tmpfs -o size=4k tmpfs "$small"
  mkdir "$small/upper" "$small/scratch"
  mount -t overlay overlay -o "lowerdir=$work/root$folder,upperdir=$small/upper,workdir=$small/scratch" "$work/root$folder"
  head -c 4096 /dev/zero >"$work/root$folder/.fills-the-disk"
done <"$work/full"

# nspawn leaves folders of machines under /run; here they go with the mount namespace.
mount -t tmpfs tmpfs /run
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
exec systemd-nspawn --quiet --boot --directory="$work/root" --machine="$name" --register=no --keep-unit \
  --bind="$work/shared:/box" </dev/null
