//! `counterparts`: installs, examines and starts what the tests and the quickstart talk to.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};
use counterparts::node_box::install_node_box;
use counterparts::{
    Cache, Cli, Program, Stack, doctor, install, install_browser, install_cyclonedx, install_mkdocs,
    install_moto, install_pulumi_node, install_pulumi_python, install_shellcheck, read_report,
};

type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Real servers for the tests and the quickstart of the `mig` provider.
#[derive(Debug, Parser)]
#[command(name = "counterparts")]
struct Arguments {
    #[command(subcommand)]
    command: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// Build and install what is not in the cache yet.
    Install {
        /// Everything, not only what `up` needs.
        #[arg(long)]
        all: bool,
    },
    /// Start AWS (moto) and an EKS-like Kubernetes API server, and print the environment for them.
    ///
    /// With a command: run it with that environment, then stop. Without: stay until standard input ends or Ctrl-C.
    Up {
        /// Name of the EKS cluster.
        #[arg(long, default_value = "prod")]
        cluster: String,
        /// Write the environment (`export NAME='value'` lines) here instead of to standard output.
        #[arg(long)]
        env_file: Option<PathBuf>,
        /// The command and its arguments.
        #[arg(last = true)]
        command: Vec<String>,
    },
    /// Say what this machine has and lacks.
    Doctor,
    /// Install the pinned shellcheck if it is not there, and print where it is.
    Shellcheck,
    /// Install one program if it is not there, and print where it is.
    Path {
        /// The name of a program that is built (`pulumi`, `etcd`), `pulumi-python`: an interpreter with Pulumi's SDK,
        /// `pulumi-node`: a node_modules with it, `browser`: one with Chromium, `cyclonedx`: an interpreter with its schema, or
        /// `mkdocs`.
        name: String,
    },
    /// Sum up a report file that test processes have written.
    Report {
        /// What MIG_COUNTERPARTS_REPORT was set to.
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Subject::Install { all } => install_programs(all),
        Subject::Up {
            cluster,
            env_file,
            command,
        } => up(&cluster, env_file, &command),
        Subject::Doctor => examine(),
        Subject::Shellcheck => shellcheck(),
        Subject::Path { name } => path(&name),
        Subject::Report { file } => sum_up(&file),
    };
    outcome.unwrap_or_else(|error| {
        complain(&error.to_string());
        ExitCode::FAILURE
    })
}

fn complain(message: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "counterparts: {message}");
}

fn say(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn install_programs(all: bool) -> Outcome {
    let cache = Cache::open()?;
    let moto = install_moto(&cache)?;
    say(&format!("moto {} with {}\n", moto.version, moto.python.display()))?;
    let cli = Cli::any()?;
    say(&format!(
        "{} {} at {}\n",
        cli.flavor().program(),
        cli.version(),
        cli.path().display()
    ))?;
    for program in Program::ALL {
        if all || Program::OF_STACK.contains(&program) {
            say(&format!(
                "{} {}\n",
                program.name(),
                install(&cache, program)?.display()
            ))?;
        }
    }
    if all {
        say(&format!("shellcheck {}\n", install_shellcheck(&cache)?.display()))?;
        say(&format!(
            "pulumi-python {}\n",
            install_pulumi_python(&cache)?.display()
        ))?;
        say(&format!("mkdocs {}\n", install_mkdocs(&cache)?.display()))?;
        say(&format!("cyclonedx {}\n", install_cyclonedx(&cache)?.display()))?;
        say(&of_node("pulumi-node", install_pulumi_node(&cache)))?;
        say(&of_node("browser", install_browser(&cache)))?;
        say(&node_box(&cache))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A machine that cannot run boxes is no failure here: the tests that need them say it, and fail in CI.
fn node_box(cache: &Cache) -> String {
    match install_node_box(cache) {
        Ok(tree) => format!("node in a box {}\n", tree.display()),
        Err(error) => format!("node in a box: not possible here. {error}\n"),
    }
}

/// The same of a machine without Node.js.
fn of_node(name: &str, installed: counterparts::Result<PathBuf>) -> String {
    match installed {
        Ok(packages) => format!("{name} {}\n", packages.display()),
        Err(error) => format!("{name}: not possible here. {error}\n"),
    }
}

fn examine() -> Outcome {
    let diagnosis = doctor::examine()?;
    say(&diagnosis.text)?;
    Ok(if diagnosis.complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn shellcheck() -> Outcome {
    let path = install_shellcheck(&Cache::open()?)?;
    say(&format!("{}\n", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn path(name: &str) -> Outcome {
    let cache = Cache::open()?;
    let path = match name {
        "pulumi-python" => install_pulumi_python(&cache)?,
        "pulumi-node" => install_pulumi_node(&cache)?,
        "browser" => install_browser(&cache)?,
        "mkdocs" => install_mkdocs(&cache)?,
        "cyclonedx" => install_cyclonedx(&cache)?,
        name => {
            let program = Program::ALL.into_iter().find(|program| program.name() == name);
            let unknown = || {
                let known: Vec<_> = Program::ALL.iter().map(|program| program.name()).collect();
                format!(
                    "no program is called {name}; there are {}, browser, cyclonedx, mkdocs, pulumi-node, pulumi-python",
                    known.join(", ")
                )
            };
            install(&cache, program.ok_or_else(unknown)?)?
        }
    };
    say(&format!("{}\n", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn sum_up(file: &std::path::Path) -> Outcome {
    say(&read_report(file)?.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn up(cluster: &str, env_file: Option<PathBuf>, command: &[String]) -> Outcome {
    let cli = Cli::any()?;
    let stack = Stack::start(cluster)?;
    let mut env = stack.env();
    env.push(("KUBECONFIG", stack.kube.kubeconfig().display().to_string()));
    env.push(("MIG_CLUSTER_NAME", stack.cluster().to_owned()));
    env.push(("MIG_CLI", cli.path().display().to_string()));
    if let [program, arguments @ ..] = command {
        return run_within(&env, program, arguments);
    }
    let lines: String = env
        .iter()
        .map(|(name, value)| format!("export {name}='{value}'\n"))
        .collect();
    match &env_file {
        Some(path) => publish(path, &lines)?,
        None => say(&lines)?,
    }
    wait_for_the_end()?;
    if let Some(path) = env_file {
        // Whoever removed it already wanted the same.
        let _ = fs::remove_file(path);
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a command with our environment and nothing of the user's own AWS settings; gives its exit code.
fn run_within(env: &[(&str, String)], program: &str, arguments: &[String]) -> Outcome {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    let status = command
        .args(arguments)
        .envs(env.iter().map(|(name, value)| (name, value)))
        .status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The file appears only when it is complete, so that a script may wait for it.
fn publish(path: &std::path::Path, lines: &str) -> std::io::Result<()> {
    let partial = path.with_extension("partial");
    fs::write(&partial, lines)?;
    fs::rename(partial, path)
}

/// Returns when standard input ends or on SIGINT or SIGTERM.
fn wait_for_the_end() -> std::io::Result<()> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let from_input = sender.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = from_input.send(());
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        let _ = sender.send(());
    });
    // Both senders gone without a message would be an end, too.
    let _ = receiver.recv();
    runtime.shutdown_background();
    Ok(())
}
