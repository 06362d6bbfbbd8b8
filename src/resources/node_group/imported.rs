//! What a group that is being imported was made from, as its template's user data and its labels say.

use mig::layout::LAYOUT_LABEL;
use tfplug::{Attr, Diagnostic, Diagnostics, Path, SetOf};

use super::model::NodeGroup;
use super::plan;
use super::template::TemplateRefModel;
use crate::facts::Facts;
use crate::models::LayoutModel;
use crate::resources::launch_template::LaunchTemplate;

/// The group with the layout of its template, where the group is what follows from it; or as it is, with a warning. `template` is the
/// version that the group has.
pub(super) fn recognised(
    seen: NodeGroup,
    template: Option<&LaunchTemplate>,
    facts: &Facts,
) -> (NodeGroup, Option<Diagnostic>) {
    let found = template.and_then(|template| from_template(&seen, template, facts));
    match found {
        Some(group) => (group, None),
        None => (seen, Some(layout_unknown())),
    }
}

fn from_template(seen: &NodeGroup, template: &LaunchTemplate, facts: &Facts) -> Option<NodeGroup> {
    let layout = of_tag(template.layout.known()?, seen, facts)?;
    let reference = seen.launch_template.known()?;
    let family = template.ami_family.as_str().filter(|family| *family != "AL2023");
    let group = NodeGroup {
        launch_template: TemplateRefModel {
            ami_family: family.map(str::to_owned).into(),
            image_id: template.image_id.clone(),
            instance_type: template.instance_type.clone(),
            ..reference.clone()
        }
        .into(),
        layout: layout.into(),
        ..seen.clone()
    };
    without_the_layouts(group, facts)
}

/// The template's layout, with the strategy and sharing that the group's tag or label names where it has one: settings of Bottlerocket do
/// not say them.
fn of_tag(of_template: &LayoutModel, seen: &NodeGroup, facts: &Facts) -> Option<LayoutModel> {
    let said = [&seen.autoscaler_tags, &seen.labels_all]
        .into_iter()
        .find_map(|all| all.known()?.get(LAYOUT_LABEL));
    let Some(id) = said else {
        return Some(of_template.clone());
    };
    let layout = of_template
        .resolve(facts, &Path::root(), &mut Diagnostics::new())
        .ok()?;
    if layout.id() == *id {
        return Some(of_template.clone());
    }
    Some(LayoutModel::from_spec(layout.of_id(id, facts.catalog())?.spec()))
}

/// Labels, taints and tags that follow from the layout are not the group's own.
fn without_the_layouts(group: NodeGroup, facts: &Facts) -> Option<NodeGroup> {
    let implied = plan::implied(&group, facts)?;
    let mut labels = group.labels_all.known().cloned().unwrap_or_default();
    let ours = implied.labels.ok()?;
    labels.retain(|key, value| ours.get(key) != Some(value));
    let mut taints = group.taints_all.known().cloned().unwrap_or_default().0;
    let ours = implied.taints.ok()?;
    taints.retain(|taint| !ours.contains(taint));
    let zero = group.autoscaler_tags.known().is_some_and(|tags| !tags.is_empty());
    Some(NodeGroup {
        labels: (!labels.is_empty()).then_some(labels).into(),
        taints: (!taints.is_empty()).then_some(SetOf(taints)).into(),
        scale_from_zero: Attr::Known(zero),
        slices_per_node: implied.machine.ok()?.slices,
        force_update_version: Attr::Known(false),
        ..group
    })
}

fn layout_unknown() -> Diagnostic {
    let detail = "The user data of its launch template is not what this provider renders, or the group has the tag or label \
                  mig.eks/layout of another layout. Write the layout in the configuration, by launch_template = mig_launch_template.NAME: the \
                  plan shows what changes, and whether nodes roll.";
    Diagnostic::warning("The layout of the node group does not follow from AWS", detail)
        .at(Path::attr("layout"))
}
