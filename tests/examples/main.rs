//! Every example and every configuration of the documents, planned or applied with Terraform and with OpenTofu, against AWS and a
//! cluster of the counterparts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests do"
)]

mod docs;
mod imports;
#[allow(dead_code, reason = "the tests of the repository use the rest")]
#[path = "../repository/markdown.rs"]
mod markdown;
mod objects;
mod pulumi;
mod quickstart;
mod release;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use counterparts::cli::{Flavor, ProviderCopy};
use counterparts::{Cli, Project, Provider, Stack, karpenter, karpenter_crds};

/// What examples leave to `provider/provider.tf`.
const HEAD: &str = "terraform {\n  required_providers {\n    mig = {\n      source = \"eks-mig/mig\"\n    }\n  }\n}\n\n\
                    provider \"mig\" {\n  region = \"us-east-1\"\n}\n";

type SharedStack = LazyLock<Mutex<Stack>>;

/// The cluster that the examples name, one for each program: examples share names of objects, so tests take turns.
fn stack(flavor: Flavor) -> MutexGuard<'static, Stack> {
    static TERRAFORM: SharedStack = LazyLock::new(start);
    static OPENTOFU: SharedStack = LazyLock::new(start);
    let stack = match flavor {
        Flavor::Terraform => &TERRAFORM,
        Flavor::OpenTofu => &OPENTOFU,
    };
    stack.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A cluster that knows Karpenter's kinds; Karpenter itself does not run.
fn start() -> Mutex<Stack> {
    let stack = Stack::start("prod").unwrap();
    stack
        .kube
        .apply_crds(&karpenter_crds(karpenter::Flavor::Aws).unwrap())
        .unwrap();
    add_auto_scaling_group(&stack);
    Mutex::new(stack)
}

/// The self-managed Auto Scaling group that an example tags.
fn add_auto_scaling_group(stack: &Stack) {
    let query = |service: &str, parameters: &[(&str, &str)]| {
        let answer = stack.moto.query(service, "us-east-1", parameters).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    let template = [
        ("Action", "CreateLaunchTemplate"),
        ("Version", "2016-11-15"),
        ("LaunchTemplateName", "self-managed"),
        ("LaunchTemplateData.InstanceType", "p5.48xlarge"),
    ];
    query("ec2", &template);
    let group = [
        ("Action", "CreateAutoScalingGroup"),
        ("Version", "2011-01-01"),
        ("AutoScalingGroupName", "slices"),
        ("LaunchTemplate.LaunchTemplateName", "self-managed"),
        ("LaunchTemplate.Version", "$Latest"),
        ("MinSize", "0"),
        ("MaxSize", "1"),
        ("AvailabilityZones.member.1", "us-east-1a"),
    ];
    query("autoscaling", &group);
}

/// What an example has in place of a subnet that every account has another one of.
const SUBNET_PLACEHOLDER: &str = "subnet-0123456789abcdef0";

/// The folder `examples/`.
fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// What lies in a folder of `examples/`, by name.
fn files(folder: &str) -> Vec<PathBuf> {
    let dir = examples().join(folder);
    let found = fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn text(file: &str) -> String {
    let path = examples().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The provider under test.
fn provider() -> Provider {
    static BINARY: LazyLock<ProviderCopy> =
        LazyLock::new(|| ProviderCopy::of(env!("CARGO_BIN_EXE_terraform-provider-mig")).unwrap());
    Provider::mig(BINARY.path())
}

/// A project of these texts, each as a file of its own, in the environment of the stack.
fn project(cli: &Cli, stack: &Stack, texts: &[&str]) -> Project {
    let mut project = Project::new(cli, &[provider()]).unwrap();
    project.set_envs(stack.env());
    let subnet = stack.moto.default_subnets("us-east-1").unwrap().remove(0);
    for (number, text) in texts.iter().enumerate() {
        let text = text.replace(SUBNET_PLACEHOLDER, &subnet);
        project.write(&format!("part{number}.tf"), &text).unwrap();
    }
    project.init().unwrap();
    project
}

/// Runs a test with Terraform and with OpenTofu, at the same time.
fn with_each_cli(test: impl Fn(&Cli, &Stack) + Sync) {
    static ALL: LazyLock<Vec<Cli>> = LazyLock::new(|| Cli::all().unwrap());
    std::thread::scope(|scope| {
        let test = &test;
        let start = |cli| (cli, scope.spawn(move || test(cli, &stack(cli.flavor()))));
        let running: Vec<(&Cli, _)> = ALL.iter().map(start).collect();
        for (cli, thread) in running {
            if let Err(panic) = thread.join() {
                eprintln!("failed with {} {}", cli.flavor().program(), cli.version());
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Runs a test with one of the programs, by the example's name always the same: where the provider is tested and not the program.
fn with_a_cli(example: &str, test: impl Fn(&Cli, &Stack)) {
    static ALL: LazyLock<Vec<Cli>> = LazyLock::new(|| Cli::every_version().unwrap());
    let cli = Cli::by_name(&ALL, example);
    eprintln!("{example} with {} {}", cli.flavor().program(), cli.version());
    test(cli, &stack(cli.flavor()));
}

/// Whether the program knows resource identity: both since their version 1.12.
fn knows_identity(cli: &Cli) -> bool {
    (cli.version().major, cli.version().minor) >= (1, 12)
}

#[test]
fn examples_are_formatted() {
    let dir = examples();
    for cli in Cli::all().unwrap() {
        let project = Project::new(&cli, &[]).unwrap();
        let arguments = ["fmt", "-check", "-diff", "-recursive", dir.to_str().unwrap()];
        let output = project.run(&arguments).unwrap();
        let again = match cli.flavor() {
            Flavor::Terraform => "terraform fmt -recursive examples",
            Flavor::OpenTofu => "tofu fmt -recursive examples",
        };
        assert!(
            output.succeeded(),
            "run {again}:\n{}{}",
            output.stdout,
            output.stderr
        );
    }
}
