//! From the planned group to EKS' requests.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_config::builders::UpdateNodegroupConfigInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_version::builders::UpdateNodegroupVersionInputBuilder;
use aws_sdk_eks::types as eks;
use tfplug::{Attr, SetOf};

use super::model::{
    GroupTaint, NodeGroup, NodeRepairConfig, NodeRepairOverride, ScalingConfig, UpdateConfig,
};
use super::observe;
use crate::aws::NodeGroupRef;
use crate::resources::aws::attributes::to::{flag, number, set, text, word};

/// The request that makes the group.
pub(super) fn create(planned: &NodeGroup, group: &NodeGroupRef) -> CreateNodegroupInputBuilder {
    let sizes = planned.scaling_config.known();
    CreateNodegroupInputBuilder::default()
        .cluster_name(&group.cluster)
        .nodegroup_name(&group.name)
        .set_node_role(text(&planned.node_role_arn))
        .set_subnets(set(&planned.subnet_ids))
        .set_instance_types(planned.instance_types.known().cloned())
        .set_ami_type(word(&planned.ami_type).filter(|kind| *kind != eks::AmiTypes::Custom))
        .set_capacity_type(word(&planned.capacity_type))
        .set_version(text(&planned.version))
        .set_release_version(text(&planned.release_version))
        .set_scaling_config(sizes.map(|sizes| scaling(sizes, None)))
        .set_update_config(planned.update_config.known().map(update_config))
        .set_node_repair_config(planned.node_repair_config.known().map(repair))
        .set_labels(Some(labels(planned)))
        .set_taints(Some(taints(planned)))
        .set_tags(Some(tags(planned).into_iter().collect()))
        .set_launch_template(template(planned))
}

/// All tags of the group: its own, the provider's, and those that the Cluster Autoscaler reads.
pub(super) fn tags(planned: &NodeGroup) -> BTreeMap<String, String> {
    let mut all = planned.tags_all.known().cloned().unwrap_or_default();
    all.extend(planned.autoscaler_tags.known().cloned().unwrap_or_default());
    all
}

fn template(planned: &NodeGroup) -> Option<eks::LaunchTemplateSpecification> {
    let version = planned.launch_template_version.known()?;
    let template = eks::LaunchTemplateSpecification::builder()
        .set_id(text(&planned.launch_template.known()?.id))
        .version(version.to_string());
    Some(template.build())
}

fn labels(planned: &NodeGroup) -> HashMap<String, String> {
    planned
        .labels_all
        .known()
        .cloned()
        .unwrap_or_default()
        .into_iter()
        .collect()
}

fn taints(planned: &NodeGroup) -> Vec<eks::Taint> {
    all(&planned.taints_all).iter().map(taint).collect()
}

fn all(taints: &Attr<SetOf<GroupTaint>>) -> &[GroupTaint] {
    taints.known().map(|set| set.0.as_slice()).unwrap_or_default()
}

fn taint(taint: &GroupTaint) -> eks::Taint {
    eks::Taint::builder()
        .set_key(text(&taint.key))
        .set_value(text(&taint.value))
        .set_effect(word(&taint.effect))
        .build()
}

/// The sizes. A wanted number that is left out is the one that there is, as far as the limits allow: EKS refuses a minimum above it.
fn scaling(sizes: &ScalingConfig, there: Option<i64>) -> eks::NodegroupScalingConfig {
    let least = sizes.min_size.known().copied().unwrap_or_default();
    let most = sizes.max_size.known().copied().unwrap_or(least).max(least);
    let wanted = sizes.desired_size.known().copied();
    let wanted = wanted.unwrap_or_else(|| there.unwrap_or(least).clamp(least, most));
    eks::NodegroupScalingConfig::builder()
        .set_min_size(number(&sizes.min_size))
        .set_max_size(number(&sizes.max_size))
        .set_desired_size(number(&wanted.into()))
        .build()
}

fn update_config(config: &UpdateConfig) -> eks::NodegroupUpdateConfig {
    eks::NodegroupUpdateConfig::builder()
        .set_max_unavailable(number(&config.max_unavailable))
        .set_max_unavailable_percentage(number(&config.max_unavailable_percentage))
        .set_update_strategy(word(&config.update_strategy))
        .build()
}

fn repair(config: &NodeRepairConfig) -> eks::NodeRepairConfig {
    let overrides = config.node_repair_config_overrides.known();
    eks::NodeRepairConfig::builder()
        .set_enabled(flag(&config.enabled))
        .set_max_unhealthy_node_threshold_count(number(&config.max_unhealthy_node_threshold_count))
        .set_max_unhealthy_node_threshold_percentage(number(&config.max_unhealthy_node_threshold_percentage))
        .set_max_parallel_nodes_repaired_count(number(&config.max_parallel_nodes_repaired_count))
        .set_max_parallel_nodes_repaired_percentage(number(&config.max_parallel_nodes_repaired_percentage))
        .set_node_repair_config_overrides(overrides.map(|list| list.iter().map(repair_override).collect()))
        .build()
}

