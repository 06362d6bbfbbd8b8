//! The outputs of a pool of slices that both kinds have.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mig::boot::{UserPart, bottlerocket_settings, user_data_parts};
use mig::node_group::TaintEffect;
use mig::{Catalog, Layout};
use pulumiplug::component::{Finished, Made, Origins};
use tfplug::Attr;
use tfplug::model::Dynamic;

use super::model::SlicePoolOutputs;
use super::{Wanted, toml};
use crate::models::ExtraPart;
use crate::resources::karpenter::TaintModel;
use crate::resources::node_group::GroupTaint;

/// Outputs with what follows from the layouts, from the user data in them, and from the device plugin. `boots` is the child whose user
/// data it is.
pub(super) fn finished(
    wanted: &Wanted,
    outputs: SlicePoolOutputs,
    boots: &Made,
    origins: Origins,
    plugin: Option<&Made>,
) -> Finished<SlicePoolOutputs> {
    let text = outputs.user_data.clone();
    let outputs = SlicePoolOutputs {
        resource_names: of_layouts(wanted, resource_names),
        slices_per_node: of_layouts(wanted, slices_per_node),
        labels: labels(wanted),
        taints: if outputs.taints.is_null() {
            all_taints(wanted)
        } else {
            outputs.taints
        },
        user_data_base64: text.as_ref().map(|text| STANDARD.encode(text)),
        nodeadm_extra_options: text.as_ref().map(|text| parts(text)),
        bottlerocket_settings: match &wanted.layouts {
            Ok(layouts) => layouts.first().and_then(settings).into(),
            Err(_) => Attr::Unknown,
        },
        device_plugin_name: plugin.map_or(Attr::Null, |plugin| plugin.get("name")),
        ..outputs
    };
    let mut origins = origins
        .from("resource_names", &["layout", "fallback"])
        .from("slices_per_node", &["layout", "fallback"])
        .from("labels", &["layout", "labels"])
        .from("taints", &["layout", "taints"])
        .from("bottlerocket_settings", &["layout"])
        .of("user_data_base64", boots, "user_data")
        .of("nodeadm_extra_options", boots, "user_data");
    if let Some(plugin) = plugin {
        origins = origins.of("device_plugin_name", plugin, "name");
    }
    Finished::new(outputs).with(origins)
}

/// All values, if each is known.
pub(super) fn all_known(values: impl IntoIterator<Item = Attr<String>>) -> Attr<Vec<String>> {
    let known: Option<Vec<_>> = values.into_iter().map(Attr::into_known).collect();
    known.map_or(Attr::Unknown, Attr::Known)
}

/// Taints in EKS' spelling.
pub(super) fn taints(taints: &Attr<Vec<TaintModel>>) -> Attr<Vec<GroupTaint>> {
    let one = |taint: &TaintModel| GroupTaint {
        key: taint.key.clone(),
        value: taint.value.clone(),
        effect: taint.effect.as_ref().map(|effect| effect_of_eks(effect)),
    };
    taints.as_ref().map(|all| all.iter().map(one).collect())
}

fn effect_of_eks(effect: &str) -> String {
    let found = TaintEffect::of_kubernetes(effect);
    found.map_or_else(|| effect.to_owned(), |found| found.eks().to_owned())
}

fn of_layouts<T>(wanted: &Wanted, f: impl FnOnce(&[Layout]) -> T) -> Attr<T> {
    match &wanted.layouts {
        Ok(layouts) => f(layouts).into(),
        Err(_) => Attr::Unknown,
    }
}

/// What every node has.
fn resource_names(layouts: &[Layout]) -> Vec<String> {
    let of_node = |layout: &Layout, instance_type: &str| -> BTreeSet<String> {
        let resources = layout.resources(instance_type).unwrap_or_default();
        resources.into_keys().collect()
    };
    let all = layouts.iter().flat_map(|layout| {
        layout
            .nodes()
            .map(move |node| of_node(layout, node.instance_type()))
    });
    let common = all.reduce(|common, one| &common & &one);
    common.unwrap_or_default().into_iter().collect()
}

/// Where several layouts have an instance type, the preferred one counts.
fn slices_per_node(layouts: &[Layout]) -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut all = BTreeMap::new();
    for layout in layouts {
        for node in layout.nodes().map(mig::layout::NodeLayout::instance_type) {
            let resources = layout.resources(node).unwrap_or_default();
            let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            let counts = resources.into_iter().map(|(name, n)| (name, count(n)));
            all.entry(node.to_owned())
                .or_insert_with(|| counts.collect::<BTreeMap<_, _>>());
        }
    }
    all
}

fn labels(wanted: &Wanted) -> Attr<BTreeMap<String, String>> {
    let (Ok(layouts), Some(own)) = (&wanted.layouts, wanted.inputs.labels.settled()) else {
        return Attr::Unknown;
    };
    let mut labels = layouts.first().map(Layout::labels).unwrap_or_default();
    if wanted.is_bottlerocket {
        labels.remove(mig::layout::DEVICE_PLUGIN_LABEL);
    }
    labels.extend(own.cloned().unwrap_or_default());
    labels.into()
}

fn all_taints(wanted: &Wanted) -> Attr<Vec<GroupTaint>> {
    let (Ok(layouts), Some(own)) = (&wanted.layouts, wanted.inputs.taints.settled()) else {
        return Attr::Unknown;
    };
    let of_layout = layouts.first().map(Layout::taints).unwrap_or_default();
    let of_layout = of_layout.into_iter().map(|taint| TaintModel {
        key: taint.key.into(),
        value: taint.value.into(),
        effect: taint.effect.into(),
    });
    let all: Vec<_> = of_layout.chain(own.cloned().unwrap_or_default()).collect();
    taints(&all.into())
}

/// The parts of user data; none of Bottlerocket's, which are settings.
fn parts(text: &str) -> Vec<ExtraPart> {
    let part = |part: UserPart| ExtraPart {
        content_type: part.content_type.into(),
        content: part.text.into(),
    };
    let parts = user_data_parts(text).unwrap_or_default();
    parts.into_iter().map(part).collect()
}

/// Bottlerocket's settings as an object, if it can express the layout.
fn settings(layout: &Layout) -> Option<Dynamic> {
    let text = bottlerocket_settings(layout, Catalog::builtin()).ok()?;
    Some(toml::object(&text))
}
