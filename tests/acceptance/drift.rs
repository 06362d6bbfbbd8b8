//! The command `drift`, run as a user runs it, against a real API server, AWS, Terraform and OpenTofu.

mod aws;
mod ci;
mod clusters;
mod directory;
mod filters;
mod formats;
mod healthy;
mod node_groups;
mod nodes;
mod objects;
pub(crate) mod rights;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions, Workspace, wait_for};
use serde_json::{Value, json};

/// A cluster whose nodes are only those of the test that has it.
static DRIFT: LazyLock<KubeApiServer> = LazyLock::new(|| {
    let options = KubeOptions {
        controllers: false,
        ..KubeOptions::new("drift")
    };
    let kube = KubeApiServer::start(&options).unwrap();
    kube.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
    for collection in COLLECTIONS {
        // A kind that is new is refused for a second or two.
        wait_for(collection, Duration::from_secs(60), || {
            kube.get(collection).map_err(|error| error.to_string())
        })
        .unwrap();
    }
    kube
});

static ALONE: Mutex<()> = Mutex::new(());

const SLICES: &str = "layouts:\n  - instance_types: [p5.48xlarge]\n    slices: { 1g.10gb: 7 }\n";
pub(crate) const SLICE: &str = "nvidia.com/mig-1g.10gb";
const NODES: &str = "/api/v1/nodes";
/// Where the objects are that a report is about.
const COLLECTIONS: [&str; 7] = [
    NODES,
    "/apis/karpenter.sh/v1/nodeclaims",
    "/apis/karpenter.sh/v1/nodepools",
    "/apis/karpenter.sh/v1alpha1/nodeoverlays",
    "/apis/karpenter.k8s.aws/v1/ec2nodeclasses",
    "/apis/apps/v1/namespaces/default/daemonsets",
    "/apis/apps/v1/namespaces/default/deployments",
];
/// Long ago.
const BEFORE: &str = "2026-01-01T00:00:00Z";
/// A node that became Ready then boots, whatever the machine's clock says.
pub(crate) const AHEAD: &str = "2199-01-01T00:00:00Z";

/// What a run has said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The report, which is JSON.
    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.out, self.err))
    }
}

/// Runs the program with nothing of the machine's environment but `PATH`.
pub(crate) fn mig(env: &[(&str, String)], arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-mig"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    for name in ["PATH", "TMPDIR", "LLVM_PROFILE_FILE"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    let output = command.envs(env.iter().cloned()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// The codes of the findings by what they are of, such as `Node/a D1 other-count`, in their order.
pub(crate) fn findings(report: &Value) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    let line = |finding: &Value| {
        let text = |pointer: &str| finding.pointer(pointer).unwrap().as_str().unwrap();
        format!(
            "{}/{} {} {}",
            text("/object/kind"),
            text("/object/name"),
            text("/class"),
            text("/aspect")
        )
    };
    all.map(line).collect()
}

