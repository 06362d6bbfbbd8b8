//! What a pool that is being imported was made from: its fields, and the layout of its class.

use mig::Profile;
use mig::boot::RenderVersion;
use mig::layout::{
    DEVICE_MANAGER_LABEL, DEVICE_PLUGIN_LABEL, GPU_PRESENT_LABEL, LAYOUT_LABEL, MPS_LABEL, Taint,
};
use mig::manifests::karpenter::labels;
use mig::manifests::karpenter::node_pool::NodeClassRef;
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use super::model::{DisruptionModel, NodePoolModel};
use crate::facts::Facts;
use crate::models::{LayoutModel, or};
use crate::resources::karpenter::{KarpenterModel, NodeClassRefModel, RequirementModel, TaintModel};
use crate::resources::karpenter_nodeclass::NodeClassModel;
use crate::resources::manifests::{Importable, Live, given, gives, imported, json_text, rest, without};

/// Labels of nodes that follow from a layout.
const OWN_LABELS: [&str; 5] = [
    LAYOUT_LABEL,
    DEVICE_PLUGIN_LABEL,
    DEVICE_MANAGER_LABEL,
    GPU_PRESENT_LABEL,
    MPS_LABEL,
];

impl Importable for NodePoolModel {
    /// The pool with all that the live object says, and the layout of its class where that gives this pool.
    fn described(self, live: Live<'_>, facts: &Facts) -> (Self, Vec<Diagnostic>) {
        let Some(object) = live.own.first().map(given) else {
            return (self, Vec::new());
        };
        let pool = fields(self, &object);
        match of_class(&pool, &object, live, facts) {
            Some(pool) => (pool, Vec::new()),
            None => (pool, vec![layout_unknown()]),
        }
    }
}

/// What the object says by itself, without what follows from a layout.
fn fields(seen: NodePoolModel, object: &Json) -> NodePoolModel {
    let read = NodePoolModel::from_api_form(object);
    let known = read.to_api_form().unwrap_or_default();
    let pool = NodePoolModel {
        name: seen.name,
        cluster: seen.cluster,
        id: seen.id,
        extra: json_text(rest(&object["spec"], &known["spec"])),
        nodeclass: read.nodeclass.known().map(by_name).into(),
        node_labels: without(&read.node_labels, |key| OWN_LABELS.contains(&key)),
        taints: list(&read.taints, |taint| !is_own_taint(taint)),
        disruption: read.disruption.known().map(disruption).into(),
        ..read
    };
    with_limits(with_requirements(pool))
}

/// Group and kind are shown where they are others than usual.
fn by_name(class: &NodeClassRefModel) -> NodeClassRefModel {
    let usual = NodeClassRef::default();
    let unusual = |part: &Attr<String>, usual: &str| match part.as_str() {
        Some(text) if text != usual => part.clone(),
        _ => Attr::Null,
    };
    NodeClassRefModel {
        group: unusual(&class.group, &usual.group),
        kind: unusual(&class.kind, &usual.kind),
        ..class.clone()
    }
}

fn is_own_taint(taint: &TaintModel) -> bool {
    let text = |part: &Attr<String>| part.as_str().unwrap_or_default().to_owned();
    let found = Taint {
        key: text(&taint.key),
        value: text(&taint.value),
        effect: text(&taint.effect),
    };
    found == Taint::gpu_present()
}

/// A list with those of its elements; null where there are none.
fn list<T: Clone>(all: &Attr<Vec<T>>, kept: impl Fn(&T) -> bool) -> Attr<Vec<T>> {
    let all = all.known().into_iter().flatten();
    let all: Vec<T> = all.filter(|one| kept(one)).cloned().collect();
    (!all.is_empty()).then_some(all).into()
}

/// No budgets are not the budgets of an attribute that is left out.
fn disruption(read: &DisruptionModel) -> DisruptionModel {
    DisruptionModel {
        budgets: or(&read.budgets, Vec::new()),
        ..read.clone()
    }
}

