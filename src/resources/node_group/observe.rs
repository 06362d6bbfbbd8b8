//! From EKS' answer to the group's attributes.

use std::collections::BTreeMap;

use aws_sdk_eks::types as eks;
use mig::layout::LAYOUT_LABEL;
use tfplug::{Attr, SetOf};

use super::model::{
    GroupTaint, HealthIssue, NodeGroup, NodeRepairConfig, NodeRepairOverride, ScalingConfig, UpdateConfig,
};
use super::template::TemplateRefModel;
use crate::resources::aws::attributes::from::{number, some_set, text};
use crate::resources::aws::tags;

type Pairs = BTreeMap<String, String>;

/// Tags that say what a node of the group will have begin so; those of labels and taints have no effect on a node group.
const RESOURCE_TAGS: &str = "k8s.io/cluster-autoscaler/node-template/resources/";

/// Whether a tag of a node group is one that follows from its layout.
fn follows_from_layout(key: &str) -> bool {
    key.starts_with(RESOURCE_TAGS) || key == LAYOUT_LABEL
}

/// The stored group with everything that EKS answers about it.
pub(super) fn observe(stored: NodeGroup, group: &eks::Nodegroup, default_tags: &Pairs) -> NodeGroup {
    let seen = fixed(stored, group);
    let seen = settings(seen, group);
    let seen = labels_and_taints(seen, group);
    with_tags(seen, group, default_tags)
}

/// What never changes while the group exists, and what EKS says of its state.
fn fixed(stored: NodeGroup, group: &eks::Nodegroup) -> NodeGroup {
    let reference = stored.reference();
    NodeGroup {
        id: reference.map(|group| group.to_string()).into(),
        arn: text(group.nodegroup_arn()),
        node_role_arn: text(group.node_role()),
        subnet_ids: some_set(group.subnets()),
        instance_types: some_texts(group.instance_types()),
        ami_type: text(group.ami_type().map(eks::AmiTypes::as_str)),
        capacity_type: text(group.capacity_type().map(eks::CapacityTypes::as_str)),
        status: text(group.status().map(eks::NodegroupStatus::as_str)),
        health_issues: issues(group).iter().map(issue).collect::<Vec<_>>().into(),
        autoscaling_group_names: auto_scaling_groups(group).into(),
        launch_template: template(&stored.launch_template, group),
        launch_template_version: version(group).into(),
        ..stored
    }
}

/// What an update can change.
fn settings(stored: NodeGroup, group: &eks::Nodegroup) -> NodeGroup {
    NodeGroup {
        version: text(group.version()),
        release_version: text(group.release_version()),
        scaling_config: group
            .scaling_config()
            .map(|found| scaling(&stored.scaling_config, found))
            .into(),
        update_config: written_or_default(
            &stored.update_config,
            update_config(&stored.update_config, group),
            &usual_update(),
        ),
        node_repair_config: written_or_default(&stored.node_repair_config, repair(group), &no_repair()),
        ..stored
    }
}

/// The labels and taints that are not the layout's are the group's own.
fn labels_and_taints(stored: NodeGroup, group: &eks::Nodegroup) -> NodeGroup {
    let all: Pairs = group.labels().into_iter().flatten().map(owned).collect();
    let implied = implied(&stored.labels_all, &stored.labels, all_of);
    let own: Pairs = all
        .clone()
        .into_iter()
        .filter(|pair| !implied.contains(pair))
        .collect();
    let all_taints: Vec<GroupTaint> = group.taints().iter().map(taint).collect();
    let implied_taints = implied_taints(&stored);
    let own_taints: Vec<_> = all_taints
        .iter()
        .filter(|one| !implied_taints.contains(one))
        .cloned()
        .collect();
    NodeGroup {
        labels: kept(&stored.labels, own, BTreeMap::is_empty),
        labels_all: all.into(),
        taints: kept(&stored.taints, SetOf(own_taints), |set| set.0.is_empty()),
        taints_all: SetOf(all_taints).into(),
        ..stored
    }
}

/// The group's own tags, and those that the Cluster Autoscaler reads.
fn with_tags(stored: NodeGroup, group: &eks::Nodegroup, default_tags: &Pairs) -> NodeGroup {
    let pairs = group.tags().into_iter().flatten();
    let found = tags::without_aws(pairs.map(|(key, value)| (key.as_str(), value.as_str())));
    let written = stored
        .tags
        .known()
        .map(crate::models::Tags::set)
        .unwrap_or_default();
    let (resources, all): (Pairs, Pairs) = found.into_iter().partition(|(key, _)| {
        follows_from_layout(key) && !written.contains_key(key) && !default_tags.contains_key(key)
    });
    NodeGroup {
        tags: tags::own(&stored.tags, &all, default_tags),
        tags_all: all.into(),
        autoscaler_tags: resources.into(),
        ..stored
    }
}

/// Those of `all` that follow from the layout, as the state has it.
fn implied<T: Clone, U: PartialEq>(all: &Attr<T>, own: &Attr<T>, list: impl Fn(&T) -> Vec<U>) -> Vec<U> {
    let own = own.known().map(&list).unwrap_or_default();
    let all = all.known().map(&list).unwrap_or_default();
    all.into_iter().filter(|one| !own.contains(one)).collect()
}

fn all_of(pairs: &Pairs) -> Vec<(String, String)> {
    pairs.clone().into_iter().collect()
}

fn implied_taints(stored: &NodeGroup) -> Vec<GroupTaint> {
    implied(&stored.taints_all, &stored.taints, |set| set.0.clone())
}

/// What is empty is null unless it was written.
fn kept<T>(stored: &Attr<T>, found: T, is_empty: impl Fn(&T) -> bool) -> Attr<T> {
    if is_empty(&found) && stored.is_null() {
        return Attr::Null;
    }
    found.into()
}

