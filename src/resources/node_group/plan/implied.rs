//! What of a group follows from its layout.

use std::collections::BTreeMap;

use mig::catalog::ImageFamily;
use mig::layout::{DEVICE_PLUGIN_LABEL, LAYOUT_LABEL, MPS_LABEL, NODE_TEMPLATE_TAGS, Taint};
use mig::node_group::{self, Accepted, AmiType, EksTaint, GroupTags, SelfManagedGroup};
use mig::{Finding, Layout};
use tfplug::{Attr, Diagnostic, Diagnostics, Path, Plan, SetOf};

use super::checks::{family, own_taints, report};
use crate::checked::{self, Checked, OrDeferred, Withheld};
use crate::facts::Facts;
use crate::models::kept;
use crate::resources::aws::surroundings::none_as_before;
use crate::resources::node_group::model::{GroupTaint, NodeGroup, Remembered};

type Pairs = BTreeMap<String, String>;

/// What follows from a layout, with what the group has of its own. Each part is deferred by itself: a group is replaced for other instance
/// types, and an unknown tag says nothing about those.
#[derive(Debug)]
pub(in super::super) struct Implied {
    /// What the group boots.
    pub(in super::super) machine: Checked<Machine>,
    pub(in super::super) labels: Checked<Pairs>,
    pub(in super::super) taints: Checked<Vec<GroupTaint>>,
    /// Tags of the node group, and of its Auto Scaling group.
    tags: Checked<(Pairs, Pairs)>,
}

/// What the nodes of a group are.
#[derive(Debug, Clone)]
pub(in super::super) struct Machine {
    instance_types: Attr<Vec<String>>,
    ami_type: String,
    pub(in super::super) slices: Attr<BTreeMap<String, i64>>,
}

/// What an imported group has by its layout alone.
pub(in super::super) fn implied(group: &NodeGroup, facts: &Facts) -> Option<Implied> {
    let mut ignored = Diagnostics::new();
    let bare = NodeGroup {
        labels: Attr::Null,
        taints: Attr::Null,
        tags: Attr::Null,
        scale_from_zero: true.into(),
        ..group.clone()
    };
    let layout = group.layout.known()?;
    let layout = layout.resolve(facts, &Path::root(), &mut ignored).ok()?;
    Some(follow(&bare, &layout, facts, &mut ignored))
}

/// What follows from the layout and the configuration.
pub(super) fn follow(config: &NodeGroup, layout: &Layout, facts: &Facts, diags: &mut Diagnostics) -> Implied {
    let family = config.launch_template.known().and_then(family);
    let own_taints = own_taints(&config.taints).or_deferred();
    let taints = own_taints.and_then(|own| taken(node_group::taints(layout, &own), "taints", diags));
    Implied {
        machine: machine(config, layout, facts, diags),
        labels: labels(config, layout, family, diags),
        tags: tags(config, layout, facts, (&taints, family), diags),
        taints: taints.map(|taints| taints.iter().map(group_taint).collect()),
    }
}

fn machine(config: &NodeGroup, layout: &Layout, facts: &Facts, diags: &mut Diagnostics) -> Checked<Machine> {
    let template = config.launch_template.known().or_deferred()?;
    let family = family(template).or_deferred()?;
    let in_template = template.instance_type.settled().or_deferred()?;
    let types = instance_types(config, layout)?;
    Ok(Machine {
        slices: slices(layout, &types),
        instance_types: match in_template {
            Some(_) => Attr::Null,
            None => types.into(),
        },
        ami_type: ami_type(config, layout, facts, family, diags)?,
    })
}

/// The instance types that the group launches: its own, the template's, or those of the layout as they are written, which is the order in which
/// Auto Scaling tries them.
fn instance_types(config: &NodeGroup, layout: &Layout) -> Checked<Vec<String>> {
    if let Some(own) = config.instance_types.settled().or_deferred()? {
        return Ok(own.clone());
    }
    let template = config.launch_template.known().or_deferred()?;
    Ok(match template.instance_type.settled().or_deferred()? {
        Some(one) => vec![one.clone()],
        None => layout.spec().instance_types.clone(),
    })
}

fn labels(
    config: &NodeGroup,
    layout: &Layout,
    family: Option<ImageFamily>,
    diags: &mut Diagnostics,
) -> Checked<Pairs> {
    let own = config
        .labels
        .settled()
        .or_deferred()?
        .cloned()
        .unwrap_or_default();
    let all = taken(node_group::labels(layout, &own), "labels", diags)?;
    Ok(of_group(all, family.or_deferred()?))
}

