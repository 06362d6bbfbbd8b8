//! What can be judged of each kind of thing. Every detector takes plain facts and gives a [`Section`](super::Section).
//!
//! A caller gives only fields that are its own: defaults of a server, the order of lists that have none and fields that
//! another manager holds are no edits. Nor are sizes that an autoscaler moves.

mod device_plugin;
mod edits;
mod foreign;
mod instances;
mod karpenter;
mod launch_template;
mod nodes;
mod pins;
mod tags;

pub use device_plugin::{DevicePluginFacts, ROLLOUT_SECONDS, device_plugin};
pub use edits::{FieldEdit, Origin, Presence, declared};
pub use foreign::{ForeignActor, foreign_actors};
pub use instances::{InstanceFacts, instance_ids, instances};
pub use karpenter::{CONDITION_SECONDS, KarpenterFacts, karpenter, overlay_gate};
pub use launch_template::{GroupFacts, group_template};
pub use nodes::nodes;
pub use pins::{Pin, pins};
pub use tags::{TagFacts, autoscaler_tags};