fn repair_override(of: &NodeRepairOverride) -> eks::NodeRepairConfigOverrides {
    eks::NodeRepairConfigOverrides::builder()
        .set_node_monitoring_condition(text(&of.node_monitoring_condition))
        .set_node_unhealthy_reason(text(&of.node_unhealthy_reason))
        .set_min_repair_wait_time_mins(number(&of.min_repair_wait_time_mins))
        .set_repair_action(word(&of.repair_action))
        .build()
}

/// What turns the group as it is into the planned one by `UpdateNodegroupConfig`; `None` where it is that already.
pub(super) fn config_changes(
    planned: &NodeGroup,
    live: &eks::Nodegroup,
    group: &NodeGroupRef,
) -> Option<UpdateNodegroupConfigInputBuilder> {
    let (labels, taints) = (label_changes(planned, live), taint_changes(planned, live));
    let (sizes, update) = (size_changes(planned, live), update_changes(planned, live));
    let repair = repair_changes(planned, live);
    let any = labels.is_some() || taints.is_some() || sizes.is_some() || update.is_some() || repair.is_some();
    any.then(|| {
        UpdateNodegroupConfigInputBuilder::default()
            .cluster_name(&group.cluster)
            .nodegroup_name(&group.name)
            .set_labels(labels)
            .set_taints(taints)
            .set_scaling_config(sizes)
            .set_update_config(update)
            .set_node_repair_config(repair)
    })
}

fn label_changes(planned: &NodeGroup, live: &eks::Nodegroup) -> Option<eks::UpdateLabelsPayload> {
    let (wanted, none) = (labels(planned), HashMap::new());
    let there = live.labels().unwrap_or(&none);
    let set: HashMap<_, _> = wanted
        .iter()
        .filter(|(key, value)| there.get(*key) != Some(*value))
        .collect();
    let removed: Vec<_> = there
        .keys()
        .filter(|key| !wanted.contains_key(*key))
        .cloned()
        .collect();
    if set.is_empty() && removed.is_empty() {
        return None;
    }
    let owned =
        |pairs: HashMap<&String, &String>| pairs.into_iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let payload = eks::UpdateLabelsPayload::builder()
        .set_add_or_update_labels((!set.is_empty()).then(|| owned(set)))
        .set_remove_labels((!removed.is_empty()).then_some(removed));
    Some(payload.build())
}

fn taint_changes(planned: &NodeGroup, live: &eks::Nodegroup) -> Option<eks::UpdateTaintsPayload> {
    let wanted = all(&planned.taints_all);
    let there: Vec<GroupTaint> = live.taints().iter().map(observe::taint).collect();
    let place = |taint: &GroupTaint| (taint.key.clone(), taint.effect.clone());
    let set: Vec<_> = wanted
        .iter()
        .filter(|one| !there.contains(one))
        .map(taint)
        .collect();
    // One of the same key and effect is changed by the new value.
    let gone = |one: &&GroupTaint| !wanted.iter().any(|wanted| place(wanted) == place(one));
    let removed: Vec<_> = there.iter().filter(gone).map(taint).collect();
    if set.is_empty() && removed.is_empty() {
        return None;
    }
    let payload = eks::UpdateTaintsPayload::builder()
        .set_add_or_update_taints((!set.is_empty()).then_some(set))
        .set_remove_taints((!removed.is_empty()).then_some(removed));
    Some(payload.build())
}

fn size_changes(planned: &NodeGroup, live: &eks::Nodegroup) -> Option<eks::NodegroupScalingConfig> {
    let wanted = scaling(planned.scaling_config.known()?, observe::desired_size(live));
    (Some(&wanted) != live.scaling_config()).then_some(wanted)
}

fn update_changes(planned: &NodeGroup, live: &eks::Nodegroup) -> Option<eks::NodegroupUpdateConfig> {
    let usual = observe::usual_update();
    let wanted = planned.update_config.known().unwrap_or(&usual);
    let wanted = update_config(wanted);
    let strategy = |config: &eks::NodegroupUpdateConfig| {
        let default = eks::NodegroupUpdateStrategies::Default;
        config.update_strategy().cloned().unwrap_or(default)
    };
    let same = |there: &eks::NodegroupUpdateConfig| {
        wanted.max_unavailable() == there.max_unavailable()
            && wanted.max_unavailable_percentage() == there.max_unavailable_percentage()
            && strategy(&wanted) == strategy(there)
    };
    let there = live.update_config();
    let is_same = there.map_or(planned.update_config.is_null(), same);
    // A strategy that is left out is one that EKS would keep.
    let of_default = eks::NodegroupUpdateConfig::builder()
        .set_max_unavailable(wanted.max_unavailable())
        .set_max_unavailable_percentage(wanted.max_unavailable_percentage())
        .update_strategy(strategy(&wanted));
    (!is_same).then(|| of_default.build())
}

fn repair_changes(planned: &NodeGroup, live: &eks::Nodegroup) -> Option<eks::NodeRepairConfig> {
    let none = observe::no_repair();
    let wanted = planned.node_repair_config.known().unwrap_or(&none);
    let there = observe::repair(live).unwrap_or_else(observe::no_repair);
    (*wanted != there).then(|| repair(wanted))
}