/// What was not checked, such as `prod Node no-rights`, in order.
pub(crate) fn not_checked(report: &Value) -> Vec<String> {
    let all = report["not_checked"].as_array().unwrap().iter();
    let line = |missed: &Value| {
        let text = |pointer: &str| {
            missed
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let object = [text("/object/kind"), text("/object/name")].join("/");
        format!(
            "{} {} {}",
            text("/object/place/cluster"),
            object.trim_end_matches('/'),
            text("/why")
        )
    };
    let mut lines: Vec<String> = all.map(line).collect();
    lines.sort();
    lines
}

/// The cluster for one test, with what it makes there until it ends, and a folder with its files.
pub(crate) struct Scene {
    work: Workspace,
    made: Vec<String>,
    pub(crate) id: String,
    labels: Value,
    taints: Value,
    _alone: MutexGuard<'static, ()>,
}

impl Scene {
    pub(crate) fn new(test: &str) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        clean();
        let work = Workspace::new(test).unwrap();
        work.write("slices.yaml", SLICES).unwrap();
        let layouts = work.path().join("slices.yaml");
        let said = mig(&[], &["validate", layouts.to_str().unwrap(), "--format", "json"]);
        let layout = said.report()["layouts"][0].clone();
        let scene = Self {
            work,
            made: Vec::new(),
            id: layout["id"].as_str().unwrap().to_owned(),
            labels: layout["labels"].clone(),
            taints: layout["taints"].clone(),
            _alone: alone,
        };
        scene.contexts(&[]);
        scene
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.work.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        self.work.write(name, text).unwrap();
        self.path(name)
    }

    /// Writes a kubeconfig with the contexts `good`, `gone`, at whose address nobody answers, and one for each user.
    pub(crate) fn contexts(&self, users: &[&str]) {
        let ca = STANDARD.encode(DRIFT.ca_pem());
        let cluster = |server: &str| json!({"server": server, "certificate-authority-data": ca});
        let mut all = BTreeMap::from([
            ("good", json!({"token": DRIFT.admin_token()})),
            ("gone", json!({"token": "t"})),
        ]);
        for user in users {
            let shown = DRIFT
                .client_certificate(user, &[], counterparts::kube::Validity::Good)
                .unwrap();
            let (certificate, key) = (STANDARD.encode(shown.certificate), STANDARD.encode(shown.key));
            all.insert(
                user,
                json!({"client-certificate-data": certificate, "client-key-data": key}),
            );
        }
        let context = |name: &&str| {
            let cluster = if *name == "gone" { "gone" } else { "good" };
            json!({"name": name, "context": {"cluster": cluster, "user": name}})
        };
        let kubeconfig = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "good",
            "clusters": [{"name": "good", "cluster": cluster(DRIFT.url())}, {"name": "gone", "cluster": cluster("https://127.0.0.1:1")}],
            "users": all.iter().map(|(name, user)| json!({"name": name, "user": user})).collect::<Vec<_>>(),
            "contexts": all.keys().map(context).collect::<Vec<_>>(),
        });
        self.write("kubeconfig", &kubeconfig.to_string());
    }

    /// A node that is right, before a test changes it.
    fn right(&self, name: &str) -> Value {
        let mut labels = self.labels.clone();
        labels["node.kubernetes.io/instance-type"] = json!("p5.48xlarge");
        json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
            "spec": {"taints": self.taints},
            "status": {
                "capacity": {(SLICE): "56"}, "allocatable": {(SLICE): "56"},
                "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": BEFORE}],
            },
        })
    }

    /// Makes a node that differs from a right one so.
    pub(crate) fn node(&mut self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut node = self.right(name);
        change(&mut node);
        self.make(NODES, &node, None);
    }

    /// Makes an object, and says its status, which the API server does not take with every kind.
    fn make(&mut self, collection: &str, object: &Value, status: Option<&Value>) {
        let name = object["metadata"]["name"].as_str().unwrap();
        let path = format!("{collection}/{name}");
        DRIFT.create(collection, object).unwrap();
        self.made.push(path.clone());
        if let Some(status) = status {
            DRIFT
                .patch(&format!("{path}/status"), &json!({"status": status}))
                .unwrap();
        }
    }

    /// Makes a pool of the layout, with its class.
    fn pool(&mut self, name: &str, status: &Value) {
        let labels = json!({"mig.eks/layout": self.id});
        let pool = json!({
            "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name},
            "spec": {"template": {"metadata": {"labels": labels}, "spec": {
                "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": name}, "requirements": [],
            }}},
        });
        self.make("/apis/karpenter.sh/v1/nodepools", &pool, Some(status));
    }

    fn class(&mut self, name: &str, status: &Value) {
        let class = json!({
            "apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "metadata": {"name": name},
            "spec": {
                "role": "r", "amiSelectorTerms": [{"alias": "al2023@v20261003"}],
                "subnetSelectorTerms": [{"tags": {"a": "b"}}], "securityGroupSelectorTerms": [{"tags": {"a": "b"}}],
            },
        });
        self.make("/apis/karpenter.k8s.aws/v1/ec2nodeclasses", &class, Some(status));
    }

    fn overlay(&mut self, name: &str, status: &Value) {
        let overlay = json!({
            "apiVersion": "karpenter.sh/v1alpha1", "kind": "NodeOverlay", "metadata": {"name": name},
            "spec": {"requirements": [{"key": "a", "operator": "In", "values": ["b"]}], "capacity": {(SLICE): "56"}},
        });
        self.make("/apis/karpenter.sh/v1alpha1/nodeoverlays", &overlay, Some(status));
    }

    fn claim(&mut self, name: &str, status: &Value) {
        let claim = json!({
            "apiVersion": "karpenter.sh/v1", "kind": "NodeClaim", "metadata": {"name": name},
            "spec": {"nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "a"}, "requirements": []},
        });
        self.make("/apis/karpenter.sh/v1/nodeclaims", &claim, Some(status));
    }

    /// Makes a device plugin for nodes with this value of the plugin's label.
    fn plugin(&mut self, name: &str, config: &str, status: &Value) {
        let set = json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name, "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"app": name}}, "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"nodeSelector": {"mig.eks/device-plugin": config}, "containers": [{"name": "a", "image": "b"}]},
            }},
        });
        self.make("/apis/apps/v1/namespaces/default/daemonsets", &set, Some(status));
    }

    /// Looks at these contexts, with further arguments.
    fn look(&self, contexts: &[&str], more: &[&str]) -> Said {
        let (kubeconfig, layouts) = (self.path("kubeconfig"), self.path("slices.yaml"));
        let mut arguments = vec![
            "drift",
            "--kubeconfig",
            &kubeconfig,
            "--layout",
            &layouts,
            "--boot-timeout",
            "0s",
        ];
        arguments.extend(contexts.iter().flat_map(|context| ["--context", context]));
        arguments.extend(more);
        mig(&[], &arguments)
    }

    /// Looks at a cluster of EKS with these variables, with further arguments; the report is JSON.
    fn look_at_eks(&self, env: &[(&str, String)], cluster: &str, more: &[&str]) -> Said {
        let layouts = self.path("slices.yaml");
        let fixed = [
            "drift",
            "--layout",
            &layouts,
            "--format",
            "json",
            "--cluster",
            cluster,
        ];
        mig(env, &[&fixed, more].concat())
    }

    /// The same as a report in JSON, with the exit code that it must have.
    fn report(&self, contexts: &[&str], more: &[&str], code: i32) -> Value {
        let said = self.look(contexts, &[&["--format", "json"], more].concat());
        assert_eq!(said.code, Some(code), "{}\n{}", said.out, said.err);
        said.report()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        for path in self.made.drain(..).rev() {
            remove(&path);
        }
    }
}

/// Takes away what a test that failed has left, by which others would fail too.
fn clean() {
    for collection in COLLECTIONS {
        let listed = DRIFT.get(collection).unwrap().unwrap();
        for object in listed["items"].as_array().unwrap() {
            let name = object["metadata"]["name"].as_str().unwrap();
            remove(&format!("{collection}/{name}"));
        }
    }
}

/// Deletes what may be gone already.
fn remove(path: &str) {
    let _ = DRIFT.patch(path, &json!({"metadata": {"finalizers": null}}));
    let _ = DRIFT.delete(path);
}

/// A condition, as a controller says it of an object that it has just seen.
fn condition(kind: &str, status: &str, since: &str) -> Value {
    json!({"conditions": [{
        "type": kind, "status": status, "reason": "Said", "message": "no subnet fits", "observedGeneration": 1, "lastTransitionTime": since,
    }]})
}

fn path_of(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
}
