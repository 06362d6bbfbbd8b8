//! Programs in Python, TypeScript and Go, and the SDKs of a provider that they import.
//!
//! Pulumi's own language hosts are in no Go module that can be had. Generators and SDKs are Pulumi's own; what stands between
//! the engine and an SDK is ours (`go/pulumi/host.go`) and starts the SDK as Pulumi's hosts do.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::project::{PulumiProject, put_as};
use crate::cache::Cache;
use crate::command::run;
use crate::error::{Error, IoContext, Result};
use crate::go::{Program, install, module_download};
use crate::node::install_pulumi_node;
use crate::python::install_pulumi_python;

/// The language of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `runtime: python`
    Python,
    /// `runtime: nodejs`, in TypeScript.
    NodeJs,
    /// `runtime: go`
    Go,
}

impl Language {
    fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::NodeJs => "nodejs",
            Self::Go => "go",
        }
    }
}

/// Writes the SDK of a package schema: `nodejs`, `python` or `go`.
///
/// # Errors
/// Go is missing, or the generator refuses the schema.
pub fn generate_sdk(schema: &Path, language: &str, dir: &Path) -> Result<()> {
    let tools = install(&Cache::open()?, Program::PulumiTools)?;
    let mut command = Command::new(tools);
    command.arg(schema).arg(language).arg(dir);
    run(&format!("generator of the SDK for {language}"), &mut command).map(drop)
}

impl PulumiProject {
    /// Lets programs be in this language, and import the SDKs of these package schemas. A program in Go is there already: it is built.
    ///
    /// # Errors
    /// Python or Node.js is missing, a package cannot be installed, or an SDK is refused by its compiler.
    pub fn use_language(&mut self, language: Language, schemas: &[&str]) -> Result<()> {
        put_as(
            Program::PulumiTools,
            &self.work_dir().join("bin"),
            &format!("pulumi-language-{}", language.name()),
        )?;
        let sdks = self.work_dir().join("sdks").join(language.name());
        match language {
            Language::Python => self.use_python(&sdks)?,
            Language::NodeJs => self.use_node()?,
            Language::Go => {}
        }
        for (index, schema) in schemas.iter().enumerate() {
            let path = self
                .work_dir()
                .join(format!("schema-{}-{index}.json", language.name()));
            fs::write(&path, schema).context(|| format!("write {}", path.display()))?;
            let dir = sdks.join(index.to_string());
            generate_sdk(&path, language.name(), &dir)?;
            match language {
                Language::Python => install_python_sdk(&dir, &sdks, schema)?,
                Language::NodeJs => self.install_node_sdk(&dir)?,
                Language::Go => {}
            }
        }
        match language {
            Language::Go => self.build_go(&sdks),
            Language::Python | Language::NodeJs => Ok(()),
        }
    }

    /// Builds the program with the modules that the command line is built of, and with the SDKs in a folder.
    fn build_go(&mut self, sdks: &Path) -> Result<()> {
        let pinned = Program::PulumiTools.module_dir();
        let read = |path: &Path| fs::read_to_string(path).context(|| format!("read {}", path.display()));
        let modules = read(&pinned.join("go.mod"))?;
        let (_, requirements) = modules.split_once('\n').unwrap_or_default();
        let mut own = format!("module program\n{requirements}");
        for sdk in entries(sdks)? {
            let text = read(&sdk.join("go.mod"))?;
            let name = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("module ");
            own += &format!("\nrequire {name} v0.0.0\nreplace {name} => {}\n", sdk.display());
        }
        self.write("go.mod", &own)?;
        self.write("go.sum", &read(&pinned.join("go.sum"))?)?;
        let program = self.work_dir().join("bin/program");
        Program::PulumiTools.build_elsewhere(&self.dir(), &program)?;
        self.set_env("MIG_PULUMI_GO", &program.display().to_string());
        Ok(())
    }

    fn use_python(&mut self, sdks: &Path) -> Result<()> {
        let python = install_pulumi_python(&Cache::open()?)?;
        let sdk = module_download("pulumi", "github.com/pulumi/pulumi/sdk/v3")?;
        let script = sdk.join("python/cmd/pulumi-language-python-exec");
        self.set_env("MIG_PULUMI_PYTHON", &python.display().to_string());
        self.set_env("MIG_PULUMI_PYTHON_EXEC", &script.display().to_string());
        self.set_env("PYTHONPATH", &sdks.display().to_string());
        Ok(())
    }

    /// Links each package into the program's own `node_modules`, which has room for SDKs then.
    fn use_node(&mut self) -> Result<()> {
        let packages = install_pulumi_node(&Cache::open()?)?;
        let own = self.dir().join("node_modules");
        for package in entries(&packages)? {
            let name = package.file_name().unwrap_or_default().to_owned();
            if name.to_string_lossy().starts_with('@') {
                for scoped in entries(&package)? {
                    let inner = scoped.file_name().unwrap_or_default().to_owned();
                    link(&scoped, &own.join(&name).join(inner))?;
                }
            } else {
                link(&package, &own.join(name))?;
            }
        }
        self.set_env("MIG_PULUMI_NODE", "node");
        Ok(())
    }

    /// Compiles an SDK and puts it where programs import it from, in the form in which it is published.
    fn install_node_sdk(&self, dir: &Path) -> Result<()> {
        let packages = self.dir().join("node_modules");
        link(&packages, &dir.join("node_modules"))?;
        let mut compiler = Command::new("node");
        compiler.arg(packages.join("typescript/bin/tsc")).current_dir(dir);
        run("compilation of an SDK in TypeScript", &mut compiler)?;
        let about = dir.join("package.json");
        let text = fs::read_to_string(&about).context(|| format!("read {}", about.display()))?;
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        let name = json["name"].as_str().ok_or_else(|| Error::Answer {
            request: format!("read {}", about.display()),
            fact: "it has no name".to_owned(),
        })?;
        fs::copy(&about, dir.join("bin/package.json")).context(|| "copy package.json".to_owned())?;
        link(&dir.join("bin"), &packages.join(name))
    }
}

/// Puts a package beside the others, with the metadata that an installer would write: SDKs ask for their own version.
fn install_python_sdk(dir: &Path, sdks: &Path, schema: &str) -> Result<()> {
    let json: Value = serde_json::from_str(schema).unwrap_or_default();
    let version = json["version"].as_str().unwrap_or("0.0.0");
    for package in entries(dir)?.into_iter().filter(|path| path.is_dir()) {
        let name = package
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        link(&package, &sdks.join(&name))?;
        let about = sdks.join(format!("{name}-{version}.dist-info"));
        fs::create_dir_all(&about).context(|| format!("make {}", about.display()))?;
        let text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
        fs::write(about.join("METADATA"), text).context(|| format!("write {}", about.display()))?;
    }
    Ok(())
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let found = fs::read_dir(dir).context(|| format!("read {}", dir.display()))?;
    let mut paths: Vec<PathBuf> = found.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn link(to: &Path, file: &Path) -> Result<()> {
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).context(|| format!("make {}", parent.display()))?;
    }
    symlink(to, file).context(|| format!("link {}", file.display()))
}
