//! The Go programs: which exist, how each is built, where the built file lies.

mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::cache::{self, Cache, progress};
use crate::command::{first_line, run};
use crate::error::{Error, IoContext, Result};
pub use program::Program;
use program::{Recipe, Stamp};

const GO_REMEDY: &str = "Install Go 1.26 or newer: https://go.dev/dl, or your package manager (`apt install golang`, `brew install go`).";

impl Program {
    /// The version that its go.mod pins, for example `v1.35.4`.
    ///
    /// # Errors
    /// The go.mod of the checkout cannot be read.
    pub fn version(self) -> Result<String> {
        let recipe = self.recipe();
        let path = module_dir(recipe.module).join("go.mod");
        let text = fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
        pinned_version(&text, recipe.pinned).ok_or_else(|| Error::Answer {
            request: format!("read {}", path.display()),
            fact: format!("no requirement of {}", recipe.pinned),
        })
    }

    /// The folder with the go.mod that it is built by.
    pub(crate) fn module_dir(self) -> PathBuf {
        module_dir(self.recipe().module)
    }

    /// Builds the program in a folder, which has its own go.mod, as this program is built: what both have in common is built already.
    ///
    /// # Errors
    /// Go is missing, or the build fails.
    pub(crate) fn build_elsewhere(self, dir: &Path, target: &Path) -> Result<()> {
        go_version()?;
        let recipe = Recipe {
            package: ".",
            ..self.recipe()
        };
        let mut command = go(recipe.module);
        // Which of the requirements it needs is found out.
        command.current_dir(dir).env("GOFLAGS", "-mod=mod");
        build_with(command, &recipe, "-s -w", target)
    }
}

/// Gives the path of a program, building it if the cache has none of this version.
///
/// # Errors
/// Go is missing, or the build fails.
pub fn install(cache: &Cache, program: Program) -> Result<PathBuf> {
    let recipe = program.recipe();
    let version = program.version()?;
    let flags = linker_flags(program, &version);
    let key = build_key(&recipe, &flags)?;
    let entry = cache.entry(recipe.name, &key, |dir| {
        let minutes = recipe.minutes;
        progress(&format!(
            "building {} {version}, once, about {minutes} min",
            recipe.name
        ));
        build(&recipe, &flags, &dir.join(recipe.name))
    })?;
    Ok(entry.join(recipe.name))
}

/// The path of a program if the cache has this version of it; builds nothing.
///
/// # Errors
/// Go is missing.
pub fn installed(cache: &Cache, program: Program) -> Result<Option<PathBuf>> {
    let recipe = program.recipe();
    let key = build_key(&recipe, &linker_flags(program, &program.version()?))?;
    Ok(cache.find(recipe.name, &key).map(|entry| entry.join(recipe.name)))
}

/// What `go version` says.
///
/// # Errors
/// Go is missing.
pub fn go_version() -> Result<String> {
    first_line(go("etcd").arg("version")).map_err(|found| Error::Prerequisite {
        name: "go",
        found,
        remedy: GO_REMEDY,
    })
}

/// The plugin protocol file that HashiCorp publishes, from the module cache: `tfplugin6.proto` of the pinned Terraform.
///
/// # Errors
/// Go is missing, or the module cannot be downloaded or has another checksum than go.sum says.
pub fn published_tfplugin6_proto() -> Result<PathBuf> {
    let dir = module_download("terraform", "github.com/hashicorp/terraform")?;
    Ok(dir.join("docs/plugin-protocol/tfplugin6.proto"))
}

/// Downloads one module that a go.mod of ours pins, checks it against go.sum, gives its directory.
pub(crate) fn module_download(module: &str, path: &str) -> Result<PathBuf> {
    go_version()?;
    let what = format!("download of Go module {path}");
    let output = run(&what, go(module).args(["mod", "download", "-json", path]))?;
    let json: Value = serde_json::from_str(&output).unwrap_or_default();
    json["Dir"].as_str().map(PathBuf::from).ok_or(Error::Answer {
        request: what,
        fact: output,
    })
}

/// A `go` command in one of our modules.
fn go(module: &str) -> Command {
    let mut command = Command::new("go");
    command
        .current_dir(module_dir(module))
        .env("GOFLAGS", "-mod=readonly")
        // Karpenter needs a newer Go than most machines have: Go fetches it by itself, unless the machine forbids that.
        .env("GOTOOLCHAIN", "auto");
    command
}

