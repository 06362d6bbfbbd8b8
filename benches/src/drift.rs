//! `mig drift` over a busy cluster, beside bare calls that list the same.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions};
use tempfile::TempDir;

use crate::reads::Reader;
use crate::table::Row;
use crate::timing::{medians, ms, ratio, say};
use crate::{Bench, Failure, usage};

const RUNS: usize = 5;
const NODES: usize = 1000;
/// Pools, and device plugins.
const OBJECTS: usize = 100;
const SLICES: &str = "instance_types: [p5.48xlarge]\nslices: { 1g.10gb: 7 }\n";

/// What the command lists.
const LISTS: [&str; 7] = [
    "/api/v1/nodes",
    "/apis/apps/v1/daemonsets",
    "/apis/karpenter.sh/v1/nodeclaims",
    "/apis/karpenter.sh/v1/nodepools",
    "/apis/karpenter.sh/v1alpha1/nodeoverlays",
    "/apis/karpenter.k8s.aws/v1/ec2nodeclasses",
    "/apis/resource.k8s.io/v1/resourceslices",
];

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("drift of 1,000 nodes");
    let server = KubeApiServer::start(&KubeOptions {
        controllers: false,
        ..KubeOptions::new("bench-drift")
    })?;
    server.apply_crds(&karpenter_crds(Flavor::Aws)?)?;
    fill(&server)?;
    let files = tempfile::tempdir()?;
    fs::write(files.path().join("slices.yaml"), SLICES)?;
    let reader = Reader::new(&server)?;
    let lists = LISTS.map(str::to_owned);
    let mut ours = || timed(&mut command(&bench.provider, &server, &files));
    let mut bare = || reader.all_at_once(&lists);
    let times = medians(RUNS, &mut [&mut ours, &mut bare])?;
    let [ours, bare] = crate::rows::pair(&times);
    let times = ratio(ours, bare);
    let wall = Row {
        work: "mig drift, 1,000 nodes and 200 objects, to bare concurrent lists of the same".into(),
        measured: format!("{times:.2}x ({} to {})", ms(ours), ms(bare)),
        goal: "<= 1.5x".into(),
        met: Some(times <= 1.5),
    };
    let mut measured = command(&std::env::current_exe()?, &server, &files);
    let peak = usage::of_command(&mut measured, &bench.provider, &files.path().join("usage"))?.peak_mib;
    let memory = Row {
        work: "the same, peak memory".into(),
        measured: format!("{peak:.1} MiB"),
        goal: "<= 40 MiB".into(),
        met: Some(peak <= 40.0),
    };
    Ok(vec![wall, memory])
}

fn command(program: &Path, server: &KubeApiServer, files: &TempDir) -> Command {
    let mut command = Command::new(program);
    command.args(["drift", "--context", "counterpart", "--format", "json"]);
    command.arg("--kubeconfig").arg(server.kubeconfig());
    command.arg("--layout").arg(files.path().join("slices.yaml"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn timed(command: &mut Command) -> Result<Duration, Failure> {
    let start = Instant::now();
    let status = command.status()?;
    let took = start.elapsed();
    // The nodes are young, so nothing has drifted.
    match status.success() {
        true => Ok(took),
        false => Err(format!("mig drift ended with {status}").into()),
    }
}

fn fill(server: &KubeApiServer) -> Result<(), Failure> {
    for number in 0..NODES {
        create(server, "/api/v1/nodes", &node(number))?;
    }
    for number in 0..OBJECTS {
        create(
            server,
            "/apis/apps/v1/namespaces/default/daemonsets",
            &plugin(number),
        )?;
        create(server, "/apis/karpenter.sh/v1/nodepools", &pool(number))?;
    }
    Ok(())
}

fn create(server: &KubeApiServer, collection: &str, object: &str) -> Result<(), Failure> {
    let answer = server.request(http::Method::POST, collection, "application/json", object)?;
    match answer.status {
        201 => Ok(()),
        _ => Err(format!("{collection}: {}", answer.body).into()),
    }
}

/// A node with the labels, conditions and images of a real one.
fn node(number: usize) -> String {
    let labels: Vec<String> = (0..30)
        .map(|label| format!("\"example.com/label-{label}\": \"value-{label}\""))
        .collect();
    let image = |image: usize| {
        format!("{{\"names\": [\"registry.example.com/team/image-{image}:v1\"], \"sizeBytes\": 123456789}}")
    };
    let images: Vec<String> = (0..40).map(image).collect();
    format!(
        "{{\"metadata\": {{\"name\": \"ip-10-0-{}-{}\", \"labels\": {{\"node.kubernetes.io/instance-type\": \"p5.48xlarge\", {}}}}}, \
         \"status\": {{\"capacity\": {{\"nvidia.com/mig-1g.10gb\": \"56\"}}, \"images\": [{}], \
         \"conditions\": [{{\"type\": \"Ready\", \"status\": \"True\"}}]}}}}",
        number / 250,
        number % 250,
        labels.join(", "),
        images.join(", ")
    )
}

fn plugin(number: usize) -> String {
    format!(
        "{{\"metadata\": {{\"name\": \"plugin-{number}\"}}, \"spec\": {{\"selector\": {{\"matchLabels\": {{\"app\": \"{number}\"}}}}, \
         \"template\": {{\"metadata\": {{\"labels\": {{\"app\": \"{number}\"}}}}, \"spec\": {{\"nodeSelector\": \
         {{\"mig.eks/device-plugin\": \"plugin-{number}\"}}, \"containers\": [{{\"name\": \"a\", \"image\": \"b\"}}]}}}}}}}}"
    )
}

fn pool(number: usize) -> String {
    format!(
        "{{\"apiVersion\": \"karpenter.sh/v1\", \"kind\": \"NodePool\", \"metadata\": {{\"name\": \"pool-{number}\"}}, \"spec\": \
         {{\"template\": {{\"metadata\": {{\"labels\": {{\"mig.eks/layout\": \"a\"}}}}, \"spec\": {{\"nodeClassRef\": {{\"group\": \
         \"karpenter.k8s.aws\", \"kind\": \"EC2NodeClass\", \"name\": \"a\"}}, \"requirements\": []}}}}}}}}"
    )
}
