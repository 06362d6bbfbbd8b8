//! The Go programs: which exist, how each is built, where the built file lies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::cache::{self, Cache, progress};
use crate::command::{first_line, run};
use crate::error::{Error, IoContext, Result};

const GO_REMEDY: &str = "Install Go 1.26 or newer: https://go.dev/dl, or your package manager (`apt install golang`, `brew install go`).";

/// A program that is built from a pinned Go module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// The store behind the Kubernetes API server.
    Etcd,
    /// The Kubernetes API server.
    KubeApiServer,
    /// The controllers that make a DaemonSet's pods and take the not-ready taint off nodes.
    KubeControllerManager,
    /// OpenTofu.
    OpenTofu,
    /// The checker of documentation for the Terraform registry.
    TfPluginDocs,
    /// Prints what NVIDIA's mock GPUs can be cut into; ours, over NVIDIA's packages.
    MockGpus,
    /// Reads user data with nodeadm's own types, decoder and merge; ours, over nodeadm's packages.
    NodeadmCheck,
    /// Reads a device plugin's configuration with the plugin's own parser; ours, over the plugin's package.
    PluginConfigCheck,
}

/// How one program is built.
struct Recipe {
    name: &'static str,
    /// Folder below `go/` with go.mod, go.sum and tools.go, or a main.go of ours.
    module: &'static str,
    /// The module that go.mod pins; its version is the program's.
    pinned: &'static str,
    /// The package to build; `.` is our own main.go.
    package: &'static str,
    /// Whether it calls C, so that it needs a C compiler.
    cgo: bool,
    minutes: u8,
}

impl Recipe {
    /// A program that others wrote.
    const fn upstream(
        name: &'static str,
        module: &'static str,
        pinned: &'static str,
        package: &'static str,
        minutes: u8,
    ) -> Self {
        Self {
            name,
            module,
            pinned,
            package,
            cgo: false,
            minutes,
        }
    }

    /// A main.go of ours over somebody's packages, in a folder named as the program.
    const fn own(name: &'static str, pinned: &'static str, minutes: u8) -> Self {
        Self::upstream(name, name, pinned, ".", minutes)
    }

    /// Everything whose change makes another program.
    fn files(&self) -> &'static [&'static str] {
        if self.package == "." {
            &["go.mod", "go.sum", "main.go"]
        } else {
            &["go.mod", "go.sum"]
        }
    }
}

impl Program {
    /// All of them, in the order in which a full installation builds them.
    pub const ALL: [Self; 8] = [
        Self::Etcd,
        Self::KubeApiServer,
        Self::KubeControllerManager,
        Self::OpenTofu,
        Self::TfPluginDocs,
        Self::MockGpus,
        Self::NodeadmCheck,
        Self::PluginConfigCheck,
    ];

    /// What `counterparts up` needs.
    pub const SERVERS: [Self; 3] = [Self::Etcd, Self::KubeApiServer, Self::KubeControllerManager];

    const fn recipe(self) -> Recipe {
        const KUBERNETES: &str = "k8s.io/kubernetes";
        match self {
            Self::Etcd => {
                let package = "go.etcd.io/etcd/server/v3";
                Recipe::upstream("etcd", "etcd", package, package, 1)
            }
            Self::KubeApiServer => {
                let package = "k8s.io/kubernetes/cmd/kube-apiserver";
                Recipe::upstream("kube-apiserver", "kubernetes", KUBERNETES, package, 5)
            }
            Self::KubeControllerManager => {
                let package = "k8s.io/kubernetes/cmd/kube-controller-manager";
                Recipe::upstream("kube-controller-manager", "kubernetes", KUBERNETES, package, 2)
            }
            Self::OpenTofu => {
                let package = "github.com/opentofu/opentofu/cmd/tofu";
                Recipe::upstream("tofu", "opentofu", "github.com/opentofu/opentofu", package, 4)
            }
            Self::TfPluginDocs => {
                let pinned = "github.com/hashicorp/terraform-plugin-docs";
                let package = "github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs";
                Recipe::upstream("tfplugindocs", "tfplugindocs", pinned, package, 1)
            }
            Self::MockGpus => Recipe {
                cgo: true,
                ..Recipe::own("mock-gpus", "github.com/NVIDIA/go-nvml", 1)
            },
            Self::NodeadmCheck => Recipe::own("nodeadm", "github.com/awslabs/amazon-eks-ami/nodeadm", 2),
            Self::PluginConfigCheck => Recipe::own("plugin-config", "github.com/NVIDIA/k8s-device-plugin", 2),
        }
    }

