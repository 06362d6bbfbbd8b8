//! Remote objects that the provider manages. One folder each, with the same files:
//!
//! | file | what |
//! |---|---|
//! | `model.rs` | schema, configuration, plan and state, declared once |
//! | `plan.rs` | validation and plan, pure |
//! | `render.rs`, `observe.rs`, `object.rs` | from the plan to the API's form, and back |
//! | `apply.rs` or `remote.rs`, and the folder beneath it | the only place that calls an API |

pub mod autoscaling_group_tags;
mod aws;
pub mod device_plugin;
pub mod karpenter;
pub mod karpenter_nodeclass;
pub mod karpenter_nodeoverlay;
pub mod karpenter_nodepool;
pub mod launch_template;
pub mod manifests;
pub mod node_group;