/// The tags of the node group and of its Auto Scaling group.
fn tags(
    config: &NodeGroup,
    layout: &Layout,
    facts: &Facts,
    (taints, family): (&Checked<Vec<EksTaint>>, Option<ImageFamily>),
    diags: &mut Diagnostics,
) -> Checked<(Pairs, Pairs)> {
    if config.scale_from_zero.settled().or_deferred()?.copied() == Some(false) {
        return Ok((Pairs::new(), Pairs::new()));
    }
    let own = config
        .tags
        .settled()
        .or_deferred()?
        .map(crate::models::Tags::set)
        .unwrap_or_default();
    let labels = config
        .labels
        .settled()
        .or_deferred()?
        .cloned()
        .unwrap_or_default();
    let group = GroupTags {
        instance_types: instance_types(config, layout)?,
        ephemeral_storage: None,
        tags: own,
    };
    let taints = taints.as_ref().map_err(|withheld| *withheld)?;
    autoscaler_tags(
        layout,
        facts,
        group,
        (&labels, taints, family.or_deferred()?),
        diags,
    )
}

/// What was accepted, with its warnings; or nothing, with its faults at that attribute.
fn taken<T>(
    found: Result<Accepted<T>, Vec<Finding>>,
    attribute: &str,
    diags: &mut Diagnostics,
) -> Checked<T> {
    let (value, found) = match found {
        Ok(accepted) => (Ok(accepted.value), accepted.warnings),
        Err(faults) => (Err(Withheld::Invalid), faults),
    };
    let at = if attribute.is_empty() {
        Path::root()
    } else {
        Path::attr(attribute)
    };
    match attribute {
        // Elements of a set have no place of their own in a configuration.
        "taints" => crate::findings::report_at(&found, |_| at.clone(), diags),
        _ => report(&at, &found, diags),
    }
    value
}

/// The type of image that follows, unless the user chose one.
fn ami_type(
    config: &NodeGroup,
    layout: &Layout,
    facts: &Facts,
    family: ImageFamily,
    diags: &mut Diagnostics,
) -> Checked<String> {
    if let Some(chosen) = config.ami_type.settled().or_deferred()? {
        return Ok(chosen.clone());
    }
    let template = config.launch_template.known().or_deferred()?;
    let custom = template.image_id.settled().or_deferred()?.is_some();
    match AmiType::of(layout, facts.catalog(), family, custom) {
        Ok(kind) => Ok(kind.as_str().to_owned()),
        Err(fault) => {
            report(&Path::root(), &[fault], diags);
            Err(Withheld::Invalid)
        }
    }
}

/// The labels that the group itself gives its nodes.
///
/// EKS changes a group's labels on the nodes that are there, too. Those that tell one layout from another would then be on nodes that are
/// still cut as before, while EKS replaces them: where user data can say them, as on Amazon Linux, only that says them. Bottlerocket has a
/// device plugin built in: by the label of ours another one would come to its nodes.
fn of_group(mut labels: Pairs, family: ImageFamily) -> Pairs {
    labels.remove(DEVICE_PLUGIN_LABEL);
    if family == ImageFamily::Al2023 {
        labels.remove(LAYOUT_LABEL);
        labels.remove(MPS_LABEL);
    }
    labels
}

/// The tags of the node group and of its Auto Scaling group, without those that the group has of its own.
fn autoscaler_tags(
    layout: &Layout,
    facts: &Facts,
    group: GroupTags,
    (own_labels, taints, family): (&Pairs, &[EksTaint], ImageFamily),
    diags: &mut Diagnostics,
) -> Checked<(Pairs, Pairs)> {
    let own = group.tags.clone();
    let without_own = |mut all: Pairs| {
        all.retain(|key, _| !own.contains_key(key));
        all
    };
    another_layout(&own, layout, diags)?;
    let found = node_group::node_group_tags(layout, facts.catalog(), &group);
    let mut tags = taken(found, "", diags)?;
    tags.insert(LAYOUT_LABEL.to_owned(), layout.id());
    // What is wrong with the tags was said of the node group.
    let of_group = SelfManagedGroup {
        group: GroupTags {
            tags: Pairs::new(),
            ..group
        },
        labels: own_labels.clone(),
        taints: one_of_each_key(taints),
        cluster: None,
    };
    let all = node_group::auto_scaling_group_tags(layout, facts.catalog(), &of_group);
    let mut group_tags = all.map(|accepted| accepted.value).map_err(|faults| {
        report(&Path::root(), &faults, diags);
        Withheld::Invalid
    })?;
    if family == ImageFamily::Bottlerocket {
        group_tags.remove(&format!("{NODE_TEMPLATE_TAGS}label/{DEVICE_PLUGIN_LABEL}"));
    }
    Ok((without_own(tags), group_tags))
}

/// Refuses a tag of the user's own that names another layout.
fn another_layout(own: &Pairs, layout: &Layout, diags: &mut Diagnostics) -> Checked<()> {
    match own.get(LAYOUT_LABEL) {
        Some(other) if *other != layout.id() => {
            let detail = format!(
                "It names the layout of the group, which is {}, and `mig drift` finds it by that. Leave the tag out.",
                layout.id()
            );
            let at = Path::attr("tags").key(LAYOUT_LABEL);
            diags.error_at(at, format!("The tag {LAYOUT_LABEL} cannot be {other:?}"), detail);
            Err(Withheld::Invalid)
        }
        _ => Ok(()),
    }
}