/// What turns the group as it is into the planned one by `UpdateNodegroupVersion`, which replaces its nodes; `None` where it is that
/// already. EKS takes the cluster's version and the newest release where a request has none: so the version that is planned is always there, and the
/// release that is written.
pub(super) fn version_changes(
    config: &NodeGroup,
    planned: &NodeGroup,
    live: &eks::Nodegroup,
    group: &NodeGroupRef,
) -> Option<UpdateNodegroupVersionInputBuilder> {
    let custom = planned.has_custom_image() == Some(true);
    let of_eks = |wanted: &Attr<String>| text(wanted).filter(|_| !custom);
    let differs = |wanted: &Option<String>, there: Option<&str>| {
        wanted.as_deref().is_some_and(|wanted| Some(wanted) != there)
    };
    let (written, release) = (of_eks(&config.version), of_eks(&config.release_version));
    let template = template(planned)
        .filter(|_| planned.launch_template_version.known().copied() != observe::version(live));
    let any =
        differs(&written, live.version()) || differs(&release, live.release_version()) || template.is_some();
    let version = written.or_else(|| live.version().map(str::to_owned).filter(|_| !custom));
    any.then(|| {
        UpdateNodegroupVersionInputBuilder::default()
            .cluster_name(&group.cluster)
            .nodegroup_name(&group.name)
            .set_version(version)
            .set_release_version(release)
            .set_launch_template(template)
            .set_force(flag(&planned.force_update_version))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::node_group::template::TemplateRefModel;

    fn group() -> NodeGroupRef {
        NodeGroupRef {
            cluster: "prod".to_owned(),
            name: "mig-small".to_owned(),
        }
    }

    fn planned(version: i64) -> NodeGroup {
        NodeGroup {
            ami_type: "AL2023_x86_64_NVIDIA".into(),
            launch_template: TemplateRefModel {
                id: "lt-1".into(),
                ..TemplateRefModel::default()
            }
            .into(),
            launch_template_version: version.into(),
            ..NodeGroup::default()
        }
    }

    /// A group behind its cluster.
    fn live() -> eks::Nodegroup {
        let template = eks::LaunchTemplateSpecification::builder()
            .id("lt-1")
            .version("1")
            .build();
        eks::Nodegroup::builder()
            .version("1.34")
            .release_version("1.34.5-20260917")
            .launch_template(template)
            .update_config(eks::NodegroupUpdateConfig::builder().max_unavailable(1).build())
            .build()
    }

    fn changes(config: &NodeGroup, version: i64) -> Option<[Option<String>; 3]> {
        let changes = version_changes(config, &planned(version), &live(), &group())?;
        let template = changes
            .get_launch_template()
            .as_ref()
            .and_then(|of| of.version().map(str::to_owned));
        Some([
            changes.get_version().clone(),
            changes.get_release_version().clone(),
            template,
        ])
    }

    /// EKS takes the cluster's version and the newest release where a request names none.
    #[test]
    fn a_roll_keeps_the_version_and_the_release_that_is_written() {
        let some = |text: &str| Some(text.to_owned());
        let free = NodeGroup::default();
        assert_eq!(changes(&free, 1), None);
        assert_eq!(changes(&free, 2), Some([some("1.34"), None, some("2")]));
        let pinned = NodeGroup {
            release_version: "1.34.5-20260917".into(),
            ..NodeGroup::default()
        };
        assert_eq!(changes(&pinned, 1), None);
        assert_eq!(
            changes(&pinned, 2),
            Some([some("1.34"), some("1.34.5-20260917"), some("2")])
        );
        let newer = NodeGroup {
            release_version: "1.34.5-20261003".into(),
            ..NodeGroup::default()
        };
        assert_eq!(
            changes(&newer, 1),
            Some([some("1.34"), some("1.34.5-20261003"), None])
        );
    }

    #[test]
    fn an_image_of_ones_own_has_neither() {
        let own = NodeGroup {
            ami_type: "CUSTOM".into(),
            ..planned(2)
        };
        let changes = version_changes(&NodeGroup::default(), &own, &live(), &group()).unwrap();
        assert!(changes.get_version().is_none() && changes.get_release_version().is_none());
    }

    #[test]
    fn a_strategy_that_is_taken_back_is_sent() {
        let update = eks::NodegroupUpdateConfig::builder().max_unavailable(1);
        let minimal = update
            .clone()
            .update_strategy(eks::NodegroupUpdateStrategies::Minimal)
            .build();
        let live = eks::Nodegroup::builder().update_config(minimal).build();
        let changes = update_changes(&NodeGroup::default(), &live).unwrap();
        assert_eq!(
            changes.update_strategy(),
            Some(&eks::NodegroupUpdateStrategies::Default)
        );
        let usual = eks::Nodegroup::builder().update_config(update.build()).build();
        assert_eq!(update_changes(&NodeGroup::default(), &usual), None);
    }
}
