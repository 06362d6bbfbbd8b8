//! DaemonSets of others that cut GPUs of our nodes, or hand them out.

use mig::drift::detect::{ForeignActor, foreign_actors};
use mig::drift::{Place, Section};
use mig::layout::{DEVICE_PLUGIN_LABEL, LAYOUT_LABEL, Taint};
use mig::manifests::gpu_actor::GpuActor;
use mig::manifests::scheduling::runs_on;
use mig::node_status::NodeFacts;

use crate::kube::daemon_sets::DaemonSetFacts;

/// Taints of a node's state, which the pods of every DaemonSet tolerate.
const OF_STATE: &str = "node.kubernetes.io/";

/// Judges those that would run on a node that has a layout.
pub(super) fn look(place: &Place, sets: &[DaemonSetFacts], nodes: &[NodeFacts]) -> Section {
    let ours: Vec<&NodeFacts> = nodes
        .iter()
        .filter(|node| node.labels.contains_key(LAYOUT_LABEL))
        .collect();
    let actor = |set: &DaemonSetFacts| {
        let (actor, pod) = set.actor.as_ref()?;
        // A device plugin that selects nodes by this label is a layout's own.
        let own = *actor == GpuActor::DevicePlugin && set.node_selector.contains_key(DEVICE_PLUGIN_LABEL);
        (!own).then(|| ForeignActor {
            name: format!("{}/{}", set.namespace, set.name),
            actor: *actor,
            takes_our_nodes: ours.iter().any(|node| takes(pod, node)),
        })
    };
    let actors: Vec<ForeignActor> = sets.iter().filter_map(actor).collect();
    foreign_actors(place, &actors)
}

fn takes(pod: &serde_json::Value, node: &NodeFacts) -> bool {
    let repels = |taint: &&Taint| taint.effect != "PreferNoSchedule" && !taint.key.starts_with(OF_STATE);
    let taints: Vec<Taint> = node.taints.iter().filter(repels).cloned().collect();
    runs_on(pod, &node.labels, &taints)
}
