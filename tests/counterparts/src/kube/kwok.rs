//! kwok: in the place of kubelets, for nodes that carry its annotation.

use std::fs;
use std::time::Duration;

use super::KubeApiServer;
use crate::error::{IoContext, Result};
use crate::go::{Program, module_download};
use crate::launch::{launch, log};
use crate::process::Process;
use crate::workspace::Workspace;

/// What a Node must carry for kwok to keep it Ready and its pods Running.
pub const KWOK_ANNOTATION: (&str, &str) = ("kwok.x-k8s.io/node", "fake");

/// What kwok does, as files of its own module: a node becomes and stays Ready, a pod runs, ends and is deleted.
const STAGES: [&str; 5] = [
    "node/fast/node-initialize",
    "node/heartbeat-with-lease/node-heartbeat-with-lease",
    "pod/fast/pod-ready",
    "pod/fast/pod-complete",
    "pod/fast/pod-delete",
];

const STARTED: Duration = Duration::from_secs(60);

/// A running kwok; dropping it stops it.
#[derive(Debug)]
pub struct Kwok {
    _process: Process,
    work: Workspace,
}

impl Kwok {
    /// Starts kwok for the fake nodes of a cluster. A node keeps the allocatable resources that it was made with.
    ///
    /// # Errors
    /// Go is missing, the build fails, or kwok ends at once.
    pub fn start(kube: &KubeApiServer) -> Result<Self> {
        let work = Workspace::new("kwok")?;
        let stages = work.write("stages.yaml", stages()?)?;
        let flags = [
            format!("--config={}", stages.display()),
            format!("--kubeconfig={}", kube.kubeconfig().display()),
            format!(
                "--manage-nodes-with-annotation-selector={}={}",
                KWOK_ANNOTATION.0, KWOK_ANNOTATION.1
            ),
            "--cidr=10.64.0.0/16".to_owned(),
            "--node-ip=10.0.0.1".to_owned(),
            "--node-lease-duration-seconds=40".to_owned(),
        ];
        let mut process = launch(Program::Kwok, &work, &flags, &[])?;
        // It listens nowhere: its log is the only sign of life.
        process.wait_ready(STARTED, || {
            let said = log(Program::Kwok, &work);
            said.contains("Watch nodes").then_some(()).ok_or(said)
        })?;
        Ok(Self {
            _process: process,
            work,
        })
    }

    /// The log so far.
    #[must_use]
    pub fn log(&self) -> String {
        log(Program::Kwok, &self.work)
    }
}

/// The stage files as one text.
fn stages() -> Result<String> {
    let module = module_download("kwok", "sigs.k8s.io/kwok")?;
    let mut all = Vec::new();
    for stage in STAGES {
        let path = module.join("kustomize/stage").join(format!("{stage}.yaml"));
        all.push(fs::read_to_string(&path).context(|| format!("read {}", path.display()))?);
    }
    Ok(all.join("\n---\n"))
}
