//! What a device plugin that is being imported was made from.
//!
//! Its objects name the plugin's configurations and not the layouts. A layout follows where a pool of the cluster has nodes
//! that need one of these configurations, and the user data of its class says the layout.

use std::collections::{BTreeMap, BTreeSet};

use mig::boot::RenderedFor;
use mig::layout::DEVICE_PLUGIN_LABEL;
use mig::manifests::device_plugin::DevicePluginVersion;
use serde_json::Value as Json;
use tfplug::{Attr, AttributeValue, Diagnostic, Diagnostics, Path};

use super::model::{DevicePluginModel, ResourcesModel, TolerationModel};
use crate::facts::Facts;
use crate::models::{LayoutModel, MadeFrom};
use crate::resources::karpenter_nodepool::layout_of_pool;
use crate::resources::manifests::{Importable, Live, Renderable, given, gives, json_text, rest};

impl Importable for DevicePluginModel {
    /// `live.above` are the pools and node classes of the cluster.
    fn described(self, live: Live<'_>, facts: &Facts) -> (Self, Vec<Diagnostic>) {
        let own: Vec<Json> = live.own.iter().map(given).collect();
        let Some(layouts) = layouts(&own, live.above, facts) else {
            return (self, vec![layouts_unknown()]);
        };
        let found = DevicePluginModel {
            layouts: layouts.into(),
            ..self.clone()
        };
        let versions = DevicePluginVersion::ALL.iter().rev();
        let read: Vec<Self> = versions
            .filter_map(|version| of_version(&found, *version, &own, facts))
            .collect();
        match read.iter().find(|read| gives(*read, live.own, facts)) {
            Some(read) => (read.clone(), Vec::new()),
            None => (read.into_iter().next().unwrap_or(found), vec![not_as_rendered()]),
        }
    }
}

/// The layouts whose nodes these are the plugin's configurations for: all of them, or none.
fn layouts(own: &[Json], above: &[Json], facts: &Facts) -> Option<Vec<LayoutModel>> {
    let files = own.iter().find(|object| object["kind"] == "ConfigMap")?;
    let files: BTreeSet<&str> = files["data"].as_object()?.keys().map(String::as_str).collect();
    let mut served = BTreeSet::new();
    let mut found: Vec<LayoutModel> = Vec::new();
    for pool in above.iter().filter(|object| object["kind"] == "NodePool") {
        let Some((layout, file)) = of_pool(pool, above, facts) else {
            continue;
        };
        if files.contains(file.as_str()) && !found.contains(&layout) {
            found.push(layout);
        }
        served.insert(file);
    }
    files.iter().all(|file| served.contains(*file)).then_some(found)
}

/// The layout of a pool's nodes, with the file of the configuration that they need.
fn of_pool(pool: &Json, above: &[Json], facts: &Facts) -> Option<(LayoutModel, String)> {
    let template = &pool["spec"]["template"];
    let config = template["metadata"]["labels"][DEVICE_PLUGIN_LABEL].as_str()?;
    let class = template["spec"]["nodeClassRef"]["name"].as_str()?;
    let class = above
        .iter()
        .find(|object| object["kind"] == "EC2NodeClass" && name(object) == class)?;
    let text = class.pointer("/spec/userData")?.as_str()?;
    let made = MadeFrom::read(text, facts.catalog(), RenderedFor::NodeClass, None)?;
    let layout = layout_of_pool(&LayoutModel::from_spec(&made.layout), pool, facts)?;
    Some((layout, format!("{config}.yaml")))
}

