//! Tags from which the Cluster Autoscaler knows a node that does not exist yet: D8.

use std::collections::BTreeMap;

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;

/// Tags of other resources of NVIDIA's: those of an earlier layout still bring up nodes that do not have them.
const RESOURCES: &str = "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/";

/// A label with which one node on its way stops every group from growing where whole GPUs are tagged as 0.
const ACCELERATOR: &str = "k8s.io/cluster-autoscaler/node-template/label/k8s.amazonaws.com/accelerator";

/// The tags of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagFacts {
    /// `NodeGroup` or `AutoScalingGroup`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The tags that it should have.
    pub wanted: BTreeMap<String, String>,
    /// The tags that it has; those of others among them are no drift.
    pub found: BTreeMap<String, String>,
}

/// Judges the tags of one group.
pub fn autoscaler_tags(place: &Place, tags: &TagFacts) -> Section {
    let object = Object::new(place, &tags.kind, &tags.name);
    let mut section = Section::of(object.clone());
    let differing = differing(tags);
    if !differing.is_empty() {
        let side = |tags: &BTreeMap<String, String>| {
            let line = |key: &&str| match tags.get(*key) {
                Some(value) => format!("{key}={value}"),
                None => format!("no {key}"),
            };
            differing.iter().map(line).collect::<Vec<_>>().join("; ")
        };
        let words = Words {
            expected: side(&tags.wanted),
            found: side(&tags.found),
            cause: "The tags were never set, were edited, or are those of an earlier layout.",
            next_step: "Set the tags as expected. An autoscaler that has seen a node of the group goes on with what it saw \
                        until it is restarted.",
        };
        section
            .findings
            .push(Drift::new(DriftClass::D8, object, &differing.join(","), words));
    }
    section
}

/// Keys that are missing, wrong, or of another layout.
fn differing(tags: &TagFacts) -> Vec<&str> {
    let ours = tags
        .wanted
        .iter()
        .filter(|(key, value)| tags.found.get(*key) != Some(value));
    let harms = |key: &str| key.starts_with(RESOURCES) || key == ACCELERATOR;
    let surplus = tags.found.iter().filter(|(key, value)| {
        let nothing = value.as_str() == "0" && key.starts_with(RESOURCES);
        harms(key) && !nothing && !tags.wanted.contains_key(*key)
    });
    let mut keys: Vec<&str> = ours.chain(surplus).map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys
}
