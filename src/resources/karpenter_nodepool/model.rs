//! Schema, configuration, plan and state of `mig_karpenter_nodepool`.

use std::collections::BTreeMap;
use std::time::Duration;

use mig::layout::LAYOUT_LABEL;
use mig::manifests::karpenter::choices;
use mig::manifests::karpenter::node_pool::NodeClassRef;
use serde_json::Value as Json;
use tfplug::schema::validators::{declared_between, declared_one_of};
use tfplug::{Attr, Diagnostic, Model, Path};

use crate::facts::Facts;
use crate::kube::{Resource, kinds};
use crate::models::{ClusterModel, LayoutModel};
use crate::resources::karpenter::{
    KarpenterObject, Need, NodeClassRefModel, Places, RequirementModel, Settling, TaintModel, attribute_of,
    changed_fields, timeout, wait_time, wrong_node,
};
use crate::resources::manifests::{Key, ManifestModel, Manifests};

/// Karpenter's NodePool for the nodes of a layout: its instance types, labels and taint, with limits and disruption
/// settings that suit nodes that are expensive, scarce and slow to boot.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(json_in = "spec")]
pub struct NodePoolModel {
    /// The class of the nodes: `mig_karpenter_nodeclass.NAME` whole.
    #[attr(required, reference, json = "spec.template.spec.nodeClassRef")]
    pub nodeclass: Attr<NodeClassRefModel>,
    /// Name; the node class' if left out.
    #[attr(optional, computed, replace, depends_on("nodeclass"), json = "metadata.name")]
    pub name: Attr<String>,
    /// The cluster; the node class', or else the provider's `kubernetes`, if left out. Another cluster
    /// replaces the object; another way to reach the same cluster does not.
    #[attr(applying, optional, computed, depends_on("nodeclass"), no_json)]
    pub cluster: Attr<ClusterModel>,
    /// The layout of the nodes; the node class' if left out.
    #[attr(optional, computed, depends_on("nodeclass"), no_json)]
    pub layout: Attr<LayoutModel>,
    /// Labels of the object.
    #[attr(json = "metadata.labels")]
    pub labels: Attr<BTreeMap<String, String>>,
    /// Annotations of the object.
    #[attr(json = "metadata.annotations")]
    pub annotations: Attr<BTreeMap<String, String>>,
    /// `on-demand`, `reserved`, `spot`; the first two if left out. Reserved capacity is what the class selects.
    #[attr(no_json)]
    pub capacity_types: Attr<Vec<String>>,
    /// Availability zones, such as `us-east-1a`; those of the class' subnets if left out. The plan warns about instance types that
    /// AWS does not have there, if it can be asked.
    #[attr(no_json)]
    pub zones: Attr<Vec<String>>,
    /// Require the GPU's name too. The instance types say it already; it serves those who read the pool.
    #[attr(no_json)]
    pub require_gpu_name: Attr<bool>,
    /// Further requirements, which narrow the layout's.
    #[attr(json = "spec.template.spec.requirements")]
    pub requirements: Attr<Vec<RequirementModel>>,
    /// Labels of the nodes in addition to the layout's. A change rolls nodes.
    #[attr(json = "spec.template.metadata.labels")]
    pub node_labels: Attr<BTreeMap<String, String>>,
    /// Annotations of the nodes. A change rolls nodes.
    #[attr(json = "spec.template.metadata.annotations")]
    pub node_annotations: Attr<BTreeMap<String, String>>,
    /// Taints of the nodes in addition to the layout's. A change rolls nodes. `mig_device_plugin` tolerates them (from its
    /// `render_version` 2 on); pods that ask for slices must.
    #[attr(json = "spec.template.spec.taints")]
    pub taints: Attr<Vec<TaintModel>>,
    /// Taints that a controller removes when the node is ready for pods. A change rolls nodes. Name here what a CNI
    /// puts on new nodes, such as Cilium's `node.cilium.io/agent-not-ready`: otherwise Karpenter may launch a second node while the
    /// first waits. `mig_device_plugin` tolerates them (from its `render_version` 2 on), so one may wait for the slices.
    #[attr(json = "spec.template.spec.startupTaints")]
    pub startup_taints: Attr<Vec<TaintModel>>,
    /// Age at which a node is replaced, whatever runs on it and whatever the budgets say, such as `720h`, or `Never`;
    /// `720h` if left out. A change rolls nodes.
    #[attr(json = "spec.template.spec.expireAfter")]
    pub expire_after: Attr<String>,
    /// Time after which a draining node's pods are deleted, past disruption budgets and `do-not-disrupt`. A change rolls
    /// nodes.
    #[attr(json = "spec.template.spec.terminationGracePeriod")]
    pub termination_grace_period: Attr<String>,
    /// Most that the pool may have: quantity by resource, or `nodes`. 10 nodes if neither this nor `slice_limits` is
    /// given: a node that cannot cut its GPUs is replaced again and again while the cause lasts, and the limit bounds
    /// what that costs. Karpenter counts `nodes` between its rounds: pods that come at once may bring up more. Empty for no
    /// limit.
    pub limits: Attr<BTreeMap<String, String>>,
    /// The same counted in slices, which holds within a round of Karpenter, too: number by profile, exact or generic.
    #[attr(no_json)]
    pub slice_limits: Attr<BTreeMap<String, i64>>,
    /// When Karpenter may replace nodes by itself.
    pub disruption: Attr<DisruptionModel>,
    /// Preference among pools that fit a pod, the highest first.
    #[attr(validate = declared_between(choices::POOL_WEIGHT.0, choices::POOL_WEIGHT.1))]
    pub weight: Attr<i64>,
    /// Fixed number of nodes, whatever pods ask for. Alpha in Karpenter (feature gate StaticCapacity). Cannot be added
    /// to a pool or taken from it.
    pub replicas: Attr<i64>,
    /// Further fields of the object's spec as a JSON object, for those that have no attribute here:
    /// `jsonencode({ template = { spec = { newField = true } } })`. They are merged with what is rendered and managed with it; a field that is rendered
    /// or has an attribute is refused. A change of the template rolls nodes.
    #[attr(no_json)]
    pub extra: Attr<String>,
    /// Take over fields that other managers hold, instead of reporting the conflict.
    #[attr(applying, default = false, no_json)]
    pub force_conflicts: Attr<bool>,
    /// Wait until Karpenter says that the pool is ready.
    #[attr(applying, default = false, no_json)]
    pub wait_for_ready: Attr<bool>,
    /// How long `wait_for_ready` waits.
    #[attr(applying, default = "5m", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub ready_timeout: Attr<String>,
    /// How long an apply waits for the cluster to know NodePool, whose chart the same apply may install.
    #[attr(applying, default = "2m", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub crd_timeout: Attr<String>,
    /// How long a deletion waits for Karpenter to drain the pool's nodes.
    #[attr(applying, default = "20m", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub delete_timeout: Attr<String>,
    /// Version of the rendering, from 1 to 3. A new provider keeps the version in use, so that an upgrade rolls no node.
    #[attr(applying, optional, computed, stable, no_json)]
    pub render_version: Attr<i64>,
    /// The fields of the object that are managed here, as JSON, by `KIND/NAME`.
    #[attr(computed)]
    pub manifests: Attr<BTreeMap<String, String>>,
    /// The name.
    #[attr(computed, stable)]
    pub id: Attr<String>,
}

