//! How a node class is made.

use serde_json::{Value, json};

use crate::boot::{ClusterDetails, DEFAULT_DEADLINE_SECONDS, OnFailure, RenderVersion, UserPart};
use crate::manifests::extra::Extra;

/// How a node class is made.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeClassOptions {
    /// The class in Karpenter's form: `metadata` with a name, labels and annotations, and `spec` with every field of
    /// `karpenter.k8s.aws/v1` but the user data. Metadata options and disks that are left out are rendered.
    pub object: Value,
    /// Which user data and which defaults are rendered. A new one rolls nodes.
    pub render_version: RenderVersion,
    /// What a node does whose GPUs cannot be cut. Joining with a taint is refused here.
    pub on_failure: OnFailure,
    /// Seconds that the boot script may take in all.
    pub deadline_seconds: u32,
    /// The user's own parts of the user data before ours.
    pub parts_before: Vec<UserPart>,
    /// The user's own parts of the user data after ours.
    pub parts_after: Vec<UserPart>,
    /// What a node needs to join, for images of the family `Custom`, into whose user data Karpenter merges nothing.
    pub cluster: Option<ClusterDetails>,
    /// Further fields of the spec.
    pub extra: Extra,
    /// Fields that `extra` cannot hold since they have a place of their own, such as `spec.role`.
    pub own_fields: Vec<String>,
}

impl Default for NodeClassOptions {
    fn default() -> Self {
        Self {
            object: json!({"metadata": {}, "spec": {}}),
            render_version: RenderVersion::default(),
            on_failure: OnFailure::default(),
            deadline_seconds: DEFAULT_DEADLINE_SECONDS,
            parts_before: Vec::new(),
            parts_after: Vec::new(),
            cluster: None,
            extra: Extra::new(),
            own_fields: Vec::new(),
        }
    }
}
