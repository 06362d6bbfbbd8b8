//! Plans of Kubernetes objects against a real API server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions, Project, Relay};
use tempfile::TempDir;

use crate::reads::Reader;
use crate::rows::{MIG, applied, mig, peak_of, terraform_data};
use crate::table::Row;
use crate::timing::{medians, ms, no_op_plan, ratio, say};
use crate::{Bench, Failure};

const RUNS: usize = 9;
/// For what takes seconds.
const LONG_RUNS: usize = 3;
const MANY: u32 = 100;
const VERY_MANY: u32 = 1000;
const CLUSTERS: usize = 20;

/// One API server, which stands for all clusters.
struct Cluster {
    server: KubeApiServer,
    files: TempDir,
}

/// What a plan of many objects takes beyond that of as many `terraform_data`.
struct Beyond(Duration);

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    say("an API server");
    let cluster = Cluster::start()?;
    let mut rows = one_plugin(bench, &cluster)?;
    let (many, beyond) = many(bench, &cluster)?;
    rows.extend(many);
    rows.extend(fleet(bench, &cluster, &beyond)?);
    Ok(rows)
}

fn one_plugin(bench: &Bench, cluster: &Cluster) -> Result<Vec<Row>, Failure> {
    say("one device plugin");
    let floor = applied(bench, &[], &terraform_data(1))?;
    let ours = applied(bench, &[mig(bench)], &cluster.plugin("one"))?;
    let silent = applied(bench, &[mig(bench)], &silent())?;
    let times = medians(
        RUNS,
        &mut [&mut || no_op_plan(&floor), &mut || no_op_plan(&ours), &mut || {
            no_op_plan(&silent)
        }],
    )?;
    let [floor, ours] = crate::rows::pair(&times);
    let least = times.last().copied().unwrap_or_default();
    let least = Row {
        work: "the same of a data source that asks nobody, so the least of this provider".into(),
        measured: format!("{:.2}x ({})", ratio(least, floor), ms(least)),
        goal: String::new(),
        met: None,
    };
    let own = Row {
        work: "no-op plan, 1 mig_device_plugin (DaemonSet, ConfigMap, ServiceAccount), to one terraform_data"
            .into(),
        measured: format!("{:.2}x ({} to {})", ratio(ours, floor), ms(ours), ms(floor)),
        goal: String::new(),
        met: None,
    };
    let peak = peak_of(bench, &cluster.plugin("memory"))?;
    Ok(vec![own, least, memory("1 mig_device_plugin", peak, 30.0)])
}

fn memory(what: &str, peak: f64, limit: f64) -> Row {
    Row {
        work: format!("peak memory of the provider, plan of {what}"),
        measured: format!("{peak:.1} MiB"),
        goal: format!("<= {limit} MiB"),
        met: Some(peak <= limit),
    }
}

fn many(bench: &Bench, cluster: &Cluster) -> Result<(Vec<Row>, Beyond), Failure> {
    say("100 node pools");
    let floor = applied(bench, &[], &terraform_data(MANY as usize))?;
    let ours = applied(bench, &[mig(bench)], &cluster.pools("many", MANY))?;
    let reader = Reader::new(&cluster.server)?;
    let paths: Vec<String> = (0..MANY)
        .map(|n| format!("/apis/karpenter.sh/v1/nodepools/many-{n}"))
        .collect();
    let times = medians(
        RUNS,
        &mut [&mut || no_op_plan(&floor), &mut || no_op_plan(&ours), &mut || {
            reader.all_at_once(&paths)
        }],
    )?;
    let [floor, ours] = crate::rows::pair(&times);
    let bare = times.last().copied().unwrap_or_default();
    let to_both = ratio(ours, floor + bare);
    let row = Row {
        work: "no-op plan, 100 mig_karpenter_nodepool, to 100 bare concurrent GETs and 100 terraform_data"
            .into(),
        measured: format!("{to_both:.2}x ({} to {} + {})", ms(ours), ms(bare), ms(floor)),
        goal: String::new(),
        met: None,
    };
    let peak = peak_of(bench, &cluster.pools("many-memory", MANY))?;
    let rows = vec![row, memory("100 mig_karpenter_nodepool", peak, 50.0)];
    Ok((rows, Beyond(ours.saturating_sub(floor))))
}

