//! What the tests share: AWS, the programs under test, and a place to run each test in.

pub(crate) mod api_proxy;
pub(crate) mod ec2;
pub(crate) mod eks;
pub(crate) mod karpenter;
pub(crate) mod kube;
pub(crate) mod pulumi;
pub(crate) mod rights;

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use counterparts::cli::{Output, Plan, ProviderCopy, peer};
use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Cli, FaultProxy, Moto, Project, Provider};
use serde_json::Value;

/// AWS of this test process. Tests keep apart by the names of their objects.
pub(crate) static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap());

/// The versions of Terraform, then OpenTofu.
static CLIS: LazyLock<Vec<Cli>> = LazyLock::new(|| Cli::every_version().unwrap());

/// The region that tests work in unless they say otherwise.
pub(crate) const REGION: &str = "us-east-1";

/// What every configuration begins with.
pub(crate) const HEAD: &str =
    "terraform {\n  required_providers {\n    mig = { source = \"eks-mig/mig\" }\n  }\n}\n";

static BINARY: LazyLock<ProviderCopy> =
    LazyLock::new(|| ProviderCopy::of(env!("CARGO_BIN_EXE_terraform-provider-mig")).unwrap());

/// The provider under test.
pub(crate) fn provider() -> Provider {
    Provider::mig(BINARY.path())
}

/// One of these, by the name of the running test always the same one.
fn of_this_test(all: &[Cli]) -> &Cli {
    Cli::by_name(all, std::thread::current().name().unwrap_or_default())
}

fn terraforms_and_tofu() -> (&'static [Cli], &'static Cli) {
    let (tofu, terraforms) = CLIS.split_last().unwrap();
    (terraforms, tofu)
}

/// Runs a test with a Terraform and with OpenTofu, at the same time: whole lives, imports, and what the programs do in ways of
/// their own. Which Terraform, the machine's own or the newest, goes by the test's name.
pub(crate) fn with_each_cli(test: impl Fn(&Cli) + Sync) {
    let (terraforms, tofu) = terraforms_and_tofu();
    let terraform = of_this_test(terraforms);
    std::thread::scope(|scope| {
        let test = &test;
        let running = [terraform, tofu].map(|cli| (cli, scope.spawn(move || test(cli))));
        for (cli, thread) in running {
            if let Err(panic) = thread.join() {
                eprintln!("failed with {} {}", cli.flavor().program(), cli.version());
                std::panic::resume_unwind(panic);
            }
        }
    });
}

/// Runs a test with a Terraform or with OpenTofu, by its name always the same one: where the provider is tested and not the
/// program. With `MIG_TEST_CLIS=all` it is run with both.
pub(crate) fn with_a_cli(test: impl Fn(&Cli) + Sync) {
    if std::env::var_os("MIG_TEST_CLIS").is_some_and(|which| which == "all") {
        return with_each_cli(test);
    }
    let cli = of_this_test(&CLIS);
    eprintln!("with {} {}", cli.flavor().program(), cli.version());
    test(cli);
}

/// Runs a test with OpenTofu alone: import by identity came to Terraform in 1.12 only, for example.
pub(crate) fn with_tofu(test: impl Fn(&Cli)) {
    test(terraforms_and_tofu().1);
}

/// Runs a test with the newest Terraform: `query` came in 1.14.
pub(crate) fn with_newest_terraform(test: impl Fn(&Cli)) {
    test(&Cli::newest_terraform().unwrap());
}

/// A project whose way to AWS leads through a proxy of its own.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) project: Project,
    pub(crate) proxy: FaultProxy,
    /// A name for the test's objects that no other test has.
    pub(crate) name: String,
}

impl Ground {
    /// A project with the provider installed and an administrator's environment; nothing is initialised yet.
    pub(crate) fn new(cli: &Cli, test: &str) -> Self {
        let proxy = FaultProxy::start(&MOTO.url()).unwrap();
        let mut project = Project::new(cli, &[provider()]).unwrap();
        project.set_envs(aws_env(&proxy.url(), &ADMIN));
        let name = free_name(&format!("{test}-{}", cli.flavor().program()));
        Self { project, proxy, name }
    }

