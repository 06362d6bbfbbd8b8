//! A folder with a program, set up so that nothing of the machine or its user reaches the test, and nothing is downloaded.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::outcome::{Preview, Stack, messages};
use crate::cache::Cache;
use crate::cli::{Output, Running};
use crate::error::{Error, IoContext, Result};
use crate::go::{Program, install};
use crate::process::{GO_SERVER, supervised};
use crate::report;
use crate::workspace::Workspace;

/// How long a command may take before it counts as hanging.
const LIMIT: Duration = Duration::from_secs(600);
/// The project's name in URNs.
const NAME: &str = "test";

/// A provider binary under test.
#[derive(Debug, Clone)]
pub struct Plugin {
    /// The package's name, for example `mig`.
    pub name: String,
    /// The executable, whatever its own name.
    pub binary: PathBuf,
}

impl Plugin {
    /// The provider of this project.
    #[must_use]
    pub fn mig(binary: impl Into<PathBuf>) -> Self {
        Self::new("mig", binary)
    }

    /// A provider of another name.
    #[must_use]
    pub fn new(name: &str, binary: impl Into<PathBuf>) -> Self {
        Self {
            name: name.to_owned(),
            binary: binary.into(),
        }
    }

    /// Links the binary under the name that the engine starts, in a folder of its own; gives the folder.
    fn install(&self, plugins: &Path) -> Result<PathBuf> {
        let dir = plugins.join(&self.name);
        fs::create_dir_all(&dir).context(|| format!("make {}", dir.display()))?;
        let binary = fs::canonicalize(&self.binary).context(|| {
            format!(
                "find the provider binary {} (build it first)",
                self.binary.display()
            )
        })?;
        let file = dir.join(format!("pulumi-resource-{}", self.name));
        symlink(&binary, &file).context(|| format!("link {}", file.display()))?;
        Ok(dir)
    }
}

/// A program with its stacks and environment; removed when dropped. Programs are in YAML, unless [`PulumiProject::write`]
/// writes another Pulumi.yaml.
#[derive(Debug)]
pub struct PulumiProject {
    work: Workspace,
    /// Package names with the folders of their plugins.
    plugins: Vec<(String, PathBuf)>,
    env: BTreeMap<String, String>,
    commands: AtomicUsize,
    /// Finds in a message what must not be said.
    judge: Option<fn(&str) -> Vec<String>>,
}

impl PulumiProject {
    /// An empty project that can use these plugins and no others. The command line and the YAML host are built if the cache
    /// has none.
    ///
    /// # Errors
    /// Go is missing, the folder cannot be made, or a provider binary is not there.
    pub fn new(plugins: &[Plugin]) -> Result<Self> {
        let work = Workspace::new("pulumi")?;
        for dir in ["bin", "home", "outputs", "plugins", "project", "pulumi", "state"] {
            fs::create_dir_all(work.path().join(dir)).context(|| format!("make {dir}"))?;
        }
        for program in [Program::Pulumi, Program::PulumiYaml] {
            put(program, &work.path().join("bin"))?;
        }
        let folder = work.path().join("plugins");
        let install = |plugin: &Plugin| Ok((plugin.name.clone(), plugin.install(&folder)?));
        let plugins = plugins.iter().map(install).collect::<Result<_>>()?;
        Ok(Self {
            work,
            plugins,
            env: BTreeMap::new(),
            commands: AtomicUsize::new(0),
            judge: None,
        })
    }