/// A thousand objects, fifty on each cluster.
fn fleet(bench: &Bench, cluster: &Cluster, hundred: &Beyond) -> Result<Vec<Row>, Failure> {
    say("1,000 node pools on 20 clusters");
    let relays = (0..CLUSTERS).map(|_| Relay::start(cluster.server.url()));
    let relays = relays.collect::<Result<Vec<_>, _>>()?;
    let floor = applied(bench, &[], &terraform_data(VERY_MANY as usize))?;
    let ours = applied(bench, &[mig(bench)], &cluster.fleet(&relays)?)?;
    let counted = counts(cluster, &relays, &ours)?;
    let times = medians(
        LONG_RUNS,
        &mut [&mut || no_op_plan(&floor), &mut || no_op_plan(&ours)],
    )?;
    let [floor, ours] = crate::rows::pair(&times);
    let each = ours.saturating_sub(floor) / VERY_MANY;
    let growth = ratio(each, hundred.0 / MANY);
    let linear = Row {
        work: "no-op plan, 1,000 mig_karpenter_nodepool on 20 clusters: time of each beyond terraform_data, to one of 100"
            .into(),
        measured: format!("{growth:.2}x ({} - {} in all)", ms(ours), ms(floor)),
        goal: "<= 1.2x".into(),
        met: Some(growth <= 1.2),
    };
    Ok(vec![linear, counted])
}

/// Connections and tokens of one plan.
fn counts(cluster: &Cluster, relays: &[Relay], project: &Project) -> Result<Row, Failure> {
    for relay in relays {
        let _ = relay.take_opened();
    }
    fs::write(cluster.calls(), "")?;
    no_op_plan(project)?;
    let connections: Vec<usize> = relays.iter().map(Relay::take_opened).collect();
    let tokens = fs::read_to_string(cluster.calls())?.lines().count();
    let total: usize = connections.iter().sum();
    Ok(Row {
        work: "the same, connections and tokens".into(),
        measured: format!("{total} and {tokens}"),
        goal: format!("{CLUSTERS} and {CLUSTERS}"),
        met: Some(connections.iter().all(|opened| *opened == 1) && tokens == CLUSTERS),
    })
}

impl Cluster {
    fn start() -> Result<Self, Failure> {
        let server = KubeApiServer::start(&KubeOptions {
            controllers: false,
            ..KubeOptions::new("bench")
        })?;
        server.apply_crds(&karpenter_crds(Flavor::Aws)?)?;
        let files = tempfile::tempdir()?;
        fs::write(files.path().join("ca.pem"), server.ca_pem())?;
        fs::write(files.path().join("token"), server.admin_token())?;
        Ok(Self { server, files })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// To this file the credential plugin adds a line for each call.
    fn calls(&self) -> PathBuf {
        self.file("calls")
    }

    /// The cluster in HCL, at an address, with these credentials.
    fn at(&self, host: &str, credentials: &str) -> String {
        let ca = self.file("ca.pem");
        format!(
            "{{ host = \"{host}\", cluster_ca_certificate = file(\"{}\"), {credentials} }}",
            ca.display()
        )
    }

    fn with_token(&self) -> String {
        let token = format!("token_file = \"{}\"", self.file("token").display());
        self.at(self.server.url(), &token)
    }

    fn plugin(&self, name: &str) -> String {
        format!(
            "{MIG}\nresource \"mig_device_plugin\" \"bench\" {{\n  name = \"{name}\"\n  cluster = {}\n  layouts = [{LAYOUT}]\n}}\n",
            self.with_token()
        )
    }

    fn pools(&self, name: &str, count: u32) -> String {
        pools(name, count, &self.with_token())
    }

    fn fleet(&self, relays: &[Relay]) -> Result<String, Failure> {
        let plugin = self.credential_plugin()?;
        let exec = format!("exec = {{ command = \"{}\" }}", plugin.display());
        let clusters: Vec<String> = relays.iter().map(|relay| self.at(relay.url(), &exec)).collect();
        let locals = format!("locals {{\n  clusters = [\n{}\n  ]\n}}\n", clusters.join(",\n"));
        let cluster = format!("local.clusters[count.index % {CLUSTERS}]");
        Ok(format!("{}{locals}", pools("fleet", VERY_MANY, &cluster)))
    }

    fn credential_plugin(&self) -> Result<PathBuf, Failure> {
        let credential = format!(
            r#"{{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {{"token": "{}"}}}}"#,
            self.server.admin_token()
        );
        let script = format!(
            "#!/bin/sh\necho called >> '{}'\necho '{credential}'\n",
            self.calls().display()
        );
        let path = self.file("token.sh");
        fs::write(&path, script)?;
        make_executable(&path)?;
        Ok(path)
    }
}

fn make_executable(file: &Path) -> Result<(), Failure> {
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o755))?)
}

fn pools(name: &str, count: u32, cluster: &str) -> String {
    format!(
        r#"{MIG}
resource "mig_karpenter_nodepool" "bench" {{
  count     = {count}
  name      = "{name}-${{count.index}}"
  cluster   = {cluster}
  layout    = {LAYOUT}
  nodeclass = {{ name = "bench" }}
}}
"#
    )
}

/// What calls nothing and looks at nothing.
fn silent() -> String {
    format!("{MIG}\ndata \"mig_profiles\" \"bench\" {{\n  gpu = \"h100-80gb\"\n}}\n")
}

const LAYOUT: &str = r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }"#;
