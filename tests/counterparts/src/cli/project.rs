//! A folder with a configuration, set up so that nothing of the machine or its user reaches the test.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::outcome::{Output, Plan};
use super::running::Running;
use super::state::StateFile;
use super::{Cli, Provider};
use crate::error::{Error, IoContext, Result};
use crate::process::{GO_COMMAND, supervised};
use crate::workspace::Workspace;

/// How long a command may take before it counts as hanging.
const LIMIT: Duration = Duration::from_secs(600);
const PLAN_FILE: &str = "counterparts.tfplan";

/// A configuration with its state and environment; removed when dropped.
#[derive(Debug)]
pub struct Project {
    cli: Cli,
    work: Workspace,
    mirrors: Vec<PathBuf>,
    env: BTreeMap<String, String>,
    commands: AtomicUsize,
}

impl Project {
    /// An empty project that can use `providers` and no others.
    ///
    /// # Errors
    /// The folder cannot be made, or a provider binary is not there.
    pub fn new(cli: &Cli, providers: &[Provider]) -> Result<Self> {
        let work = Workspace::new(cli.flavor().program())?;
        let mirror = work.path().join("mirror");
        fs::create_dir_all(&mirror).context(|| format!("make {}", mirror.display()))?;
        for provider in providers {
            provider.install(&mirror, cli.flavor())?;
        }
        work.write("cli.tfrc", cli_configuration(std::slice::from_ref(&mirror)))?;
        for dir in ["project", "home", "outputs"] {
            fs::create_dir_all(work.path().join(dir)).context(|| format!("make {dir}"))?;
        }
        Ok(Self {
            cli: cli.clone(),
            work,
            env: BTreeMap::new(),
            mirrors: vec![mirror],
            commands: AtomicUsize::new(0),
        })
    }