    /// The folder with the program.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.work.path().join("project")
    }

    /// The folder with all that belongs to the project.
    pub(super) fn work_dir(&self) -> &Path {
        self.work.path()
    }

    /// Writes Pulumi.yaml: a program in YAML (`resources`, `variables`, `outputs`) behind the project's name and plugins.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_yaml(&self, program: &str) -> Result<PathBuf> {
        self.write("Pulumi.yaml", &format!("{}{program}", self.header("yaml")))
    }

    /// The beginning of a Pulumi.yaml: name, runtime (as YAML) and plugins.
    #[must_use]
    pub fn header(&self, runtime: &str) -> String {
        let mut text = format!("name: {NAME}\nruntime: {runtime}\n");
        if !self.plugins.is_empty() {
            text += "plugins:\n  providers:\n";
        }
        for (name, dir) in &self.plugins {
            text += &format!(
                "    - name: {name}\n      path: {:?}\n",
                dir.display().to_string()
            );
        }
        text
    }

    /// Writes or replaces a file of the program.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        self.work.write(&format!("project/{name}"), text)
    }

    /// Sets a variable for all further commands; nothing but PATH is inherited.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    /// Sets several variables, for example [`crate::Moto::env`].
    pub fn set_envs<'a>(&mut self, pairs: impl IntoIterator<Item = (&'a str, String)>) {
        self.env
            .extend(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }

    /// From now on a command fails if its messages have something that must not be said, which `find` gives.
    pub fn judge_messages(&mut self, find: fn(&str) -> Vec<String>) {
        self.judge = Some(find);
    }

    /// Starts a command and returns at once.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn spawn(&self, args: &[&str]) -> Result<Running> {
        let mut command = supervised(self.work.path().join("bin/pulumi"));
        self.prepare(&mut command, args);
        // Nor does it stay, but it starts compilers, which need the memory.
        command.envs(GO_SERVER);
        let line = format!("pulumi {}", args.join(" "));
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let outputs = self.work.path().join("outputs");
        Running::start(line, command, &outputs, &number.to_string())
    }

    /// A command that is neither started nor supervised: for measurements.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.work.path().join("bin/pulumi"));
        self.prepare(&mut command, args);
        command
    }

    /// Arguments, folder and environment, with nothing of the machine's own and nobody to ask.
    fn prepare(&self, command: &mut Command, args: &[&str]) {
        let path = |name: &str| self.work.path().join(name);
        command.args(args).current_dir(self.dir()).env_clear();
        for name in ["PATH", "TMPDIR", "LANG", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("HOME", path("home"));
        command.env("PULUMI_HOME", path("pulumi"));
        command.env(
            "PULUMI_BACKEND_URL",
            format!("file://{}", path("state").display()),
        );
        command.envs([
            ("NO_COLOR", "1"),
            ("PULUMI_CONFIG_PASSPHRASE", ""),
            ("PULUMI_SKIP_UPDATE_CHECK", "true"),
            ("PULUMI_SKIP_CONFIRMATIONS", "true"),
            ("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true"),
            ("PULUMI_DISABLE_REGISTRY_RESOLVE", "true"),
            ("PULUMI_IGNORE_AMBIENT_PLUGINS", "true"),
        ]);
        command.envs(&self.env);
    }

    /// Runs a command to its end, whatever its exit code.
    ///
    /// # Errors
    /// It cannot be started or hangs, or it says what it must not.
    pub fn run(&self, args: &[&str]) -> Result<Output> {
        let output = self.spawn(args)?.wait(LIMIT)?;
        let said = messages(&output);
        let found = self.judge.map(|find| find(&said)).unwrap_or_default();
        if found.is_empty() {
            return Ok(output);
        }
        Err(Error::Answer {
            request: output.command,
            fact: format!("it says {found:?}, which it must not: {said}"),
        })
    }

    /// Runs a command that acts on the chosen stack, with no question, colour or dots.
    fn act(&self, name: &str, args: &[&str]) -> Result<Output> {
        self.run(&[&[name, "--non-interactive", "--color=never"], args].concat())
    }

    /// Makes a stack and chooses it.
    ///
    /// # Errors
    /// It is there already.
    pub fn init(&self, stack: &str) -> Result<Output> {
        self.run(&["stack", "init", "--non-interactive", stack])?
            .success()
    }

    /// Chooses a stack that was made before.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn select(&self, stack: &str) -> Result<Output> {
        self.run(&["stack", "select", "--non-interactive", stack])?
            .success()
    }

    /// Sets the configuration of a stack: `mig:region`, `mig:endpoints.ec2` with `--path` among the arguments, or a secret
    /// with `--secret`.
    ///
    /// # Errors
    /// It fails.
    pub fn set_config(&self, key: &str, value: &str, args: &[&str]) -> Result<Output> {
        self.run(&[&["config", "set", "--non-interactive", key, value], args].concat())?
            .success()
    }

    /// `preview --json`, whatever comes of it.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_preview(&self, args: &[&str]) -> Result<Output> {
        self.act("preview", &[&["--json"], args].concat())
    }

    /// `preview`, which has to succeed.
    ///
    /// # Errors
    /// It fails.
    pub fn preview(&self, args: &[&str]) -> Result<Preview> {
        let output = self.try_preview(args)?.success()?;
        let json = output.json();
        Ok(Preview { output, json })
    }

    /// `up` without asking, whatever comes of it.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_up(&self, args: &[&str]) -> Result<Output> {
        self.act("up", &[&["--yes", "--skip-preview"], args].concat())
    }

    /// `up`, which has to succeed; with `--expect-no-changes` among the arguments it fails if anything changes.
    ///
    /// # Errors
    /// It fails.
    pub fn up(&self, args: &[&str]) -> Result<Output> {
        self.try_up(args)?.success()
    }

    /// `refresh` without asking, whatever comes of it.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_refresh(&self, args: &[&str]) -> Result<Output> {
        self.act("refresh", &[&["--yes", "--skip-preview"], args].concat())
    }

    /// `import` of one resource by its ID, whatever comes of it; standard output has the program for it.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_import(&self, token: &str, name: &str, id: &str, args: &[&str]) -> Result<Output> {
        let ours = ["--yes", "--skip-preview", "--protect=false"];
        self.act("import", &[&ours[..], args, &[token, name, id]].concat())
    }

    /// `destroy`, which has to succeed.
    ///
    /// # Errors
    /// It fails.
    pub fn destroy(&self, args: &[&str]) -> Result<Output> {
        self.act("destroy", &[&["--yes", "--skip-preview"], args].concat())?
            .success()
    }

    /// The state of the chosen stack.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn export(&self) -> Result<Stack> {
        let json = self.run(&["stack", "export"])?.success()?.json();
        Ok(Stack { json })
    }

    /// An output of the chosen stack.
    ///
    /// # Errors
    /// There is no such output.
    pub fn output(&self, name: &str) -> Result<Value> {
        let output = self
            .run(&["stack", "output", "--json", "--show-secrets", name])?
            .success()?;
        serde_json::from_str(&output.stdout).map_err(|error| Error::Answer {
            request: output.command.clone(),
            fact: format!("{error}: {}", output.stdout),
        })
    }

    /// Everything that is on disk of all stacks, for tests that look for secrets.
    #[must_use]
    pub fn state_files(&self) -> String {
        let mut text = String::new();
        let mut open = vec![self.work.path().join("state"), self.dir()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(next).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    open.push(entry.path());
                } else {
                    text += &String::from_utf8_lossy(&fs::read(entry.path()).unwrap_or_default());
                }
            }
        }
        text
    }
}

/// A hard link, since the command line looks for its language hosts beside itself and follows symbolic links first.
fn put(program: Program, bin: &Path) -> Result<()> {
    put_as(program, bin, program.name())
}

/// The same under a name that says what the program is to do.
pub(super) fn put_as(program: Program, bin: &Path, name: &str) -> Result<()> {
    let built = install(&Cache::open()?, program)?;
    report::used(program.name(), &format!("{} (built by us)", program.version()?));
    let file = bin.join(name);
    fs::hard_link(&built, &file).context(|| format!("link {}", file.display()))
}
