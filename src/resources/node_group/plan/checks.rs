//! What EKS refuses: [`mig::node_group`]'s rules for the group's attributes.

use mig::catalog::ImageFamily;
use mig::ec2::Given;
use mig::node_group::{
    self, EksTaint, GroupFacts, NodeRepair, RepairOverride, Scaling, TemplateFacts, refused_beside_template,
};
use mig::{Finding, Layout};
use tfplug::{Attr, Diagnostics, Path};

use crate::facts::Facts;
use crate::findings;
use crate::resources::aws::attributes::given::{each, plain, text};
use crate::resources::node_group::model::{
    GroupTaint, NodeGroup, NodeRepairConfig, NodeRepairOverride, UpdateConfig,
};
use crate::resources::node_group::template::TemplateRefModel;

pub(super) fn report(at: &Path, found: &[Finding], diags: &mut Diagnostics) {
    findings::report(found, at, diags);
}

pub(super) fn names(config: &NodeGroup, diags: &mut Diagnostics) {
    if !config.node_group_name.is_null() && !config.node_group_name_prefix.is_null() {
        let detail = "Give node_group_name, or node_group_name_prefix for a name that is made unique.";
        let summary = "Both node_group_name and node_group_name_prefix are given";
        diags.error_at(Path::attr("node_group_name_prefix"), summary, detail);
    }
}

/// The image's type, sizes, updates and repairs.
pub(super) fn settings(config: &NodeGroup, diags: &mut Diagnostics) {
    if let Some(Err(fault)) = config.ami_type.as_str().map(node_group::AmiType::parse) {
        report(&Path::root(), &[fault], diags);
    }
    if let Some(sizes) = config.scaling_config.known() {
        let found = node_group::check_scaling(&Scaling {
            min_size: plain(&sizes.min_size),
            max_size: plain(&sizes.max_size),
            desired_size: plain(&sizes.desired_size),
        });
        report(&Path::attr("scaling_config"), &found, diags);
    }
    if let Some(update) = config.update_config.known() {
        let found = node_group::check_update_config(&update_config(update));
        report(&Path::attr("update_config"), &found, diags);
    }
    at_once(config, diags);
    if let Some(repair) = config.node_repair_config.known() {
        let found = node_group::check_node_repair(&node_repair(repair));
        report(&Path::attr("node_repair_config"), &found, diags);
    }
}

/// EKS refuses to replace more nodes at once than the group can have.
fn at_once(config: &NodeGroup, diags: &mut Diagnostics) {
    let most = config
        .scaling_config
        .known()
        .and_then(|sizes| sizes.max_size.known());
    let at_once = config
        .update_config
        .known()
        .and_then(|update| update.max_unavailable.known());
    if let Some((at_once, most)) = at_once.zip(most).filter(|(at_once, most)| at_once > most) {
        let at = Path::attr("update_config").attribute("max_unavailable");
        let summary = format!("max_unavailable is {at_once}, above max_size, which is {most}");
        diags.error_at(
            at,
            summary,
            "EKS refuses it. Lower it, or give max_unavailable_percentage.",
        );
    }
}

/// How the planned group is updated.
pub(super) fn update_of(planned: &NodeGroup) -> node_group::UpdateConfig<'_> {
    planned
        .update_config
        .known()
        .map(update_config)
        .unwrap_or_default()
}

fn update_config(update: &UpdateConfig) -> node_group::UpdateConfig<'_> {
    node_group::UpdateConfig {
        max_unavailable: plain(&update.max_unavailable),
        max_unavailable_percentage: plain(&update.max_unavailable_percentage),
        update_strategy: text(&update.update_strategy),
    }
}

fn node_repair(repair: &NodeRepairConfig) -> NodeRepair<'_> {
    let overrides = repair.node_repair_config_overrides.known();
    NodeRepair {
        enabled: plain(&repair.enabled),
        max_unhealthy_node_threshold_count: plain(&repair.max_unhealthy_node_threshold_count),
        max_unhealthy_node_threshold_percentage: plain(&repair.max_unhealthy_node_threshold_percentage),
        max_parallel_nodes_repaired_count: plain(&repair.max_parallel_nodes_repaired_count),
        max_parallel_nodes_repaired_percentage: plain(&repair.max_parallel_nodes_repaired_percentage),
        node_repair_config_overrides: overrides.into_iter().flatten().map(repair_override).collect(),
    }
}

fn repair_override(of: &NodeRepairOverride) -> RepairOverride<'_> {
    RepairOverride {
        node_monitoring_condition: text(&of.node_monitoring_condition),
        node_unhealthy_reason: text(&of.node_unhealthy_reason),
        min_repair_wait_time_mins: plain(&of.min_repair_wait_time_mins),
        repair_action: text(&of.repair_action),
    }
}

