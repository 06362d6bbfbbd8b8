//! Nodes of a managed node group: a launch template and the group.

use std::collections::BTreeMap;

use pulumiplug::component::{Child, Construction, Finished, Made, Origins};
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path, SetOf, Value};

use super::model::SlicePoolOutputs;
use super::{Wanted, results};
use crate::models::Tags;
use crate::resources::launch_template::{LaunchTemplate, TagSpecification};
use crate::resources::node_group::{GroupTaint, NodeGroup, ScalingConfig, TemplateRefModel};

/// Makes everything.
pub(super) async fn construct(
    cx: &mut Construction<'_>,
    wanted: &Wanted,
) -> Result<Finished<SlicePoolOutputs>, Diagnostics> {
    let component = cx.name().to_owned();
    let plugin = wanted.device_plugin(&component);
    let first = template(wanted, &component);
    let planned = reference(&cx.plan(&first).await?);
    let planned = group(wanted, &component, planned)?;
    let from = Origins::new().from("launch_template", &["layout"]);
    cx.plan(&planned.with(from)).await?;
    if let Some(plugin) = &plugin {
        cx.plan(plugin).await?;
    }
    cx.faultless()?;
    let template = cx.child(first).await?;
    let group = group(wanted, &component, reference(template.value()))?;
    let group = cx
        .child(group.with(Origins::new().of("launch_template", &template, "")))
        .await?;
    let plugin = match plugin {
        Some(plugin) => Some(cx.child(plugin).await?),
        None => None,
    };
    Ok(finished(wanted, &template, &group, plugin.as_ref()))
}

fn template(wanted: &Wanted, component: &str) -> Child {
    let inputs = &wanted.inputs;
    let cluster = part(&inputs.cluster, |cluster| &cluster.name);
    let name = match (&cluster, wanted.named(str::to_owned)) {
        // Templates are named once in a region, and groups once in a cluster.
        (Attr::Known(cluster), Attr::Known(name)) => format!("{cluster}-{name}").into(),
        _ => Attr::Unknown,
    };
    let of_instances = |tags: &Tags| {
        vec![TagSpecification {
            resource_type: "instance".into(),
            tags: tags.clone().into(),
        }]
    };
    let config = LaunchTemplate {
        name,
        region: part(&inputs.cluster, |cluster| &cluster.region),
        layout: inputs.layout.clone(),
        ami_family: inputs.ami_family.clone(),
        vpc_security_group_ids: inputs.security_group_ids.clone().map(SetOf),
        tags: inputs.tags.clone(),
        tag_specifications: inputs.tags.as_ref().map(of_instances),
        ..LaunchTemplate::default()
    };
    let origins = Origins::new()
        .from("name", &["name", "cluster"])
        .from("region", &["cluster"])
        .same("layout", "layout")
        .same("ami_family", "ami_family")
        .same("vpc_security_group_ids", "security_group_ids")
        .same("tags", "tags")
        .from("tag_specifications", &["tags"]);
    let name = format!("{component}-template");
    let child = Child::new("mig_launch_template", name, config.to_value());
    child.with(origins).overridden_by("launch_template_args")
}

fn group(wanted: &Wanted, component: &str, template: TemplateRefModel) -> Result<Child, Diagnostics> {
    let inputs = &wanted.inputs;
    let scaling = match &inputs.max_size {
        Attr::Null => Attr::Null,
        _ => ScalingConfig {
            min_size: crate::models::or(&inputs.min_size, 0),
            max_size: inputs.max_size,
            desired_size: Attr::Null,
        }
        .into(),
    };
    let config = NodeGroup {
        cluster_name: part(&inputs.cluster, |cluster| &cluster.name),
        node_group_name: wanted.named(str::to_owned),
        node_role_arn: inputs.node_role.clone(),
        subnet_ids: inputs.subnet_ids.clone().map(SetOf),
        launch_template: template.into(),
        release_version: inputs.release_version.clone(),
        capacity_type: capacity_type(&inputs.capacity_types)?,
        scaling_config: scaling,
        labels: inputs.labels.clone(),
        taints: results::taints(&inputs.taints).map(SetOf),
        tags: inputs.tags.clone(),
        ..NodeGroup::default()
    };
    let origins = Origins::new()
        .from("cluster_name", &["cluster"])
        .from("node_group_name", &["name"])
        .same("node_role_arn", "node_role")
        .same("subnet_ids", "subnet_ids")
        .same("release_version", "release_version")
        .from("capacity_type", &["capacity_types"])
        .from("scaling_config", &["max_size", "min_size"])
        .same("labels", "labels")
        .same("taints", "taints")
        .same("tags", "tags");
    let child = Child::new("mig_node_group", format!("{component}-group"), config.to_value());
    Ok(child.with(origins).overridden_by("node_group_args"))
}

/// EKS' word for Karpenter's.
fn capacity_type(types: &Attr<Vec<String>>) -> Result<Attr<String>, Diagnostics> {
    let Attr::Known(types) = types else {
        return Ok(types.as_ref().map(|_| String::new()));
    };
    Ok(match types.first().map(String::as_str) {
        None => Attr::Null,
        Some("on-demand") => "ON_DEMAND".into(),
        Some("spot") => "SPOT".into(),
        Some(other) => {
            let detail = format!(
                "Found {other:?}; give on-demand or spot. Reserved capacity is what launch_template_args say: their \
                 capacity_reservation_specification."
            );
            let at = Path::attr("capacity_types").index(0);
            let summary = "Not a way in which a node group buys instances";
            return Err(Diagnostic::error(summary, detail).at(at).into());
        }
    })
}

/// A part of an object; unknown as long as that is.
fn part<M, T: Clone>(whole: &Attr<M>, part: impl Fn(&M) -> &Attr<T>) -> Attr<T> {
    match whole {
        Attr::Known(whole) => part(whole).clone(),
        Attr::Unknown => Attr::Unknown,
        Attr::Null => Attr::Null,
    }
}

/// What the group takes of its template.
fn reference(template: &Value) -> TemplateRefModel {
    let empty = BTreeMap::new();
    let object = template.as_map().unwrap_or(&empty);
    // Both sides have the same types by name.
    TemplateRefModel::decode_object(object, &Path::root(), &mut Diagnostics::new())
}

fn finished(
    wanted: &Wanted,
    template: &Made,
    group: &Made,
    plugin: Option<&Made>,
) -> Finished<SlicePoolOutputs> {
    let taints = group.get::<SetOf<GroupTaint>>("taints_all");
    let outputs = SlicePoolOutputs {
        user_data: template.get("user_data"),
        taints: taints.map(|all| all.0),
        launch_template_id: template.get("id"),
        launch_template_version: template.get("latest_version"),
        node_group_name: group.get("node_group_name"),
        autoscaling_group_names: group.get("autoscaling_group_names"),
        ..SlicePoolOutputs::default()
    };
    let origins = Origins::new()
        .of("user_data", template, "user_data")
        .of("taints", group, "taints_all")
        .of("launch_template_id", template, "id")
        .of("launch_template_version", template, "latest_version")
        .of("node_group_name", group, "node_group_name")
        .of("autoscaling_group_names", group, "autoscaling_group_names");
    results::finished(wanted, outputs, template, origins, plugin)
}
