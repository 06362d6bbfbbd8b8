//! What an apply would do, from values alone.

mod checks;
mod implied;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use mig::Layout;
use mig::node_group::{Change, Roll, layout_change, rolls};
use tfplug::schema::Schema;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path, Plan, diff};

use super::model::{NodeGroup, Remembered};
use super::template::TemplateRefModel;
use crate::checked::{self, Checked, OrDeferred, Withheld};
use crate::facts::Facts;
use crate::findings;
use crate::resources::aws::names::has_another_prefix;
use crate::resources::aws::surroundings::Surroundings;
use crate::resources::aws::tags;

pub(super) use implied::implied;

/// Checks what the attributes' own rules cannot; what the template says is judged at plan.
pub(super) fn validate(config: &NodeGroup, facts: &Facts, diags: &mut Diagnostics) {
    checks::names(config, diags);
    checks::settings(config, diags);
    if let Some(layout) = config.layout.known() {
        let layout = layout.resolve(facts, &Path::attr("layout"), diags);
        if let Ok(layout) = layout {
            checks::own_labels_and_taints(config, &layout, diags);
        }
    }
}

/// Gives what is known already: what follows from the layout, the version of the template, the tags.
///
/// # Errors
/// When the layout is invalid, or EKS would refuse the group.
pub(super) fn refine(
    plan: &mut Plan<NodeGroup, Remembered>,
    facts: &Facts,
    surroundings: &Surroundings,
) -> Result<Vec<Diagnostic>, Diagnostics> {
    let mut findings = Diagnostics::new();
    template_version(plan, &mut findings);
    plan.planned.layout = followed_layout(&plan.config);
    let layout = layout(&plan.config, facts, &mut findings);
    let implied = layout.as_ref().map_err(|withheld| *withheld).map(|layout| {
        checks::beside_template(&plan.config, layout, facts, &mut findings);
        implied::follow(&plan.config, layout, facts, &mut findings)
    });
    implied::set(plan, implied, &mut findings)?;
    let layout = checked::planned(layout, &mut findings)?;
    names(plan);
    in_region(plan, surroundings)?;
    all_tags(plan, surroundings)?;
    release(plan);
    under_way(plan);
    let mut warnings: Vec<_> = findings.into_iter().collect();
    if let Attr::Known(layout) = &layout {
        warnings.extend(surprises(plan, layout, facts));
    }
    warnings.extend(rolled(plan));
    warnings.extend(scaled_down(plan));
    Ok(warnings)
}

/// A prefix that the name does not have is one for another group.
fn names(plan: &mut Plan<NodeGroup, Remembered>) {
    let name = plan.prior.as_ref().map(|prior| &prior.node_group_name);
    if has_another_prefix(name, &plan.config.node_group_name_prefix) {
        plan.require_replace(Path::attr("node_group_name_prefix"));
    }
}

/// The layout that is given here, or the template's.
fn followed_layout(config: &NodeGroup) -> Attr<crate::models::LayoutModel> {
    match (&config.layout, &config.launch_template) {
        (Attr::Null, Attr::Known(template)) => template.layout.clone(),
        (Attr::Null, Attr::Unknown) => Attr::Unknown,
        (own, _) => own.clone(),
    }
}

fn layout(config: &NodeGroup, facts: &Facts, diags: &mut Diagnostics) -> Checked<Layout> {
    let of_template = Path::attr("launch_template").attribute("layout");
    let at = if config.layout.is_null() {
        of_template
    } else {
        Path::attr("layout")
    };
    let followed = followed_layout(config);
    if followed.is_null() {
        let detail = "Give launch_template = mig_launch_template.NAME, which has it, or layout beside the template's parts.";
        diags.error_at(at, "The layout is not known", detail);
        return Err(Withheld::Invalid);
    }
    checks::one_layout(config, diags);
    followed.known().or_deferred()?.resolve(facts, &at, diags)
}

