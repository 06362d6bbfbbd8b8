//! Programs beside ours that cut or hand out GPUs: D9, by what runs in the cluster.

use crate::drift::class::DriftClass;
use crate::drift::finding::{Drift, Object, Place, Words};
use crate::drift::section::Section;
use crate::manifests::gpu_actor::GpuActor;

/// A DaemonSet of such a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForeignActor {
    /// Its namespace and name, with a `/` between.
    pub name: String,
    /// What it is.
    pub actor: GpuActor,
    /// Whether its node selector and affinity take nodes of a layout. One that cannot come there is no drift.
    pub takes_our_nodes: bool,
}

/// Judges the programs that a caller has found; an empty list is right.
pub fn foreign_actors(place: &Place, actors: &[ForeignActor]) -> Section {
    actors.iter().map(|actor| one(place, actor)).collect()
}

fn one(place: &Place, actor: &ForeignActor) -> Section {
    let object = Object::new(place, "DaemonSet", &actor.name);
    let mut section = Section::of(object.clone());
    if actor.takes_our_nodes {
        let (aspect, found, cause) = words(actor.actor);
        let words = Words {
            expected: "nothing else cuts or hands out the GPUs of a layout's nodes".to_owned(),
            found: found.to_owned(),
            cause,
            next_step: "Keep it off these nodes by its node selector, for instance by the label mig.eks/device-manager.",
        };
        section
            .findings
            .push(Drift::new(DriftClass::D9, object, aspect, words));
    }
    section
}

fn words(actor: GpuActor) -> (&'static str, &'static str, &'static str) {
    match actor {
        GpuActor::MigManager => (
            "mig-manager",
            "a MIG manager selects these nodes",
            "A GPU operator was installed for other nodes and takes all nodes with GPUs. It cuts GPUs anew while pods run.",
        ),
        GpuActor::DevicePlugin => (
            "device-plugin",
            "another device plugin selects these nodes",
            "An installer of the cluster has put its own on all nodes with GPUs. Which of the two serves a node is chance.",
        ),
        GpuActor::DraDriver => (
            "dra-driver",
            "a DRA driver selects these nodes",
            "It takes by default all nodes with GPUs. Slices are then given twice, without an error.",
        ),
        GpuActor::DynamicMig => (
            "dynamic-mig",
            "a DRA driver with dynamic slices selects these nodes",
            "It takes by default all nodes with GPUs. It destroys slices that it did not make.",
        ),
    }
}