/// The first requirements are those that other attributes give, in a fixed order.
fn with_requirements(pool: NodePoolModel) -> NodePoolModel {
    let all = pool.requirements.known().cloned().unwrap_or_default();
    let mut all = all.into_iter().peekable();
    let mut next = |key: &str| {
        let one = all.next_if(|one| {
            one.key.as_str() == Some(key) && one.operator.as_str() == Some("In") && one.min_values.is_null()
        });
        one.map(|one| one.values)
    };
    next(labels::INSTANCE_TYPE);
    next(labels::ARCH);
    let capacity_types = next(labels::CAPACITY_TYPE).unwrap_or_default();
    let zones = next(labels::ZONE).unwrap_or_default();
    let require_gpu_name = next(labels::GPU_NAME).map(|_| true).into();
    let further: Vec<RequirementModel> = all.collect();
    NodePoolModel {
        capacity_types,
        zones,
        require_gpu_name,
        requirements: (!further.is_empty()).then_some(further).into(),
        ..pool
    }
}

/// Limits of slices by their profiles. No limits are not those of an attribute that is left out.
fn with_limits(pool: NodePoolModel) -> NodePoolModel {
    let (mut limits, mut slices) = (pool.limits.known().cloned().unwrap_or_default(), Vec::new());
    limits.retain(|resource, quantity| {
        let profile = Profile::from_resource_name(resource).ok();
        let slice = profile.zip(quantity.parse::<i64>().ok());
        let is_other = slice.is_none();
        slices.extend(slice.map(|(profile, count)| (profile.to_string(), count)));
        is_other
    });
    let only_slices = limits.is_empty() && !slices.is_empty();
    NodePoolModel {
        limits: (!only_slices).then_some(limits).into(),
        slice_limits: (!slices.is_empty()).then(|| slices.into_iter().collect()).into(),
        ..pool
    }
}

/// The pool with the layout of its class, by the rendering that gives this pool.
fn of_class(pool: &NodePoolModel, object: &Json, live: Live<'_>, facts: &Facts) -> Option<NodePoolModel> {
    let class = NodeClassModel::named(pool.nodeclass.known()?.name.clone(), pool.cluster.clone());
    let of_class = Live {
        own: live.above.get(..1)?,
        above: &[],
    };
    let (class, _) = imported(class, of_class, facts);
    let layout = layout_of_pool(class.layout.known()?, object, facts)?;
    let whole = NodeClassModel {
        layout: layout.clone().into(),
        ..class
    };
    let mut nodeclass =
        NodeClassRefModel::decode_object(&whole.encode_object(), &Path::root(), &mut Diagnostics::new());
    nodeclass.group = pool.nodeclass.known()?.group.clone();
    nodeclass.kind = pool.nodeclass.known()?.kind.clone();
    let candidate = |version: RenderVersion| NodePoolModel {
        nodeclass: nodeclass.clone().into(),
        layout: layout.clone().into(),
        render_version: i64::from(version.number()).into(),
        ..pool.clone()
    };
    let newest_first = RenderVersion::ALL.into_iter().rev();
    newest_first
        .map(candidate)
        .find(|pool| gives(pool, live.own, facts))
}

/// The layout of the class with the strategy and sharing that the label of the nodes names: the class does not say them.
pub(crate) fn layout_of_pool(of_class: &LayoutModel, object: &Json, facts: &Facts) -> Option<LayoutModel> {
    let labels = object.pointer("/spec/template/metadata/labels")?;
    let id = labels.get(LAYOUT_LABEL)?.as_str()?;
    let layout = of_class
        .resolve(facts, &Path::root(), &mut Diagnostics::new())
        .ok()?;
    if layout.id() == id {
        return Some(of_class.clone());
    }
    let layout = layout.of_id(id, facts.catalog())?;
    Some(LayoutModel::from_spec(layout.spec()))
}

fn layout_unknown() -> Diagnostic {
    let detail = "The pool is not what this provider renders for the layout of its node class, or the class is not there or is \
                  not ours. Write the layout in the configuration, by nodeclass = mig_karpenter_nodeclass.NAME: the plan shows \
                  what changes, and whether nodes roll.";
    Diagnostic::warning("The layout of the pool does not follow from the cluster", detail)
        .at(Path::attr("layout"))
}