/// The version of the template that the group is to have.
fn template_version(plan: &mut Plan<NodeGroup, Remembered>, diags: &mut Diagnostics) {
    plan.planned.launch_template_version = match plan.config.launch_template.known() {
        Some(template) => template.wanted_version(),
        None => Attr::Unknown,
    };
    if plan.planned.launch_template_version.is_null() {
        let detail = "Give launch_template = mig_launch_template.NAME, which has it, or version beside the id. A group that followed the \
                      template's default version would not be rolled by EKS when that changes.";
        let at = Path::attr("launch_template").attribute("version");
        diags.error_at(at, "The version of the launch template is not known", detail);
    }
}

/// A new group that names no region is in its template's.
fn in_region(plan: &mut Plan<NodeGroup, Remembered>, surroundings: &Surroundings) -> Result<(), Diagnostics> {
    let of_template = match &plan.config.launch_template {
        Attr::Known(TemplateRefModel { region, .. }) => region.clone(),
        _ => Attr::Unknown,
    };
    if let (Attr::Known(own), Attr::Known(other)) = (&plan.config.region, &of_template)
        && own != other
    {
        let detail = format!(
            "The launch template is in {other}, and a group boots templates of its own region. Leave it out here."
        );
        return Err(Diagnostic::error("Two regions are named", detail)
            .at(Path::attr("region"))
            .into());
    }
    let is_new = plan.prior.is_none();
    match of_template {
        Attr::Null => surroundings.set_region(&mut plan.planned.region, &plan.config.region, is_new),
        of_template if plan.config.region.is_null() && is_new => plan.planned.region = of_template,
        _ => {}
    }
    Ok(())
}

fn all_tags(plan: &mut Plan<NodeGroup, Remembered>, surroundings: &Surroundings) -> Result<(), Diagnostics> {
    let planned = &mut plan.planned;
    let before = plan.prior.as_ref().map(|prior| &prior.tags_all);
    planned.tags_all = surroundings.planned_tags(&planned.tags, before);
    let mut together = planned.tags_all.clone();
    if let (Attr::Known(all), Attr::Known(more)) = (&mut together, &planned.autoscaler_tags) {
        all.extend(more.clone());
    }
    tags::too_many(&together).map_or(Ok(()), |fault| Err(fault.into()))
}

/// EKS takes the newest release whenever it rolls nodes of a group that names none.
fn release(plan: &mut Plan<NodeGroup, Remembered>) {
    let Some(prior) = &plan.prior else { return };
    if !plan.config.release_version.is_null() {
        return;
    }
    plan.planned.release_version = match changes(prior, &plan.planned).is_empty() {
        true => prior.release_version.clone(),
        false => Attr::Unknown,
    };
}

/// What the nodes are replaced for.
fn changes(prior: &NodeGroup, planned: &NodeGroup) -> Vec<Change> {
    let mut changes = Vec::new();
    if planned.version != prior.version {
        changes.push(Change::KubernetesVersion);
    }
    if planned.release_version.known().is_some() && planned.release_version != prior.release_version {
        changes.push(Change::Release);
    }
    if planned.launch_template_version != prior.launch_template_version {
        changes.push(Change::TemplateVersion);
    }
    changes
}

/// A group that was left while EKS made it is waited for; one that EKS could not make is made anew.
fn under_way(plan: &mut Plan<NodeGroup, Remembered>) {
    let Some(prior) = &plan.prior else { return };
    let failed = prior.status.as_str() == Some("CREATE_FAILED");
    if failed || prior.status.as_str() == Some("CREATING") {
        plan.planned.status = Attr::Unknown;
        plan.planned.health_issues = Attr::Unknown;
        plan.planned.autoscaling_group_names = Attr::Unknown;
    }
    if failed {
        plan.require_replace(Path::attr("status"));
    }
}