    /// The folder with the configuration and `terraform.tfstate`.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.work.path().join("project")
    }

    /// The program that it runs.
    #[must_use]
    pub fn cli(&self) -> &Cli {
        &self.cli
    }

    /// Writes or replaces a file of the configuration.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        self.work.write(&format!("project/{name}"), text)
    }

    /// Removes a file of the configuration.
    ///
    /// # Errors
    /// It is not there.
    pub fn remove(&self, name: &str) -> Result<()> {
        let path = self.dir().join(name);
        fs::remove_file(&path).context(|| format!("remove {}", path.display()))
    }

    /// Lets the project use the providers of a filesystem mirror too, for comparisons with others.
    ///
    /// # Errors
    /// The CLI configuration cannot be written.
    pub fn use_mirror(&mut self, dir: impl Into<PathBuf>) -> Result<()> {
        self.mirrors.push(dir.into());
        self.work
            .write("cli.tfrc", cli_configuration(&self.mirrors))
            .map(drop)
    }

    /// Lets the project install providers in this way alone: the inside of a `provider_installation` block.
    ///
    /// # Errors
    /// The CLI configuration cannot be written.
    pub fn install_by(&self, methods: &str) -> Result<()> {
        let text = format!("provider_installation {{\n{methods}\n}}\n");
        self.work.write("cli.tfrc", text).map(drop)
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

    /// Removes a variable that was set before.
    pub fn unset_env(&mut self, name: &str) {
        self.env.remove(name);
    }

    /// Starts a command and returns at once.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn spawn(&self, args: &[&str]) -> Result<Running> {
        let mut command = supervised(self.cli.path());
        self.prepare(&mut command, args);
        command.envs(GO_COMMAND);
        let line = format!("{} {}", self.cli.flavor().program(), args.join(" "));
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        Running::start(
            line,
            command,
            &self.work.path().join("outputs"),
            &number.to_string(),
        )
    }

    /// A command that is neither started nor supervised: for measurements, which what comes in between would blur.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.cli.path());
        self.prepare(&mut command, args);
        command
    }

    /// Arguments, folder and environment, with nothing of the machine's own.
    fn prepare(&self, command: &mut Command, args: &[&str]) {
        command.args(args).current_dir(self.dir()).env_clear();
        for name in ["PATH", "TMPDIR", "LANG", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("HOME", self.work.path().join("home"));
        command.env("TF_CLI_CONFIG_FILE", self.work.path().join("cli.tfrc"));
        command.envs([
            ("CHECKPOINT_DISABLE", "1"),
            ("TF_IN_AUTOMATION", "1"),
            ("TF_INPUT", "0"),
        ]);
        command.envs(&self.env);
    }

    /// Runs a command to its end, whatever its exit code.
    ///
    /// # Errors
    /// It cannot be started or hangs.
    pub fn run(&self, args: &[&str]) -> Result<Output> {
        self.spawn(args)?.wait(LIMIT)
    }

    /// `init`, which has to succeed.
    ///
    /// # Errors
    /// It fails.
    pub fn init(&self) -> Result<Output> {
        self.run(&["init", "-no-color", "-input=false"])?.success()
    }

    /// `validate`, whatever it finds.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn validate(&self) -> Result<Output> {
        self.run(&["validate", "-no-color"])
    }

    /// `plan` with further arguments, whatever comes of it; code 0 is no changes, 2 is changes, 1 is an error.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_plan(&self, args: &[&str]) -> Result<Output> {
        let out = format!("-out={PLAN_FILE}");
        self.run(
            &[
                &["plan", "-no-color", "-input=false", "-detailed-exitcode", &out],
                args,
            ]
            .concat(),
        )
    }

    /// `plan`, which has to succeed, with its JSON form.
    ///
    /// # Errors
    /// It fails.
    pub fn plan(&self, args: &[&str]) -> Result<Plan> {
        let output = self.try_plan(args)?.expect_code(&[0, 2])?;
        let json = self.run(&["show", "-json", PLAN_FILE])?.success()?.json();
        Ok(Plan { output, json })
    }

    /// What the `list` blocks of `query` find, in the order in which it comes.
    ///
    /// # Errors
    /// The query fails, or prints no JSON.
    pub fn query(&self) -> Result<Vec<Value>> {
        let output = self.run(&["query", "-json"])?.success()?;
        let mut found = Vec::new();
        for line in output.stdout.lines() {
            let event: Value = serde_json::from_str(line).map_err(|error| Error::Answer {
                request: output.command.clone(),
                fact: format!("{error}: {line}"),
            })?;
            if event["type"] == "list_resource_found" {
                found.push(event["list_resource_found"].clone());
            }
        }
        Ok(found)
    }

    /// `apply` without a saved plan, whatever comes of it.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_apply(&self, args: &[&str]) -> Result<Output> {
        self.run(&[&["apply", "-no-color", "-input=false", "-auto-approve"], args].concat())
    }

    /// `apply` without a saved plan, which has to succeed.
    ///
    /// # Errors
    /// It fails.
    pub fn apply(&self, args: &[&str]) -> Result<Output> {
        self.try_apply(args)?.success()
    }

    /// `apply` of the plan that [`Project::plan`] made last, whatever comes of it.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_apply_plan(&self) -> Result<Output> {
        self.run(&["apply", "-no-color", "-input=false", PLAN_FILE])
    }

    /// `destroy`, which has to succeed.
    ///
    /// # Errors
    /// It fails.
    pub fn destroy(&self) -> Result<Output> {
        self.run(&["destroy", "-no-color", "-input=false", "-auto-approve"])?
            .success()
    }

    /// `import`, whatever comes of it.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn try_import(&self, address: &str, id: &str) -> Result<Output> {
        self.run(&["import", "-no-color", "-input=false", address, id])
    }

    /// The state as `show -json` has it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn state(&self) -> Result<Value> {
        Ok(self.run(&["show", "-json"])?.success()?.json())
    }

    /// The attribute values of one resource or data source in the state file, without a command; `None` if it is not there.
    /// A value of any type comes with its type beside it, as the file has it.
    ///
    /// # Errors
    /// The state file is not one.
    pub fn resource(&self, address: &str) -> Result<Option<Value>> {
        Ok(self.stored()?.attributes(address))
    }

    /// The addresses of everything in the state file, as `state list` has them, without a command.
    ///
    /// # Errors
    /// The state file is not one.
    pub fn state_list(&self) -> Result<Vec<String>> {
        Ok(self.stored()?.addresses())
    }

    /// The value of one output of the last apply, from the state file, without a command.
    ///
    /// # Errors
    /// There is no such output.
    pub fn output(&self, name: &str) -> Result<Value> {
        let state = self.stored()?;
        state.output(name).ok_or_else(|| Error::Answer {
            request: format!("output {name}"),
            fact: "the state has no output of this name".to_owned(),
        })
    }

    fn stored(&self) -> Result<StateFile> {
        StateFile::read(&self.dir().join("terraform.tfstate"))
    }

    /// The raw state file, for tests that look for secrets in it; empty if there is none.
    #[must_use]
    pub fn state_file(&self) -> String {
        fs::read_to_string(self.dir().join("terraform.tfstate")).unwrap_or_default()
    }
}

/// Only these mirrors and no registry: a test downloads nothing.
fn cli_configuration(mirrors: &[PathBuf]) -> String {
    let block = |dir: &PathBuf| {
        format!(
            "  filesystem_mirror {{\n    path = {:?}\n  }}\n",
            dir.display().to_string()
        )
    };
    let blocks: String = mirrors.iter().map(block).collect();
    format!("provider_installation {{\n{blocks}}}\n")
}
