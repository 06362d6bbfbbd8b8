#!/usr/bin/env bash
# Puts the release binary where terraform and tofu look for providers before they ask a registry, where Pulumi looks for plugins,
# and its command line where shells look for commands.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
export RUSTC_WRAPPER=$PWD/scripts/release/rustc.sh
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
platform=$(scripts/platform.sh)

echo "Building the release binary. The first time takes some minutes."
cargo build --quiet --locked --release -p terraform-provider-mig
for host in registry.terraform.io registry.opentofu.org; do
  dir=$HOME/.terraform.d/plugins/$host/eks-mig/mig/$version/$platform
  mkdir -p "$dir"
  # Not over a binary that runs: the new one gets a file of its own.
  cp "$target/release/terraform-provider-mig" "$dir/.new"
  mv -f "$dir/.new" "$dir/terraform-provider-mig_v$version"
  echo "$dir/terraform-provider-mig_v$version"
done
# As `pulumi plugin install resource mig VERSION --file ...` lays it out. The program is the same, known by this name.
plugins=${PULUMI_HOME:-$HOME/.pulumi}/plugins/resource-mig-v$version
mkdir -p "$plugins"
cp "$target/release/terraform-provider-mig" "$plugins/.new"
mv -f "$plugins/.new" "$plugins/pulumi-resource-mig"
echo "$plugins/pulumi-resource-mig"
# The program is the same: started by a person it is a command line.
mkdir -p "$HOME/.local/bin"
ln -sfn "$dir/terraform-provider-mig_v$version" "$HOME/.local/bin/mig"
echo "$HOME/.local/bin/mig"
# Its manual, and what shells complete, where bash, fish and man look for a user's own.
share=${XDG_DATA_HOME:-$HOME/.local/share}
mkdir -p "$share/man/man1" "$share/bash-completion/completions" "$share/fish/vendor_completions.d"
cp man/*.1 "$share/man/man1"
cp completions/mig.bash "$share/bash-completion/completions/mig"
cp completions/mig.fish "$share/fish/vendor_completions.d/mig.fish"
echo "$share/man/man1/mig.1"
cat <<END

In a configuration of Terraform or OpenTofu, then \`terraform init\` or \`tofu init\`:

  terraform {
    required_providers {
      mig = { source = "eks-mig/mig", version = "$version" }
    }
  }

In a program for Pulumi, then \`pulumi preview\`: in YAML nothing more than the types, such as mig:LaunchTemplate. For TypeScript,
Python, Go and so on an SDK is made from the plugin, in the folder of the program:

  pulumi package add mig@$version

For completions of the command line in zsh, add $PWD/completions to fpath.
END
