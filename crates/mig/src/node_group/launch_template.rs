//! What EKS refuses of a launch template that a managed node group uses, and of the group beside it.

use super::{all, collector};
use crate::ec2::Given;
use crate::finding::{Advice, Collector, FieldPath, Finding, Remedy};
use crate::layout::Layout;

/// Instance types that a managed node group may list.
pub const MOST_INSTANCE_TYPES: usize = 20;

/// Where findings about the template stand: the group names it, and has no attribute for what is in it.
const TEMPLATE: &str = "launch_template";

/// How the nodes of a managed group are bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CapacityType {
    /// On demand.
    #[default]
    OnDemand,
    /// On the Spot market. The group says so, and its launch template does not.
    Spot,
    /// Of a Capacity Block for ML. The launch template says so too, names the block, and has the instance type.
    CapacityBlock,
}

impl CapacityType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OnDemand, Self::Spot, Self::CapacityBlock];

    /// EKS' word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "ON_DEMAND",
            Self::Spot => "SPOT",
            Self::CapacityBlock => "CAPACITY_BLOCK",
        }
    }

    /// The type of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.as_str() == word)
    }
}

/// What a launch template has. What is left out of this says that the template does not have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TemplateFacts<'a> {
    /// A subnet of a network interface.
    pub subnet_id: Given<()>,
    /// An instance profile.
    pub iam_instance_profile: Given<()>,
    /// Options of hibernation.
    pub hibernation_options: Given<()>,
    /// `stop` or `terminate`.
    pub instance_initiated_shutdown_behavior: Given<&'a str>,
    /// `spot` or `capacity-block`.
    pub market_type: Given<&'a str>,
    /// A capacity reservation by its ID or its group.
    pub capacity_reservation_target: Given<()>,
    /// An image.
    pub image_id: Given<()>,
    /// An instance type.
    pub instance_type: Given<&'a str>,
}

/// What a managed group says beside its launch template.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GroupFacts<'a> {
    /// Type of the image; `CUSTOM` says the same as none, for a request has none then.
    pub ami_type: Given<&'a str>,
    /// Release of EKS' image.
    pub release_version: Given<()>,
    /// Version of Kubernetes.
    pub version: Given<()>,
    /// Size of the root disk.
    pub disk_size: Given<()>,
    /// Keys and groups for SSH.
    pub remote_access: Given<()>,
    /// Instance types.
    pub instance_types: Given<&'a [String]>,
    /// One of [`CapacityType`].
    pub capacity_type: Given<&'a str>,
}

/// What EKS refuses, or what makes nodes without slices; paths begin at the group. Sources: `LaunchTemplateSpecification` and
/// `CreateNodegroup` of the EKS API; EKS user guide, "Customize managed nodes with launch templates" and "Create a managed
/// node group with Capacity Blocks".
pub fn refused_beside_template(
    layout: &Layout,
    template: &TemplateFacts<'_>,
    group: &GroupFacts<'_>,
) -> Vec<Finding> {
    let mut findings = collector();
    never(&mut findings, template);
    beside(&mut findings, group);
    image(&mut findings, template, group);
    instance_types(&mut findings, layout, template, group);
    market(&mut findings, template, group);
    if group.capacity_type.known() == Some(CapacityType::CapacityBlock.as_str()) {
        capacity_block(&mut findings, template);
    }
    all(findings)
}

/// What no template of a managed group has.
fn never(findings: &mut Collector, template: &TemplateFacts<'_>) {
    let subnet = "The group itself names its subnets. Take subnet_id off the network interfaces.";
    let profile = "EKS makes one of the group's node role. Take iam_instance_profile off the template.";
    let hibernation = "EKS ends nodes by itself. Take them off the template.";
    let settings = [
        (template.subnet_id, "a subnet", subnet),
        (template.iam_instance_profile, "an instance profile", profile),
        (template.hibernation_options, "hibernation options", hibernation),
    ];
    for (_, name, detail) in settings.into_iter().filter(|(setting, ..)| setting.is_known()) {
        let summary = format!("The launch template of a managed group cannot have {name}");
        findings.fault(TEMPLATE, summary, detail);
    }
    if let Some(behavior) = template.instance_initiated_shutdown_behavior.known() {
        shutdown(findings, behavior);
    }
}

/// The EKS API refuses `terminate`; the user guide wants the setting to be left out altogether.
fn shutdown(findings: &mut Collector, behavior: &str) {
    let way = "Take instance_initiated_shutdown_behavior off the template.";
    if behavior == "terminate" {
        let summary = "The launch template of a managed group cannot end nodes that shut down";
        findings.fault(TEMPLATE, summary, format!("EKS ends nodes by itself. {way}"));
    } else {
        let detail =
            format!("EKS asks for a template without it, and {behavior:?} is what EC2 does anyway. {way}");
        findings.warn(
            TEMPLATE,
            "EKS may refuse a launch template with a shutdown behavior",
            detail,
        );
    }
}

/// What a group with a template never says.
fn beside(findings: &mut Collector, group: &GroupFacts<'_>) {
    let settings = [
        (
            group.disk_size,
            "disk_size",
            "Give the size to the disks of the template: block_device_mappings.",
        ),
        (
            group.remote_access,
            "remote_access",
            "Give the template a key_name and security groups instead.",
        ),
    ];
    for (setting, name, way) in settings {
        if setting.is_known() {
            let detail = format!("EKS accepts it only where it makes the template by itself. {way}");
            findings.fault(name, format!("{name} beside a launch template"), detail);
        }
    }
}

