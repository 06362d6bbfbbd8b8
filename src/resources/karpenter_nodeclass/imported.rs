//! What a class that is being imported was made from: its fields, and what its user data says.

use mig::boot::RenderedFor;
use serde_json::Value as Json;
use tfplug::{Attr, Diagnostic, Diagnostics, Model};

use super::model::NodeClassModel;
use crate::facts::Facts;
use crate::models::{LayoutModel, MadeFrom, not_ours, or};
use crate::resources::karpenter_nodepool::layout_of_pool;
use crate::resources::manifests::{Importable, Live, Renderable, given, json_text, rest};

impl Importable for NodeClassModel {
    /// The class with all that the live object says.
    fn described(self, live: Live<'_>, facts: &Facts) -> (Self, Vec<Diagnostic>) {
        let Some(object) = live.own.first().map(given) else {
            return (self, Vec::new());
        };
        let class = fields(self, &object);
        let text = object.pointer("/spec/userData").and_then(Json::as_str);
        let made = text.and_then(|text| Some((text, from_user_data(&class, text, facts)?)));
        match made {
            Some((text, (class, warning))) => {
                let class = of_pools(class, text, live.above, facts);
                (class, warning.into_iter().collect())
            }
            None => (class, vec![not_ours("node class")]),
        }
    }
}

/// What the object says by itself; fields that have no attribute are in `extra` and `kubelet.extra`. No disks are not the
/// disks of an attribute that is left out.
fn fields(seen: NodeClassModel, object: &Json) -> NodeClassModel {
    let mut read = NodeClassModel::from_api_form(object);
    let known = read.to_api_form().unwrap_or_default();
    let mut others = rest(&object["spec"], &known["spec"]);
    others.remove("userData");
    let kubelet = others.remove("kubelet");
    if let (Attr::Known(read), Some(Json::Object(keys))) = (&mut read.kubelet, kubelet) {
        read.extra = json_text(keys);
    }
    NodeClassModel {
        name: seen.name,
        cluster: seen.cluster,
        id: seen.id,
        extra: json_text(others),
        block_device_mappings: or(&read.block_device_mappings, Vec::new()),
        ..read
    }
}

/// The class with the strategy and sharing of the pools that name it, where they agree and it has the same user data with them:
/// that of Amazon Linux does not say them.
fn of_pools(class: NodeClassModel, text: &str, pools: &[Json], facts: &Facts) -> NodeClassModel {
    let Some(layout) = class.layout.known() else {
        return class;
    };
    let mut found = pools
        .iter()
        .filter_map(|pool| layout_of_pool(layout, pool, facts));
    let Some(first) = found.next().filter(|first| found.all(|other| other == *first)) else {
        return class;
    };
    let shared = NodeClassModel {
        layout: first.into(),
        ..class.clone()
    };
    if has_user_data(&shared, text, facts) {
        shared
    } else {
        class
    }
}

fn has_user_data(class: &NodeClassModel, text: &str, facts: &Facts) -> bool {
    let objects = class.objects(facts, &mut Diagnostics::new()).unwrap_or_default();
    objects.iter().any(|object| object["spec"]["userData"] == text)
}

fn from_user_data(
    class: &NodeClassModel,
    text: &str,
    facts: &Facts,
) -> Option<(NodeClassModel, Option<Diagnostic>)> {
    let made = MadeFrom::read(text, facts.catalog(), RenderedFor::NodeClass, None)?;
    let warning = made.is_bottlerocket.then(|| made.types_not_named());
    let found = NodeClassModel {
        layout: LayoutModel::from_spec(&made.layout).into(),
        on_failure: made.on_failure,
        partition_timeout: made.partition_timeout,
        render_version: made.render_version,
        node_config: made.node_config,
        extra_user_data: made.extra_user_data,
        ..class.clone()
    };
    has_user_data(&found, text, facts).then_some((found, warning))
}