/// The user's own labels and taints against the layout's and EKS' rules; what is unknown is not judged.
pub(super) fn own_labels_and_taints(config: &NodeGroup, layout: &Layout, diags: &mut Diagnostics) {
    if let Some(labels) = config.labels.known()
        && let Err(found) = node_group::labels(layout, labels)
    {
        report(&Path::attr("labels"), &found, diags);
    }
    if let Some(own) = own_taints(&config.taints)
        && let Err(found) = node_group::taints(layout, &own)
    {
        // Elements of a set have no place of their own in a configuration.
        findings::report_at(&found, |_| Path::attr("taints"), diags);
    }
}

/// The user's own taints, where all of them are known.
pub(super) fn own_taints(taints: &Attr<tfplug::SetOf<GroupTaint>>) -> Option<Vec<EksTaint>> {
    let own = taints.settled()?.map(|set| set.0.as_slice()).unwrap_or_default();
    own.iter().map(eks_taint).collect()
}

fn eks_taint(taint: &GroupTaint) -> Option<EksTaint> {
    Some(EksTaint {
        key: taint.key.settled()?.cloned().unwrap_or_default(),
        value: taint.value.settled()?.cloned(),
        effect: taint.effect.settled()?.cloned().unwrap_or_default(),
    })
}

/// The layout that is given here must be the template's.
pub(super) fn one_layout(config: &NodeGroup, diags: &mut Diagnostics) {
    let of_template = config
        .launch_template
        .known()
        .and_then(|template| template.layout.known());
    let specs = config.layout.known().zip(of_template);
    let specs = specs.and_then(|(own, other)| own.spec().zip(other.spec()));
    if specs.is_some_and(|(own, other)| own != other) {
        let detail = "It differs from launch_template.layout. Leave it out here: it follows from there, so that both are the same.";
        diags.error_at(Path::attr("layout"), "Two layouts are given", detail);
    }
}

/// What EKS refuses of the template, and of the group beside it.
pub(super) fn beside_template(config: &NodeGroup, layout: &Layout, facts: &Facts, diags: &mut Diagnostics) {
    let Some(template) = config.launch_template.known() else {
        return;
    };
    let default: Vec<String> = layout
        .nodes()
        .map(|node| node.instance_type().to_owned())
        .collect();
    let instance_types = match &config.instance_types {
        // They follow from the layout where neither names any.
        Attr::Null if template.instance_type.is_null() => Given::Known(default.as_slice()),
        own => each(own, Vec::as_slice),
    };
    let group = GroupFacts {
        ami_type: text(&config.ami_type),
        release_version: each(&config.release_version, |_| ()),
        version: each(&config.version, |_| ()),
        instance_types,
        capacity_type: text(&config.capacity_type),
        ..GroupFacts::default()
    };
    let found = refused_beside_template(layout, &template_facts(template), &group);
    report(&Path::root(), &found, diags);
    if let (Some(kind), Some(family), Some(image)) = (
        config.ami_type.as_str(),
        family(template),
        template.image_id.settled(),
    ) && let Ok(kind) = node_group::AmiType::parse(kind)
    {
        let found = kind.fits(layout, facts.catalog(), family, image.is_some());
        report(&Path::root(), &found.into_iter().collect::<Vec<_>>(), diags);
    }
}

fn template_facts(template: &TemplateRefModel) -> TemplateFacts<'_> {
    let subnet = template
        .network_interfaces
        .known()
        .into_iter()
        .flatten()
        .any(|one| !one.subnet_id.is_null());
    let hibernates = template
        .other_settings
        .known()
        .is_some_and(|all| all.keys().any(|key| key.starts_with("Hibernation")));
    let market = template.instance_market_options.known();
    let target = template.capacity_reservation_specification.known();
    TemplateFacts {
        subnet_id: if subnet { Given::Known(()) } else { Given::Absent },
        iam_instance_profile: each(&template.iam_instance_profile, |_| ()),
        hibernation_options: if hibernates {
            Given::Known(())
        } else {
            Given::Absent
        },
        instance_initiated_shutdown_behavior: text(&template.instance_initiated_shutdown_behavior),
        market_type: market.map_or(Given::Absent, |market| text(&market.market_type)),
        capacity_reservation_target: target
            .map_or(Given::Absent, |of| each(&of.capacity_reservation_target, |_| ())),
        image_id: each(&template.image_id, |_| ()),
        instance_type: text(&template.instance_type),
    }
}

/// The family of the template's image; Amazon Linux where it is not said.
pub(super) fn family(template: &TemplateRefModel) -> Option<ImageFamily> {
    Some(match template.is_bottlerocket()? {
        true => ImageFamily::Bottlerocket,
        false => ImageFamily::Al2023,
    })
}