fn module_dir(module: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("go").join(module)
}

/// A program is built anew when its own files, the toolchain or the linker flags change.
fn build_key(recipe: &Recipe, flags: &str) -> Result<String> {
    let mut parts = vec![
        go_version()?.into_bytes(),
        flags.as_bytes().to_vec(),
        recipe.package.into(),
    ];
    // Programs without tags keep the key that they had before there were any.
    if !recipe.tags.is_empty() {
        parts.push(recipe.tags.into());
    }
    for file in recipe.files() {
        let path = module_dir(recipe.module).join(file);
        parts.push(fs::read(&path).context(|| format!("read {}", path.display()))?);
    }
    Ok(cache::key(parts.iter().map(Vec::as_slice)))
}

fn build(recipe: &Recipe, flags: &str, target: &Path) -> Result<()> {
    build_with(go(recipe.module), recipe, flags, target)
}

fn build_with(mut command: Command, recipe: &Recipe, flags: &str, target: &Path) -> Result<()> {
    command
        .args(["build", "-trimpath", "-buildvcs=false"])
        .args(["-tags", recipe.tags, "-ldflags", flags, "-o"])
        .arg(target)
        .arg(recipe.package)
        .env("CGO_ENABLED", if recipe.cgo { "1" } else { "0" })
        .env("CGO_CFLAGS", "-O1 -Wno-deprecated-declarations");
    run(&format!("build of {}", recipe.name), &mut command).map(drop)
}

fn linker_flags(program: Program, version: &str) -> String {
    let base = "-s -w";
    let number = version.trim_start_matches('v');
    match program.recipe().stamp {
        Stamp::None => base.to_owned(),
        Stamp::Karpenter => format!("{base} -X sigs.k8s.io/karpenter/pkg/operator.Version={number}"),
        Stamp::Terraform => format!("{base} -X github.com/hashicorp/terraform/version.dev=no"),
        Stamp::Pulumi => {
            format!("{base} -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}")
        }
        Stamp::PulumiBridge => {
            format!(
                "{base} -X github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version={version}"
            )
        }
        Stamp::PulumiYaml => format!("{base} -X github.com/pulumi/pulumi-yaml/pkg/version.Version={version}"),
        Stamp::Kubernetes => {
            let mut numbers = number.split('.');
            let (major, minor) = (numbers.next().unwrap_or("0"), numbers.next().unwrap_or("0"));
            let component = "k8s.io/component-base/version";
            format!(
                "{base} -X {component}.gitVersion={version} -X {component}.gitMajor={major} \
                 -X {component}.gitMinor={minor} -X k8s.io/client-go/pkg/version.gitVersion={version}"
            )
        }
    }
}

fn pinned_version(go_mod: &str, module: &str) -> Option<String> {
    go_mod.lines().find_map(|line| {
        let mut words = line.trim().trim_start_matches("require ").split_whitespace();
        (words.next() == Some(module))
            .then(|| words.next().map(str::to_owned))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_a_pinned_version() {
        for program in Program::ALL {
            let version = program.version().unwrap();
            assert!(version.starts_with('v'), "{}: {version}", program.name());
        }
    }

    #[test]
    fn kubernetes_carries_its_version_and_others_do_not() {
        let flags = linker_flags(Program::KubeApiServer, "v1.35.4");
        assert!(
            flags.contains("component-base/version.gitVersion=v1.35.4"),
            "{flags}"
        );
        assert!(flags.contains("version.gitMinor=35"), "{flags}");
        assert_eq!(linker_flags(Program::Etcd, "v3.6.5"), "-s -w");
        let karpenter = linker_flags(Program::KarpenterAws, "v1.15.0");
        assert_eq!(
            karpenter,
            "-s -w -X sigs.k8s.io/karpenter/pkg/operator.Version=1.15.0"
        );
    }

    #[test]
    fn a_pinned_version_is_found_in_both_forms() {
        let go_mod = "require a.io/x v1.0.0\nrequire (\n\tb.io/y v2.0.0 // indirect\n)\n";
        assert_eq!(pinned_version(go_mod, "a.io/x").as_deref(), Some("v1.0.0"));
        assert_eq!(pinned_version(go_mod, "b.io/y").as_deref(), Some("v2.0.0"));
        assert_eq!(pinned_version(go_mod, "c.io/z"), None);
    }
}
