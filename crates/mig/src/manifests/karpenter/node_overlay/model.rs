//! What overlays can say: every field of `karpenter.sh/v1alpha1` that does not follow from the layout.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::manifests::karpenter::Requirement;

/// How the overlays of a pool are made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeOverlayOptions {
    /// The overlays' `spec` in Karpenter's form, as it is given. Fields that nothing here reads are rendered as they stand.
    pub given: Value,
    /// The pool whose nodes are described.
    pub nodepool: String,
    /// What the objects' names begin with; none takes the pool's name.
    pub name_prefix: Option<String>,
    /// Labels of the objects.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the objects.
    pub annotations: BTreeMap<String, String>,
    /// Weight of the first overlay, 1 to 10000; the others follow upwards. None takes a number that follows from the
    /// pool's name.
    pub weight: Option<i64>,
    /// Further requirements, which narrow the nodes that are described.
    pub requirements: Vec<Requirement>,
    /// Further extended resources of each node: quantity by name.
    pub capacity: BTreeMap<String, String>,
    /// Price in US dollars per hour that Karpenter shall reckon with; or `price_adjustment`.
    pub price: Option<String>,
    /// `+10%`, `-0.5`: what Karpenter shall add to the price that it knows; or `price`.
    pub price_adjustment: Option<String>,
}
