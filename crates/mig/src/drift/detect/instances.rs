//! Instances that never became nodes: D2. A node whose GPUs cannot be cut stays out by default, so only EC2 shows it.

use std::collections::BTreeSet;

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;
use crate::node_status::NodeFacts;

/// A running instance of a group or a node pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstanceFacts {
    /// Its ID.
    pub id: String,
    /// When it was launched, in seconds since 1970.
    pub launched: i64,
    /// The value of its tag `mig.eks/partition-failed`, which the boot script sets where it may.
    pub partition_failed: Option<String>,
}

/// The instances that nodes run on, by their provider IDs.
pub fn instance_ids<'n>(nodes: impl IntoIterator<Item = &'n NodeFacts>) -> BTreeSet<String> {
    let ids = nodes.into_iter().filter_map(|node| node.provider_id.as_deref());
    ids.filter_map(|id| id.rsplit('/').next())
        .map(str::to_owned)
        .collect()
}

/// Judges the running instances of one place beside the instances of all its nodes: one without a node is drift once `boot_seconds` are
/// over.
pub fn instances(
    place: &Place,
    instances: &[InstanceFacts],
    joined: &BTreeSet<String>,
    now: i64,
    boot_seconds: i64,
) -> Section {
    let one = |instance: &InstanceFacts| {
        let object = Object::new(place, "Instance", &instance.id);
        let mut section = Section::of(object.clone());
        let late = now.saturating_sub(instance.launched) >= boot_seconds;
        if !joined.contains(&instance.id) {
            section.findings.extend(missing(object, instance, late));
        }
        section
    };
    instances.iter().map(one).collect()
}

fn missing(object: Object, instance: &InstanceFacts, late: bool) -> Option<Drift> {
    let expected = "a node of the cluster".to_owned();
    if let Some(cause) = &instance.partition_failed {
        let words = Words {
            expected,
            found: format!("its boot script has halted it: {cause}"),
            cause: "The GPUs could not be cut as declared, so the node stays out. It costs its full price.",
            next_step: "Read /var/log/mig-partition.log on the instance. Then terminate it, so that a new one starts.",
        };
        return Some(Drift::new(DriftClass::D2, object, "halted", words));
    }
    let words = Words {
        expected,
        found: "it runs, and no node has its ID".to_owned(),
        cause: "The boot script waits or has failed, or the instance cannot reach the cluster. It costs its full price.",
        next_step: "Read the console output and /var/log/mig-partition.log on the instance. Then terminate it, so that a \
                    new one starts.",
    };
    late.then(|| Drift::new(DriftClass::D2, object, "never-joined", words))
}