/// When Karpenter may replace nodes by itself.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct DisruptionModel {
    /// When nodes are consolidated; `WhenEmptyOrUnderutilized` if left out. `WhenEmpty` suits long jobs; `Balanced` needs Karpenter 1.14.
    #[attr(validate = declared_one_of(&choices::CONSOLIDATION_POLICIES))]
    pub consolidation_policy: Attr<String>,
    /// How long a node must have been unneeded, such as `10m` (if left out), or `Never`.
    pub consolidate_after: Attr<String>,
    /// How many nodes at a time; one if left out. Empty leaves it to Karpenter: one tenth.
    pub budgets: Attr<Vec<BudgetModel>>,
}

/// How many nodes Karpenter may replace at a time.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct BudgetModel {
    /// Number or share, such as `1` or `10%`.
    #[attr(required)]
    pub nodes: Attr<String>,
    /// `Underutilized`, `Empty`, `Drifted`, `Unhealthy`; all if left out.
    pub reasons: Attr<Vec<String>>,
    /// When it begins to hold: five fields of cron in UTC, or `@daily` and the like; with `duration`.
    pub schedule: Attr<String>,
    /// How long it then holds, such as `8h`; with `schedule`.
    pub duration: Attr<String>,
}

impl ManifestModel for NodePoolModel {
    const TYPE: &'static str = "mig_karpenter_nodepool";
    const MISSING_KIND: &'static str = "It comes with Karpenter: install the Helm chart karpenter, or karpenter-crd where \
        the CRDs are kept apart. Where this apply installs it, let this resource depend on it, or raise crd_timeout.";

