//! The device plugin's DaemonSet: D3.

use super::edits::{FieldEdit, Presence, absent, edited};
use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;

/// A DaemonSet of the device plugin, as Kubernetes shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DevicePluginFacts {
    /// Its namespace and name, with a `/` between.
    pub name: String,
    /// Whether it exists.
    pub presence: Presence,
    /// Fields of ours that are not as declared.
    pub edits: Vec<FieldEdit>,
    /// `metadata.generation`
    pub generation: i64,
    /// `status.observedGeneration`
    pub observed_generation: i64,
    /// `status.desiredNumberScheduled`
    pub desired: u32,
    /// `status.updatedNumberScheduled`
    pub updated: u32,
    /// `status.numberReady`
    pub ready: u32,
    /// When it was last changed, in seconds since 1970: its newest ControllerRevision's. None where that was not read.
    pub changed: Option<i64>,
    /// Nodes that its node selector takes and that are neither booting nor going away; none where nodes could not be listed.
    pub nodes: Option<u32>,
    /// Nodes that its node selector takes and that are booting, going away or not Ready: their pods need not be ready.
    pub unsettled_nodes: u32,
}

impl DevicePluginFacts {
    /// Whether its pods are being replaced, so that their numbers say nothing yet. A rollout whose start is unknown counts
    /// as one that goes on.
    pub fn is_rolling(&self, now: i64) -> bool {
        let recent = |changed: i64| now.saturating_sub(changed) < ROLLOUT_SECONDS;
        self.is_unfinished() && self.changed.is_none_or(recent)
    }

    fn is_unfinished(&self) -> bool {
        self.observed_generation < self.generation || self.updated < self.desired
    }
}

/// Seconds after a change for which a rollout is under way: an hour. One that is not finished then is stuck.
pub const ROLLOUT_SECONDS: i64 = 3600;

/// Judges one DaemonSet. Nodes without a ready pod are no drift during a rollout, nor as long as they boot.
pub fn device_plugin(place: &Place, plugin: &DevicePluginFacts, now: i64) -> Section {
    let object = Object::new(place, "DaemonSet", &plugin.name);
    let mut section = Section::of(object.clone());
    if plugin.presence == Presence::Absent {
        section.findings.push(absent(DriftClass::D3, &object));
        return section;
    }
    section
        .findings
        .extend(edited(DriftClass::D3, &object, &plugin.edits));
    if !plugin.is_rolling(now) {
        // One cause can show in all three: the first says it.
        let running = stuck(&object, plugin)
            .or_else(|| not_scheduled(&object, plugin))
            .or_else(|| not_ready(&object, plugin));
        section.findings.extend(running);
    }
    section
}

fn stuck(object: &Object, plugin: &DevicePluginFacts) -> Option<Drift> {
    let words = Words {
        expected: format!("{} pods of the newest form", plugin.desired),
        found: format!("{} pods of the newest form", plugin.updated),
        cause: "A new pod fails, or its node does not answer, and the rollout waits for it.",
        next_step: "Read the events and the logs of the newest pods.",
    };
    plugin
        .is_unfinished()
        .then(|| Drift::new(DriftClass::D3, object.clone(), "rollout-stuck", words))
}

fn not_scheduled(object: &Object, plugin: &DevicePluginFacts) -> Option<Drift> {
    let nodes = plugin.nodes?;
    let words = Words {
        expected: format!("a pod on each of {nodes} nodes"),
        found: format!("pods are wanted on {} nodes", plugin.desired),
        cause: "The nodes have a taint that the DaemonSet does not tolerate, or its node selector was changed.",
        next_step: "Compare the taints of the nodes with the tolerations of the DaemonSet. Declare the missing toleration.",
    };
    (plugin.desired < nodes).then(|| Drift::new(DriftClass::D3, object.clone(), "not-scheduled", words))
}

fn not_ready(object: &Object, plugin: &DevicePluginFacts) -> Option<Drift> {
    let missing = plugin
        .desired
        .saturating_sub(plugin.ready)
        .saturating_sub(plugin.unsettled_nodes);
    let words = Words {
        expected: format!("{} ready pods", plugin.desired),
        found: format!("{} ready pods", plugin.ready),
        cause: "Pods of the device plugin fail or cannot be pulled on some nodes, which then offer no slices.",
        next_step: "Read the events and the logs of the pods that are not ready.",
    };
    (missing > 0).then(|| Drift::new(DriftClass::D3, object.clone(), "not-ready", words))
}