/// What EKS does by default is null unless it was written.
fn written_or_default<T: PartialEq>(stored: &Attr<T>, found: Option<T>, usual: &T) -> Attr<T> {
    if stored.is_null() && found.as_ref().is_none_or(|found| found == usual) {
        return Attr::Null;
    }
    found.into()
}

fn owned((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

fn some_texts(found: &[String]) -> Attr<Vec<String>> {
    (!found.is_empty()).then(|| found.to_vec()).into()
}

/// The sizes; the wanted number is the autoscaler's where none was written.
fn scaling(stored: &Attr<ScalingConfig>, found: &eks::NodegroupScalingConfig) -> ScalingConfig {
    let left_out = stored
        .known()
        .is_none_or(|written| written.desired_size.is_null());
    ScalingConfig {
        min_size: number(found.min_size()),
        max_size: number(found.max_size()),
        desired_size: if left_out {
            Attr::Null
        } else {
            number(found.desired_size())
        },
    }
}

/// The strategy that EKS has by default is shown where one is written.
fn update_config(stored: &Attr<UpdateConfig>, group: &eks::Nodegroup) -> Option<UpdateConfig> {
    let found = group.update_config()?;
    let is_written = stored
        .known()
        .is_some_and(|stored| !stored.update_strategy.is_null());
    let strategy = found
        .update_strategy()
        .map(eks::NodegroupUpdateStrategies::as_str);
    Some(UpdateConfig {
        max_unavailable: number(found.max_unavailable()),
        max_unavailable_percentage: number(found.max_unavailable_percentage()),
        update_strategy: text(strategy.filter(|word| is_written || *word != "DEFAULT")),
    })
}

/// One node at a time.
pub(super) fn usual_update() -> UpdateConfig {
    UpdateConfig {
        max_unavailable: 1.into(),
        ..UpdateConfig::default()
    }
}

/// EKS repairs nothing unless it is told to.
pub(super) fn no_repair() -> NodeRepairConfig {
    NodeRepairConfig {
        enabled: false.into(),
        ..NodeRepairConfig::default()
    }
}

pub(super) fn repair(group: &eks::Nodegroup) -> Option<NodeRepairConfig> {
    let found = group.node_repair_config()?;
    let overrides = found.node_repair_config_overrides();
    Some(NodeRepairConfig {
        enabled: found.enabled().unwrap_or_default().into(),
        max_unhealthy_node_threshold_count: number(found.max_unhealthy_node_threshold_count()),
        max_unhealthy_node_threshold_percentage: number(found.max_unhealthy_node_threshold_percentage()),
        max_parallel_nodes_repaired_count: number(found.max_parallel_nodes_repaired_count()),
        max_parallel_nodes_repaired_percentage: number(found.max_parallel_nodes_repaired_percentage()),
        node_repair_config_overrides: (!overrides.is_empty())
            .then(|| overrides.iter().map(repair_override).collect::<Vec<_>>())
            .into(),
    })
}

fn repair_override(found: &eks::NodeRepairConfigOverrides) -> NodeRepairOverride {
    NodeRepairOverride {
        node_monitoring_condition: text(found.node_monitoring_condition()),
        node_unhealthy_reason: text(found.node_unhealthy_reason()),
        min_repair_wait_time_mins: number(found.min_repair_wait_time_mins()),
        repair_action: text(found.repair_action().map(eks::RepairAction::as_str)),
    }
}

/// A taint as EKS has it; an empty value is none.
pub(super) fn taint(found: &eks::Taint) -> GroupTaint {
    GroupTaint {
        key: text(found.key()),
        value: text(found.value()),
        effect: text(found.effect().map(eks::TaintEffect::as_str)),
    }
}

/// The template as it is written, unless EKS has another one.
fn template(stored: &Attr<TemplateRefModel>, group: &eks::Nodegroup) -> Attr<TemplateRefModel> {
    let found = group
        .launch_template()
        .and_then(eks::LaunchTemplateSpecification::id);
    match (stored, found) {
        (Attr::Known(written), Some(id)) if written.id.as_str() == Some(id) => stored.clone(),
        (Attr::Known(_), None) => stored.clone(),
        (_, Some(id)) => TemplateRefModel {
            id: id.into(),
            version: version(group).into(),
            ..TemplateRefModel::default()
        }
        .into(),
        (_, None) => Attr::Null,
    }
}

/// The version of the template that the group has.
pub(super) fn version(group: &eks::Nodegroup) -> Option<i64> {
    group.launch_template()?.version()?.parse().ok()
}

/// How many nodes the group is to have.
pub(super) fn desired_size(group: &eks::Nodegroup) -> Option<i64> {
    group.scaling_config()?.desired_size().map(i64::from)
}

/// What EKS finds wrong.
pub(super) fn issues(group: &eks::Nodegroup) -> &[eks::Issue] {
    group
        .health()
        .map(eks::NodegroupHealth::issues)
        .unwrap_or_default()
}

fn issue(found: &eks::Issue) -> HealthIssue {
    HealthIssue {
        code: text(found.code().map(eks::NodegroupIssueCode::as_str)),
        message: text(found.message()),
        resource_ids: some_texts(found.resource_ids()),
    }
}

/// Names of the Auto Scaling groups.
pub(super) fn auto_scaling_groups(group: &eks::Nodegroup) -> Vec<String> {
    let groups = group
        .resources()
        .map(eks::NodegroupResources::auto_scaling_groups);
    let names = groups.unwrap_or_default().iter().filter_map(|one| one.name());
    names.map(str::to_owned).collect()
}