/// Whether the group is replaced. [`Plan::replaces`] was told before what follows from the layout was known.
fn is_replaced(plan: &Plan<NodeGroup, Remembered>, prior: &NodeGroup) -> bool {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| NodeGroup::schema(0));
    let changes = diff::between(&SCHEMA, &prior.to_value(), &plan.planned.to_value());
    let failed = prior.status.as_str() == Some("CREATE_FAILED");
    let renamed = has_another_prefix(Some(&prior.node_group_name), &plan.config.node_group_name_prefix);
    failed || renamed || changes.iter().any(|change| change.replaces)
}

/// What may surprise about a change of the layout.
fn surprises(plan: &Plan<NodeGroup, Remembered>, layout: &Layout, facts: &Facts) -> Vec<Diagnostic> {
    let is_changed = |prior: &&NodeGroup| prior.layout != plan.planned.layout && !is_replaced(plan, prior);
    let Some(prior) = plan.prior.as_ref().filter(is_changed) else {
        return Vec::new();
    };
    let was = prior
        .layout
        .known()
        .and_then(|was| was.resolve(facts, &Path::root(), &mut Diagnostics::new()).ok());
    let Some(was) = was.filter(|was| was.id() != layout.id()) else {
        return Vec::new();
    };
    let scales = plan.planned.scale_from_zero.known() == Some(&true);
    let kept = scales.then(|| layout_change(&was, layout)).flatten();
    let kept = kept.map(|found| findings::diagnostic(&found, |_| Path::attr("layout")));
    let same_version = plan.planned.launch_template_version == prior.launch_template_version;
    kept.into_iter().chain(same_version.then(not_cut)).collect()
}

/// Another layout is declared, and the nodes boot what they booted before.
fn not_cut() -> Diagnostic {
    let detail = "The version of the launch template stays, and its user data says how GPUs are cut. If it cuts them for another layout than the one \
                  that is declared now, the autoscaler launches nodes without the slices that pods wait for, again and again. Let launch_template be the \
                  whole mig_launch_template, or name the version that was made for this layout.";
    Diagnostic::warning("The layout changes, and the launch template does not", detail)
        .at(Path::attr("layout"))
}

/// How many nodes the update rolls, and how.
fn rolled(plan: &Plan<NodeGroup, Remembered>) -> Option<Diagnostic> {
    let prior = plan.prior.as_ref()?;
    let changes = changes(prior, &plan.planned);
    if changes.is_empty() || is_replaced(plan, prior) {
        return None;
    }
    let text = rolls(&Roll {
        nodes: plan.private.desired_size,
        changes: &changes,
        update: checks::update_of(&plan.planned),
        forced: plan.planned.force_update_version.known() == Some(&true),
        capacity_block: plan.planned.capacity_type.as_str() == Some("CAPACITY_BLOCK"),
    })?;
    let newest = plan.planned.release_version.is_unknown() && plan.planned.has_custom_image() == Some(false);
    let release = match newest {
        true => {
            " They boot EKS' newest release of the image. To stay on the current one, set release_version."
        }
        false => "",
    };
    Some(Diagnostic::warning(
        "The update replaces the nodes of the group",
        text + release,
    ))
}

/// Nodes that go because of a size that is written here: the autoscaler may have launched more since.
fn scaled_down(plan: &Plan<NodeGroup, Remembered>) -> Option<Diagnostic> {
    let sizes = plan.planned.scaling_config.known()?;
    let there = plan.private.desired_size?;
    let written = [
        ("desired_size", &sizes.desired_size),
        ("max_size", &sizes.max_size),
    ];
    let (name, wanted) = written
        .into_iter()
        .find_map(|(name, size)| Some((name, *size.known()?)))?;
    let wanted = sizes.max_size.known().map_or(wanted, |most| wanted.min(*most));
    if wanted >= there || plan.prior.is_none() {
        return None;
    }
    let detail = format!(
        "The group has {there} nodes now. EKS ends {} of them, whatever runs there.",
        there - wanted
    );
    let at = Path::attr("scaling_config").attribute(name);
    Some(Diagnostic::warning(format!("The group is scaled down to {wanted}"), detail).at(at))
}