/// The attributes that give the live DaemonSet in this version of the rendering; none where it is of another version.
fn of_version(
    found: &DevicePluginModel,
    version: DevicePluginVersion,
    own: &[Json],
    facts: &Facts,
) -> Option<DevicePluginModel> {
    let is_set = |object: &&Json| object["kind"] == "DaemonSet";
    let discovery = own.iter().filter(is_set).any(|set| name(set).ends_with("-gfd"));
    let plain = DevicePluginModel {
        render_version: i64::from(version.number()).into(),
        feature_discovery: discovery.into(),
        // Not the default, which the live object may not have.
        priority_class_name: "".into(),
        ..found.clone()
    };
    let rendered = plugin(&plain, facts)?;
    let live = own
        .iter()
        .filter(is_set)
        .find(|set| name(set) == name(&rendered))?;
    let (ours, theirs) = (pod(&rendered), pod(live));
    let tolerations = elements(&theirs["tolerations"]).strip_prefix(elements(&ours["tolerations"]))?;
    let (our_container, container) = (&ours["containers"][0], &theirs["containers"][0]);
    let read = DevicePluginModel {
        image: text(&container["image"]),
        image_pull_policy: text(&container["imagePullPolicy"]),
        image_pull_secrets: list(elements(&theirs["imagePullSecrets"]), |secret| {
            secret["name"].as_str().map(str::to_owned)
        }),
        tolerations: list(tolerations, |one| Some(toleration(one))),
        node_selector: beside(&theirs["nodeSelector"], &ours["nodeSelector"]),
        priority_class_name: theirs["priorityClassName"].as_str().unwrap_or_default().into(),
        runtime_class_name: text(&theirs["runtimeClassName"]),
        resources: resources(&container["resources"]),
        env: env(&container["env"], &our_container["env"]),
        labels: beside(&live["metadata"]["labels"], &rendered["metadata"]["labels"]),
        annotations: beside(
            &live["metadata"]["annotations"],
            &rendered["metadata"]["annotations"],
        ),
        ..plain
    };
    let extra = rest(&live["spec"], &plugin(&read, facts)?["spec"]);
    Some(DevicePluginModel {
        extra: json_text(extra),
        ..read
    })
}

/// The plugin's own DaemonSet of the first configuration, as these attributes give it.
fn plugin(model: &DevicePluginModel, facts: &Facts) -> Option<Json> {
    let mut faults = Diagnostics::new();
    let objects = model.objects(facts, &mut faults).ok()?;
    let is_plugin = |object: &Json| pod(object)["containers"][0]["name"] == "nvidia-device-plugin";
    objects.into_iter().find(is_plugin)
}

fn pod(daemon_set: &Json) -> &Json {
    &daemon_set["spec"]["template"]["spec"]
}

fn name(object: &Json) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

fn text(field: &Json) -> Attr<String> {
    field.as_str().map(str::to_owned).into()
}

fn elements(field: &Json) -> &[Json] {
    field.as_array().map_or(&[], Vec::as_slice)
}

/// The elements as an attribute; null where there are none.
fn list<T: AttributeValue>(all: &[Json], read: impl Fn(&Json) -> Option<T>) -> Attr<Vec<T>> {
    let read: Vec<T> = all.iter().filter_map(read).collect();
    (!read.is_empty()).then_some(read).into()
}

fn texts(field: &Json) -> BTreeMap<String, String> {
    let entries = field.as_object().into_iter().flatten();
    entries
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

/// What a map has beside what is rendered anyway; null where there is nothing.
fn beside(live: &Json, rendered: &Json) -> Attr<BTreeMap<String, String>> {
    let mut all = texts(live);
    all.retain(|key, _| rendered.get(key).is_none());
    (!all.is_empty()).then_some(all).into()
}

fn env(live: &Json, rendered: &Json) -> Attr<BTreeMap<String, String>> {
    let by_name = |list: &Json| -> serde_json::Map<String, Json> {
        let entry = |one: &Json| Some((one["name"].as_str()?.to_owned(), one["value"].clone()));
        elements(list).iter().filter_map(entry).collect()
    };
    beside(&by_name(live).into(), &by_name(rendered).into())
}

fn toleration(live: &Json) -> TolerationModel {
    TolerationModel {
        key: text(&live["key"]),
        operator: text(&live["operator"]),
        value: text(&live["value"]),
        effect: text(&live["effect"]),
    }
}

fn resources(live: &Json) -> Attr<ResourcesModel> {
    let some = |field: &Json| beside(field, &Json::Null);
    let read = ResourcesModel {
        requests: some(&live["requests"]),
        limits: some(&live["limits"]),
    };
    (read != ResourcesModel::default()).then_some(read).into()
}

fn not_as_rendered() -> Diagnostic {
    let detail = "They are not what this provider renders for the layouts of the pools and the attributes that were read. \
                  Write the attributes in the configuration: the plan shows what changes, and restarts the plugin's pods if \
                  their template does.";
    Diagnostic::warning("The objects of the plugin are not as rendered", detail)
}

fn layouts_unknown() -> Diagnostic {
    let detail = "The objects of the plugin name its configurations, and not the layouts of the nodes. The NodePools and \
                  EC2NodeClasses that may be read on the cluster do not say all of these layouts. Write layouts, and the attributes \
                  that differ from their defaults, in the configuration: the plan shows what changes.";
    Diagnostic::warning("The layouts of the plugin do not follow from the cluster", detail)
        .at(Path::attr("layouts"))
}