    /// The file name of the program.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.recipe().name
    }

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
    first_line(Command::new("go").arg("version").current_dir(module_dir("etcd"))).map_err(|found| {
        Error::Prerequisite {
            name: "go",
            found,
            remedy: GO_REMEDY,
        }
    })
}

/// The plugin protocol file that HashiCorp publishes, from the module cache: `tfplugin6.proto` of Terraform 1.16.0.
///
/// # Errors
/// Go is missing, or the module cannot be downloaded or has another checksum than go.sum says.
pub fn published_tfplugin6_proto() -> Result<PathBuf> {
    let dir = module_download("terraform-protocol", "github.com/hashicorp/terraform")?;
    Ok(dir.join("docs/plugin-protocol/tfplugin6.proto"))
}

/// Downloads one module that a go.mod of ours pins, checks it against go.sum, gives its directory.
fn module_download(module: &str, path: &str) -> Result<PathBuf> {
    go_version()?;
    let mut command = Command::new("go");
    command
        .args(["mod", "download", "-json", path])
        .current_dir(module_dir(module));
    let what = format!("download of Go module {path}");
    let output = run(&what, command.env("GOFLAGS", "-mod=readonly"))?;
    let json: Value = serde_json::from_str(&output).unwrap_or_default();
    json["Dir"].as_str().map(PathBuf::from).ok_or(Error::Answer {
        request: what,
        fact: output,
    })
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
    for file in recipe.files() {
        let path = module_dir(recipe.module).join(file);
        parts.push(fs::read(&path).context(|| format!("read {}", path.display()))?);
    }
    Ok(cache::key(parts.iter().map(Vec::as_slice)))
}

fn build(recipe: &Recipe, flags: &str, target: &Path) -> Result<()> {
    let mut command = Command::new("go");
    command
        .args(["build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o"])
        .arg(target);
    command.arg(recipe.package).current_dir(module_dir(recipe.module));
    command
        .env("CGO_ENABLED", if recipe.cgo { "1" } else { "0" })
        .env("CGO_CFLAGS", "-O1 -Wno-deprecated-declarations")
        .env("GOFLAGS", "-mod=readonly");
    run(&format!("build of {}", recipe.name), &mut command).map(drop)
}

/// Kubernetes takes its version from the linker; without it controllers refuse the server's answer.
fn linker_flags(program: Program, version: &str) -> String {
    let base = "-s -w";
    if program.recipe().module != "kubernetes" {
        return base.to_owned();
    }
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or("0"), numbers.next().unwrap_or("0"));
    let component = "k8s.io/component-base/version";
    format!(
        "{base} -X {component}.gitVersion={version} -X {component}.gitMajor={major} \
         -X {component}.gitMinor={minor} -X k8s.io/client-go/pkg/version.gitVersion={version}"
    )
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
    }

    #[test]
    fn a_pinned_version_is_found_in_both_forms() {
        let go_mod = "require a.io/x v1.0.0\nrequire (\n\tb.io/y v2.0.0 // indirect\n)\n";
        assert_eq!(pinned_version(go_mod, "a.io/x").as_deref(), Some("v1.0.0"));
        assert_eq!(pinned_version(go_mod, "b.io/y").as_deref(), Some("v2.0.0"));
        assert_eq!(pinned_version(go_mod, "c.io/z"), None);
    }
}