    /// The same, with this configuration below the usual head, and initialised.
    pub(crate) fn with(cli: &Cli, test: &str, configuration: impl Fn(&str) -> String) -> Self {
        let ground = Self::new(cli, test);
        ground.write(&configuration(&ground.name));
        ground.project.init().unwrap();
        ground
    }

    /// A project of ours and of terraform-provider-aws; `None`, with a word about it, where that is not installed.
    pub(crate) fn beside_aws(cli: &Cli, test: &str) -> Option<Self> {
        let Some(aws) = peer::aws() else {
            eprintln!(
                "not run: terraform-provider-aws {} is not installed",
                peer::AWS_VERSION
            );
            return None;
        };
        let mut ground = Self::new(cli, test);
        ground.project = Project::new(cli, &[provider(), aws]).unwrap();
        ground.project.set_envs(aws_env(&ground.proxy.url(), &ADMIN));
        Some(ground)
    }

    /// Replaces the configuration.
    pub(crate) fn write(&self, configuration: &str) {
        self.project
            .write("main.tf", &format!("{HEAD}{configuration}"))
            .unwrap();
    }

    pub(crate) fn plan(&self) -> Plan {
        self.project.plan(&[]).unwrap()
    }

    /// The words of a plan, which has to succeed.
    pub(crate) fn plan_words(&self) -> String {
        let output = self.project.try_plan(&[]).unwrap().expect_code(&[0, 2]);
        output.unwrap().words()
    }

    pub(crate) fn apply(&self) -> Output {
        self.project.apply(&[]).unwrap()
    }

    /// Applies, and asserts that a plan has nothing to do after it.
    pub(crate) fn settle(&self) {
        self.apply();
        self.assert_settled();
    }

    /// Asserts that a plan has nothing to do.
    pub(crate) fn assert_settled(&self) {
        let output = self.project.try_plan(&[]).unwrap();
        assert_eq!(
            output.code, 0,
            "not settled:\n{}\n{}",
            output.stderr, output.stdout
        );
    }

    /// Imports objects, by address and ID, into an empty configuration, lets the program write one, and applies it: the
    /// imports are all there is to do.
    pub(crate) fn settle_generated(&self, imports: &[(&str, &str)]) {
        let blocks = |provider: &str| -> String {
            let block =
                |(to, id): &(&str, &str)| format!("import {{\n  to = {to}\n{provider}  id = \"{id}\"\n}}\n");
            imports.iter().map(block).collect()
        };
        let number = imports.len();
        let all = format!("{number} to import, 0 to add, 0 to change, 0 to destroy");
        // Terraform 1.16.0 to 1.16.2 look for another provider without its name.
        self.write(&blocks("  provider = mig\n"));
        self.project.init().unwrap();
        let generated = self.project.try_plan(&["-generate-config-out=generated.tf"]);
        assert_says(&generated.unwrap().words(), &[&all]);
        self.write(&blocks(""));
        assert_says(&self.plan_words(), &[&all]);
        self.settle();
    }

    /// Forgets an object, and imports it by this ID.
    pub(crate) fn import_anew(&self, address: &str, id: &str) {
        self.project
            .run(&["state", "rm", address])
            .unwrap()
            .success()
            .unwrap();
        self.project.try_import(address, id).unwrap().success().unwrap();
    }

    /// The attributes of `mig_launch_template.this`.
    pub(crate) fn this(&self) -> Value {
        self.resource("mig_launch_template.this")
    }

    pub(crate) fn resource(&self, address: &str) -> Value {
        let found = self.project.resource(address).unwrap();
        found.unwrap_or_else(|| panic!("{address} is not in the state"))
    }

    /// Asserts that a plan fails, and gives its words.
    pub(crate) fn refused_plan(&self) -> String {
        let output = self.project.try_plan(&[]).unwrap();
        assert_eq!(output.code, 1, "{}", output.stdout);
        output.words()
    }

    /// Asserts that an apply fails, and gives its words.
    pub(crate) fn failed_apply(&self) -> String {
        let output = self.project.try_apply(&[]).unwrap();
        assert_eq!(output.code, 1, "{}", output.stdout);
        output.words()
    }
}

/// The name, with a number behind it if another test has it.
fn free_name(name: &str) -> String {
    static TAKEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| taken.insert(name.clone())).unwrap()
}

/// Asserts that a text has every one of these parts.
pub(crate) fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}
