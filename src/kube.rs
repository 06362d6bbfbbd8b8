//! The Kubernetes edge: connections by cluster, the calls in use, field ownership, bounded waits.
//!
//! A cluster is always named by the caller. There is no discovery, no default kubeconfig and no
//! localhost: a connection that was asked for and is not known yet is an error, not a guess.

pub mod api;
pub mod cancellable;
mod client;
pub mod cluster;
pub mod connections;
pub mod daemon_sets;
pub mod error;
pub mod fields;
pub mod kinds;
mod kubeconfig;
pub mod list;
pub mod nodes;
pub mod quantity;
mod transport;
pub mod wait;

pub use api::{Applied, Apply, Delete, Deletion, KubeApi, ObjectRef, Propagation, Resource};
pub use cancellable::Cancellable;
pub use cluster::{ClusterKey, ClusterSpec, Direct, Exec, Identity, Place, Server};
pub use connections::{Clusters, Connection};
pub use error::{FieldConflict, InvalidField, KubeError, KubeErrorKind};
pub use fields::{FieldDiff, diff, drift, given, is_deployment_tool, is_persons_client, observed, owned};
pub use kubeconfig::contexts;
pub use list::{Listed, Listing, Name, list, list_objects};
pub use wait::{
    Rollout, condition, ready_status, rollout_status, unmet, wait_for_rollout, wait_for_state,
    wait_until_gone, wait_until_served,
};