    fn cluster(&self) -> &Attr<ClusterModel> {
        &self.cluster
    }

    fn manifests(&self) -> &Attr<Manifests> {
        &self.manifests
    }

    fn with_manifests(&self, manifests: Manifests) -> Self {
        Self {
            manifests: manifests.into(),
            ..self.clone()
        }
    }

    fn force(&self) -> bool {
        self.force_conflicts.known() == Some(&true)
    }

    fn object_id(&self) -> String {
        self.name.as_str().unwrap_or_default().to_owned()
    }

    fn roots(&self) -> Vec<Key> {
        Key::new("NodePool", &self.object_id()).into_iter().collect()
    }

    fn attribute_of(field: &str) -> Path {
        attribute_of::<Self>(field)
    }

    fn crd_timeout(&self) -> Duration {
        timeout(&self.crd_timeout, 120)
    }

    fn deletion_timeout(&self) -> Duration {
        timeout(&self.delete_timeout, 1200)
    }

    fn claims(&self) -> Option<String> {
        Some(format!("karpenter.sh/nodepool={}", self.name.as_str()?))
    }
}

impl KarpenterObject for NodePoolModel {
    const KIND: Resource = kinds::NODE_POOL;

    fn is_rendered(live: &Json, _: &Facts) -> bool {
        let labels = live.pointer("/spec/template/metadata/labels");
        labels.is_some_and(|labels| labels.get(LAYOUT_LABEL).is_some())
    }

    fn settling(&self) -> Settling {
        match self.wait_for_ready.known() {
            Some(true) => Settling::Ready(timeout(&self.ready_timeout, 300)),
            _ => Settling::Nothing,
        }
    }

    /// Karpenter's hash of a pool is that of its template without requirements (`NodePool.Hash` of karpenter v1.15.0);
    /// those are compared by themselves, with what each node is.
    fn rolling(before: &Json, after: &Json) -> Vec<String> {
        let mut all = changed_fields(before, after, "/spec/template/metadata", &[]);
        all.extend(changed_fields(before, after, "/spec/template/spec", &[]));
        all
    }

    fn need(&self) -> Option<Need> {
        let class = self.nodeclass.known()?;
        let aws = |part: &Attr<String>, own: &str| part.as_str().is_none_or(|text| text == own);
        let usual = NodeClassRef::default();
        if !aws(&class.group, &usual.group) || !aws(&class.kind, &usual.kind) {
            return None;
        }
        Some(Need {
            key: Key::new(&usual.kind, class.name.as_str()?)?,
            attribute: "nodeclass",
            without: "Karpenter launches no node of the pool while there is none.",
        })
    }

    fn with_device_classes(object: &Json, classes: &[Json]) -> Option<Diagnostic> {
        wrong_node(object, classes)
    }

    fn places(object: &Json) -> Option<Places> {
        Some(Places::of_pool(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_the_api_have_their_attributes() {
        let place = |field| NodePoolModel::attribute_of(field).to_string();
        assert_eq!(place("spec.template.spec.taints[0].effect"), "taints");
        assert_eq!(
            place("spec.template.metadata.labels[example.com/a]"),
            "node_labels"
        );
        assert_eq!(place("spec.limits"), "limits");
        assert!(NodePoolModel::attribute_of("spec.template.spec.ofALaterVersion").is_root());
    }

    #[test]
    fn what_has_an_attribute_is_no_further_field() {
        let fields = NodePoolModel::api_fields();
        for field in [
            "disruption.budgets",
            "disruption.consolidateAfter",
            "disruption.consolidationPolicy",
            "limits",
            "replicas",
            "template.metadata.annotations",
            "template.metadata.labels",
            "template.spec.expireAfter",
            "template.spec.nodeClassRef",
            "template.spec.requirements",
            "template.spec.startupTaints",
            "template.spec.taints",
            "template.spec.terminationGracePeriod",
            "weight",
        ] {
            assert!(fields.contains(&format!("spec.{field}")), "{field}: {fields:?}");
        }
    }

    #[test]
    fn the_template_rolls_nodes_and_limits_do_not() {
        let pool = |limit: &str, age: &str| json!({"spec": {"limits": {"nodes": limit}, "template": {"spec": {"expireAfter": age}}}});
        assert!(NodePoolModel::rolling(&pool("1", "1h"), &pool("2", "1h")).is_empty());
        let rolling = NodePoolModel::rolling(&pool("1", "1h"), &pool("1", "2h"));
        assert_eq!(rolling, ["template.spec.expireAfter"]);
    }
}