/// The taints as nodes have them, of each key one, since a tag has one value: the one that keeps pods off by itself.
fn one_of_each_key(taints: &[EksTaint]) -> Vec<Taint> {
    let mut all: Vec<Taint> = taints.iter().filter_map(EksTaint::on_node).collect();
    all.sort_by_key(|taint| (taint.key.clone(), taint.effect != "NoSchedule"));
    all.dedup_by(|later, first| later.key == first.key);
    all
}

/// What pods can request of each node, where all instance types have the same.
fn slices(layout: &Layout, types: &[String]) -> Attr<BTreeMap<String, i64>> {
    let mut offers = types.iter().filter_map(|name| layout.resources(name));
    let Some(first) = offers.next() else {
        return Attr::Null;
    };
    if offers.any(|other| other != first) {
        return Attr::Null;
    }
    let count = |(name, count): (String, u64)| (name, i64::try_from(count).unwrap_or(i64::MAX));
    first.into_iter().map(count).collect::<BTreeMap<_, _>>().into()
}

fn group_taint(taint: &EksTaint) -> GroupTaint {
    GroupTaint {
        key: taint.key.clone().into(),
        value: taint.value.clone().into(),
        effect: taint.effect.clone().into(),
    }
}

/// Puts into the plan what follows from the layout, each part as far as it is known.
///
/// # Errors
/// What is invalid, of `findings`.
pub(super) fn set(
    plan: &mut Plan<NodeGroup, Remembered>,
    implied: Checked<Implied>,
    findings: &mut Diagnostics,
) -> Result<(), Diagnostics> {
    let parts = implied.unwrap_or_else(|withheld| Implied {
        machine: Err(withheld),
        labels: Err(withheld),
        taints: Err(withheld),
        tags: Err(withheld),
    });
    let machine = checked::planned(parts.machine, findings)?;
    let labels = checked::planned(parts.labels, findings)?;
    let taints = checked::planned(parts.taints, findings)?;
    let tags = checked::planned(parts.tags, findings)?;
    let (config, planned) = (&plan.config, &mut plan.planned);
    let prior = plan.prior.as_ref();
    if config.instance_types.is_null() {
        // Neither slices nor an image say anything about them.
        let written = checked::planned(written_types(config), findings)?;
        let follows = match &machine {
            Attr::Known(of) => of.instance_types.clone(),
            _ => written.known().cloned().unwrap_or(Attr::Unknown),
        };
        let deferred = follows.is_unknown();
        planned.instance_types = kept(follows, prior.map(|prior| &prior.instance_types));
        if deferred && !planned.instance_types.is_unknown() {
            findings.push(types_kept());
        }
    }
    if config.ami_type.is_null() {
        let follows = machine.as_ref().map(|of| of.ami_type.clone());
        planned.ami_type = kept(follows, prior.map(|prior| &prior.ami_type));
    }
    planned.slices_per_node = flat(&machine, |of| of.slices.clone());
    planned.labels_all = labels;
    planned.taints_all = taints.map(SetOf);
    set_tags(plan, &tags);
    Ok(())
}

/// The instance types that the group names, as far as they follow without a layout that is known in whole; null where the template names
/// one.
fn written_types(config: &NodeGroup) -> Checked<Attr<Vec<String>>> {
    let template = config.launch_template.known().or_deferred()?;
    if template.instance_type.settled().or_deferred()?.is_some() {
        return Ok(Attr::Null);
    }
    let layout = super::followed_layout(config);
    Ok(layout.known().or_deferred()?.instance_types.clone())
}

fn types_kept() -> Diagnostic {
    let detail = "What they follow from is known only after apply, and so the group keeps those that it has. If they turn out to be \
                  others, the command fails without a change of the group, and replaces it when it is run again.";
    Diagnostic::warning("The group's instance types are not known yet", detail)
        .at(Path::attr("instance_types"))
}

fn set_tags(plan: &mut Plan<NodeGroup, Remembered>, tags: &Attr<(Pairs, Pairs)>) {
    let (of_group, of_auto_scaling) = (
        tags.as_ref().map(|all| all.0.clone()),
        tags.as_ref().map(|all| all.1.clone()),
    );
    let before = plan.prior.as_ref().map(|prior| &prior.autoscaler_tags);
    plan.planned.autoscaler_tags = none_as_before(of_group, before);
    // A new group may be there before its Auto Scaling group can be tagged: what could not be done then is the next plan's.
    plan.private.autoscaling_group_tags = of_auto_scaling.known().cloned().unwrap_or_default();
    plan.planned.autoscaling_group_tags = match &plan.prior {
        Some(prior) => none_as_before(of_auto_scaling, Some(&prior.autoscaling_group_tags)),
        None => Attr::Unknown,
    };
}

fn flat<S, T>(part: &Attr<S>, of: impl FnOnce(&S) -> Attr<T>) -> Attr<T> {
    part.known().map_or(Attr::Unknown, of)
}
