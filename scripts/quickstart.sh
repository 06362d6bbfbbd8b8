#!/usr/bin/env bash
# The example, from plan to destroy, as a user would do it. `make quickstart` starts what it needs.
set -euo pipefail
: "${MIG_CLI:?run \`make quickstart\`}" "${MIG_PROVIDER:?}" "${MIG_CLUSTER_NAME:?}" "${AWS_ENDPOINT_URL:?}" "${KUBECONFIG:?}"

root=$(cd "$(dirname "$0")/.." && pwd)
name=$(basename "$MIG_CLI")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

heading() { printf '\n== %s\n\n' "$1"; }

# The provider where the program looks for it, and nothing from a registry.
put_provider() {
  local version platform host
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
  platform=$("$root/scripts/platform.sh")
  for host in registry.terraform.io registry.opentofu.org; do
    mkdir -p "$work/mirror/$host/eks-mig/mig/$version/$platform"
    ln -s "$MIG_PROVIDER" "$work/mirror/$host/eks-mig/mig/$version/$platform/terraform-provider-mig_v$version"
  done
  printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s/mirror"\n  }\n}\n' "$work" >"$work/cli.tfrc"
}

cli() {
  local command=$1
  shift
  "$MIG_CLI" "$command" -no-color -input=false "$@"
}

# Long texts within a plan, such as user data and manifests, cut to their first lines.
fold() {
  awk '
    function depth(line) { match(line, /^ */); return RLENGTH }
    inside && (text ? /^ *EOT$/ : depth($0) == start && /^ *\)$/) {
      if (lines > keep) printf "%s... %d %slines\n", indent, lines - keep, keep ? "more " : ""
      inside = 0; print; next
    }
    inside { lines++; if (lines == 1) indent = substr($0, 1, depth($0)); if (lines <= keep) print; next }
    /<<-?EOT$/ { inside = text = 1; keep = 12; lines = 0; print; next }
    /jsonencode\($/ { inside = 1; text = 0; keep = 0; lines = 0; match($0, /[^ +~-]/); start = RSTART - 1; print; next }
    { print }'
}

# Shows the output only of a command that fails.
quietly() {
  local log=$work/log
  "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
}

put_provider
cp "$root"/examples/quickstart/*.tf "$work"
cd "$work"
export TF_CLI_CONFIG_FILE=$work/cli.tfrc TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
export TF_VAR_region=$AWS_REGION TF_VAR_cluster_name=$MIG_CLUSTER_NAME

heading "examples/quickstart/main.tf"
sed -n '/^# Seven/,$p' main.tf | sed '/^output/,$d'

heading "$name init, $name plan"
quietly cli init
cli plan -out=plan | fold

heading "$name apply"
cli apply plan | fold

heading "What EC2 has now, and what the Kubernetes API server has"
python3 "$root/scripts/show.py"

heading "A second plan"
code=0
cli plan -detailed-exitcode >"$work/second" 2>&1 || code=$?
if [ "$code" -ne 0 ]; then
  cat "$work/second"
  echo "The second plan should be empty." >&2
  exit 1
fi
echo "No changes: what is there is what was declared."

heading "$name destroy"
quietly cli destroy -auto-approve
python3 "$root/scripts/show.py" --expect-nothing

heading "Done"
cat <<END
$name planned and applied a launch template whose user data cuts all eight GPUs of a p5.48xlarge, and NVIDIA's
device plugin in a Kubernetes cluster; a second plan was empty; destroy left nothing. Nothing is left running.

Next: \`make install\`, then examples/ and docs/ for your own configuration.
END
