//! The cluster of all tests here, and what they wait for in it.

use std::collections::BTreeMap;
use std::sync::{LazyLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;
use std::time::{Duration, Instant};

use counterparts::karpenter::Pod;
use counterparts::kube::is_true;
use counterparts::{KarpenterAws, KarpenterOptions};
use mig::Layout;
use serde_json::Value;

use super::product::{LABEL, Wishes, devices, objects};

pub(crate) const CLUSTER: &str = "prod";

/// For everything that happens by itself, on a machine that does much else.
pub(crate) const LIMIT: Duration = Duration::from_secs(240);

/// Karpenter looks at a pending pod again every 10 s: what has not happened after 12 s does not happen.
const NOTHING: Duration = Duration::from_secs(12);

static STACK: LazyLock<KarpenterAws> =
    LazyLock::new(|| KarpenterAws::start(CLUSTER, &KarpenterOptions::default()).unwrap());

/// Held by each test: while Karpenter replaces a drifted node it plans for every pending pod of the cluster, beside its
/// provisioner, and both may buy a node for the same pod.
static DISRUPTION: RwLock<()> = RwLock::new(());

/// The cluster beside others that disrupt nothing.
pub(crate) fn shared() -> RwLockReadGuard<'static, ()> {
    DISRUPTION.read().unwrap_or_else(PoisonError::into_inner)
}

/// The cluster for one that lets nodes drift, until none waits for its replacement any more.
pub(crate) fn alone() -> RwLockWriteGuard<'static, ()> {
    DISRUPTION.write().unwrap_or_else(PoisonError::into_inner)
}

/// The stack, which the first test starts.
pub(crate) fn stack() -> &'static KarpenterAws {
    &STACK
}

/// Fails with all that the cluster's programs can say about it.
pub(crate) fn explained<T>(waited: counterparts::Result<T>) -> T {
    waited.unwrap_or_else(|error| panic!("{}", STACK.explain(&error)))
}

/// Applies the product's objects of a pool and waits until Karpenter has taken each.
pub(crate) fn apply(name: &str, layout: &Layout, wishes: &Wishes) {
    apply_all(&objects(name, layout, wishes));
}

/// The same for a pool whose nodes run: Karpenter reads the overlays before the class makes it replace nodes, so that a
/// replacement is planned with the new capacity.
pub(crate) fn apply_overlays_first(name: &str, layout: &Layout, wishes: &Wishes) {
    let all = objects(name, layout, wishes);
    let (overlays, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|object| object["kind"] == "NodeOverlay");
    apply_all(&overlays);
    apply_all(&others);
}

fn apply_all(objects: &[Value]) {
    for object in objects {
        STACK.kube.apply_object(object).unwrap();
    }
    for object in objects {
        ready(object);
    }
}

/// Waits until Karpenter says of an object that it is Ready.
pub(crate) fn ready(object: &Value) {
    let path = counterparts::kube::object_path(object);
    let waited = STACK
        .kube
        .wait_until(&path, LIMIT, |found| is_true(found, "Ready"));
    explained(waited);
}

/// Makes pods that ask for one device each, on nodes with the test's label, and gives their ReplicaSet's name.
pub(crate) fn pods(label: &str, name: &str, resource: &str, count: u32) {
    let pod = Pod::asking(resource, 1).on_nodes(LABEL, label);
    STACK.kube.apply_object(&pod.replica_set(name, count)).unwrap();
}

/// Waits until a pool has so many launched NodeClaims; gives them by age.
pub(crate) fn claims(pool: &str, count: usize) -> Vec<Value> {
    explained(STACK.kube.launched_claims(pool, count, LIMIT))
}

/// Lets the node of a NodeClaim join as one that was cut as the layout says, and waits until Karpenter counts on it.
pub(crate) fn join_cut(claim: &Value, layout: &Layout) -> String {
    let node = STACK.kube.join(claim, &devices(layout)).unwrap();
    claim_is(claim, "Initialized");
    node
}

/// Lets it join with devices of the test's choice, and waits until Karpenter knows it.
pub(crate) fn join(claim: &Value, devices: &BTreeMap<String, u64>) -> String {
    let node = STACK.kube.join(claim, devices).unwrap();
    claim_is(claim, "Registered");
    node
}

/// Waits for a condition of a NodeClaim.
pub(crate) fn claim_is(claim: &Value, condition: &str) {
    let waited = STACK
        .kube
        .wait_until(&claim_path(claim), LIMIT, |found| is_true(found, condition));
    explained(waited);
}

/// A NodeClaim as it is now; `null` once it is gone.
pub(crate) fn claim_now(claim: &Value) -> Value {
    STACK.kube.get(&claim_path(claim)).unwrap().unwrap_or_default()
}

/// Where a NodeClaim is read.
pub(crate) fn claim_path(claim: &Value) -> String {
    format!(
        "/apis/karpenter.sh/v1/nodeclaims/{}",
        claim["metadata"]["name"].as_str().unwrap()
    )
}

/// Waits until a NodeClaim is no more.
pub(crate) fn gone(claim: &Value) {
    let waited = STACK.kube.wait_until(&claim_path(claim), LIMIT, |found| {
        found.is_null().then_some(()).ok_or_else(|| found.to_string())
    });
    explained(waited);
}

/// Waits until a ReplicaSet has no pods any more.
pub(crate) fn no_pods(name: &str) {
    let path = format!("/api/v1/namespaces/default/pods?labelSelector=app%3D{name}");
    let waited = STACK.kube.wait_until(&path, LIMIT, |list| {
        let left = list["items"].as_array().map_or(0, Vec::len);
        (left == 0)
            .then_some(())
            .ok_or_else(|| format!("{left} pods are left"))
    });
    explained(waited);
}

/// Waits until exactly so many pods of a ReplicaSet run; gives the node of each.
pub(crate) fn running(name: &str, count: usize) -> Vec<String> {
    let path = format!("/api/v1/namespaces/default/pods?labelSelector=app%3D{name}");
    let waited = STACK.kube.wait_until(&path, LIMIT, |list| {
        let pods = list["items"].as_array().cloned().unwrap_or_default();
        let nodes: Vec<String> = pods
            .iter()
            .filter(|pod| pod["status"]["phase"] == "Running")
            .filter_map(|pod| pod["spec"]["nodeName"].as_str().map(str::to_owned))
            .collect();
        if nodes.len() == count {
            Ok(nodes)
        } else {
            Err(format!("{} of {} pods run, not {count}", nodes.len(), pods.len()))
        }
    });
    explained(waited)
}

/// Holds if `check` holds for as long as Karpenter needs to look at everything once more.
pub(crate) fn stays(check: impl Fn()) {
    let start = Instant::now();
    while start.elapsed() < NOTHING {
        check();
        thread::sleep(Duration::from_secs(1));
    }
}

/// Waits for an event from Karpenter about an object with this text in its message.
pub(crate) fn event(about: &str, text: &str) {
    let waited = STACK.kube.wait_until("/api/v1/events", LIMIT, |list| {
        let events = list["items"].as_array().cloned().unwrap_or_default();
        let messages: Vec<&str> = events
            .iter()
            .filter(|event| {
                let name = event["involvedObject"]["name"].as_str().unwrap_or_default();
                name.starts_with(about)
            })
            .filter_map(|event| event["message"].as_str())
            .collect();
        let found = messages.iter().any(|message| message.contains(text));
        found.then_some(()).ok_or_else(|| messages.join("\n"))
    });
    explained(waited);
}
