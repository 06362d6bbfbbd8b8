//! One running Karpenter.

use std::time::Duration;

use serde_json::Value;

use super::Flavor;
use crate::eks::{ADMIN, aws_env};
use crate::error::Result;
use crate::go::Program;
use crate::http_client::{HttpClient, answers};
use crate::kube::KubeApiServer;
use crate::launch::{launch, log};
use crate::port::Port;
use crate::process::Process;
use crate::workspace::Workspace;

/// It reads some 1,400 instance types before it is ready.
const READY: Duration = Duration::from_secs(120);

/// How a Karpenter shall be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KarpenterOptions {
    /// The feature gate `NodeOverlay`, which is off unless a user switches it on.
    pub node_overlay: bool,
}

impl Default for KarpenterOptions {
    /// With the gate on, since nothing here works without it.
    fn default() -> Self {
        Self { node_overlay: true }
    }
}

/// A Karpenter process; dropping it stops it. Its definitions must be there before it starts.
#[derive(Debug)]
pub struct Controller {
    program: Program,
    _process: Process,
    // It listens on all interfaces: metrics and health.
    _ports: [Port; 2],
    work: Workspace,
}

impl Controller {
    /// Starts Karpenter's core with the kwok provider and these instance types.
    ///
    /// `instance_types`: a list of `{name, architecture, operatingSystems, resources, offerings: [{Price, Available,
    /// Requirements: [{key, operator, values}]}]}`; an offering has one zone and one capacity type.
    ///
    /// # Errors
    /// Go is missing, the build fails, or Karpenter does not come up.
    pub fn core(kube: &KubeApiServer, instance_types: &Value, options: &KarpenterOptions) -> Result<Self> {
        let work = Workspace::new("karpenter")?;
        let file = work.write("instance_types.json", instance_types.to_string())?;
        let environment = vec![("INSTANCE_TYPES_FILE_PATH", file.display().to_string())];
        Self::start(Flavor::Core, work, kube, environment, options)
    }

    /// Starts Karpenter for AWS; `aws` is moto's address or that of a proxy in front of it.
    ///
    /// # Errors
    /// As [`Controller::core`].
    pub fn aws(kube: &KubeApiServer, aws: &str, options: &KarpenterOptions) -> Result<Self> {
        let mut environment = aws_env(aws, &ADMIN);
        environment.extend([
            ("CLUSTER_NAME", kube.cluster().to_owned()),
            ("CLUSTER_ENDPOINT", kube.url().to_owned()),
            // Its own list of prices instead of AWS's price API, which moto does not have.
            ("ISOLATED_VPC", "true".to_owned()),
            ("DISABLE_DRY_RUN", "false".to_owned()),
            ("INTERRUPTION_QUEUE", String::new()),
        ]);
        Self::start(
            Flavor::Aws,
            Workspace::new("karpenter")?,
            kube,
            environment,
            options,
        )
    }

    fn start(
        flavor: Flavor,
        work: Workspace,
        kube: &KubeApiServer,
        mut environment: Vec<(&'static str, String)>,
        options: &KarpenterOptions,
    ) -> Result<Self> {
        let program = match flavor {
            Flavor::Core => Program::KarpenterCore,
            Flavor::Aws => Program::KarpenterAws,
        };
        let ports = [Port::reserve()?, Port::reserve()?];
        environment.extend([
            ("KUBECONFIG", kube.kubeconfig().display().to_string()),
            ("FEATURE_GATES", format!("NodeOverlay={}", options.node_overlay)),
            ("DISABLE_LEADER_ELECTION", "true".to_owned()),
            ("METRICS_PORT", ports[0].number().to_string()),
            ("HEALTH_PROBE_PORT", ports[1].number().to_string()),
            ("LOG_LEVEL", "debug".to_owned()),
            ("SYSTEM_NAMESPACE", "kube-system".to_owned()),
        ]);
        let mut process = launch(program, &work, &[], &environment)?;
        let (plain, ready) = (
            HttpClient::plain(),
            format!("http://127.0.0.1:{}/readyz", ports[1].number()),
        );
        process.wait_ready(READY, || answers(&plain, &ready))?;
        Ok(Self {
            program,
            _process: process,
            _ports: ports,
            work,
        })
    }

    /// The log so far: one JSON object a line.
    #[must_use]
    pub fn log(&self) -> String {
        log(self.program, &self.work)
    }

    /// The last lines of the log that are not of level DEBUG.
    #[must_use]
    pub fn last_words(&self) -> String {
        let log = self.log();
        let loud: Vec<&str> = log
            .lines()
            .filter(|line| !line.contains(r#""level":"DEBUG""#))
            .collect();
        loud[loud.len().saturating_sub(20)..].join("\n")
    }
}