/// An image of the user's own has no type and no release of EKS'.
fn image(findings: &mut Collector, template: &TemplateFacts<'_>, group: &GroupFacts<'_>) {
    if !template.image_id.is_known() {
        return;
    }
    let chosen = group.ami_type.known().filter(|word| *word != "CUSTOM");
    let settings = [
        ("ami_type", chosen.is_some()),
        ("release_version", group.release_version.is_known()),
        ("version", group.version.is_known()),
    ];
    for (name, _) in settings.into_iter().filter(|(_, given)| *given) {
        let reason = "The launch template names an image, and EKS asks for nothing about its own beside it.";
        let ways = [
            Remedy::Remove(name.to_owned()),
            Remedy::Words("take the image off the launch template".to_owned()),
        ];
        findings.fault(
            name,
            format!("{name} beside an image of one's own"),
            Advice::new(reason, ways),
        );
    }
}

fn instance_types(
    findings: &mut Collector,
    layout: &Layout,
    template: &TemplateFacts<'_>,
    group: &GroupFacts<'_>,
) {
    let types = group.instance_types.or(&[]);
    in_one_place(findings, layout, template.instance_type, types);
    let (place, types) = (FieldPath::of("instance_types"), types.unwrap_or_default());
    if types.len() > MOST_INSTANCE_TYPES {
        let detail = format!(
            "They are {}. EKS accepts up to {MOST_INSTANCE_TYPES}.",
            types.len()
        );
        findings.fault(&place, "There are too many instance types", detail);
    }
    for (index, name) in types.iter().enumerate() {
        of_layout(findings, layout, &place.index(index), name);
    }
    if let Some(name) = template.instance_type.known() {
        of_layout(findings, layout, &FieldPath::of(TEMPLATE), name);
    }
}

/// The template has one instance type, or the group has some.
fn in_one_place(findings: &mut Collector, layout: &Layout, one: Given<&str>, some: Option<&[String]>) {
    let Some(some) = some else {
        return;
    };
    if one.is_known() && !some.is_empty() {
        let detail =
            "EKS accepts instance types in the launch template or in the group. Leave out one of both.";
        findings.fault("instance_types", "Instance types in two places", detail);
    } else if one.is_absent() && some.is_empty() {
        let types: Vec<&str> = layout.nodes().map(|node| node.instance_type()).collect();
        let reason = "EKS would launch t3.medium, which has no GPU.";
        let advice = Advice::new(reason, [Remedy::write("instance_types", types)]);
        findings.fault("instance_types", "Which instance type?", advice);
    }
}

fn of_layout(findings: &mut Collector, layout: &Layout, place: &FieldPath, name: &str) {
    if layout.node(name).is_none() {
        let detail = "Its nodes would find no layout of theirs when they boot, and not join. Add it to the layout, or leave it \
                      out here.";
        findings.fault(place, format!("The layout does not name {name}"), detail);
    }
}

/// The market that a template names against that of its group.
fn market(findings: &mut Collector, template: &TemplateFacts<'_>, group: &GroupFacts<'_>) {
    let words = CapacityType::ALL.map(CapacityType::as_str);
    let (place, block) = (
        FieldPath::of("capacity_type"),
        CapacityType::CapacityBlock.as_str(),
    );
    findings.word(&place, group.capacity_type.known(), &words);
    let market = template.market_type.known();
    if market == Some("spot") {
        let reason = "EKS asks for Spot instances by itself. Take instance_market_options off the template.";
        let advice = Advice::new(
            reason,
            [Remedy::write("capacity_type", CapacityType::Spot.as_str())],
        );
        let summary = "The launch template of a managed group cannot ask for Spot instances";
        findings.fault(TEMPLATE, summary, advice);
    }
    let capacity = group.capacity_type.or(CapacityType::OnDemand.as_str());
    if market == Some("capacity-block") && capacity.is_some_and(|word| word != block) {
        let reason = "The launch template buys of a Capacity Block, and the group has to say so too.";
        let advice = Advice::new(reason, [Remedy::write("capacity_type", block)]);
        findings.fault(place, "The group says nothing of the Capacity Block", advice);
    }
}

/// What a group on a Capacity Block asks of its template.
fn capacity_block(findings: &mut Collector, template: &TemplateFacts<'_>) {
    let market = match template.market_type {
        Given::Known(word) => word != "capacity-block",
        Given::Absent => true,
        Given::Unknown => false,
    };
    let missing = [
        (
            market,
            "instance_market_options with the market type capacity-block",
        ),
        (
            template.capacity_reservation_target.is_absent(),
            "a capacity_reservation_target that names the block",
        ),
        (
            template.instance_type.is_absent(),
            "the instance_type of the block",
        ),
    ];
    for (_, name) in missing.into_iter().filter(|(missing, _)| *missing) {
        let detail =
            "EKS refuses the group without it. Add it to the template, or choose another capacity_type.";
        findings.fault(TEMPLATE, format!("The launch template lacks {name}"), detail);
    }
}

#[cfg(test)]
mod tests;
