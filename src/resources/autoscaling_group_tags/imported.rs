//! What the tags that are being imported were made from, as they and the group's launch template say.

use std::collections::BTreeMap;

use mig::layout::{LAYOUT_LABEL, NODE_TEMPLATE_TAGS};
use tfplug::{Attr, Diagnostic, Diagnostics, Path, SetOf};

use super::model::{AutoscalingGroupTags, NodeTaint};
use super::plan;
use crate::facts::Facts;
use crate::models::LayoutModel;
use crate::resources::launch_template::LaunchTemplate;

/// The tags with the layout of the group's template, where they follow from it; or as they are, with a warning.
pub(super) fn recognised(
    seen: AutoscalingGroupTags,
    template: Option<&LaunchTemplate>,
    facts: &Facts,
) -> (AutoscalingGroupTags, Option<Diagnostic>) {
    match template.and_then(|template| from_template(&seen, template, facts)) {
        Some(found) => (found, None),
        None => (seen, Some(layout_unknown())),
    }
}

fn from_template(
    seen: &AutoscalingGroupTags,
    template: &LaunchTemplate,
    facts: &Facts,
) -> Option<AutoscalingGroupTags> {
    let tags = seen.tags.known()?;
    let id = tags.get(&format!("{NODE_TEMPLATE_TAGS}label/{LAYOUT_LABEL}"))?;
    let of_template = template.layout.known()?;
    let layout = of_template
        .resolve(facts, &Path::root(), &mut Diagnostics::new())
        .ok()?;
    let spec = match layout.id() == *id {
        true => of_template.clone(),
        false => LayoutModel::from_spec(layout.of_id(id, facts.catalog())?.spec()),
    };
    let bare = AutoscalingGroupTags {
        layout: spec.into(),
        ..seen.clone()
    };
    with_own(bare, facts)
}

/// With what the tags say beyond the layout; none where the whole does not give these tags.
fn with_own(bare: AutoscalingGroupTags, facts: &Facts) -> Option<AutoscalingGroupTags> {
    let found = bare.tags.known()?.clone();
    let mut own = found.clone();
    let implied = made(&bare, facts)?;
    own.retain(|key, value| implied.get(key) != Some(value));
    let below = |kind: &str| -> BTreeMap<String, String> {
        let prefix = format!("{NODE_TEMPLATE_TAGS}{kind}/");
        let part = own
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), value.clone())));
        part.collect()
    };
    let (labels, taints, mut resources) = (below("label"), below("taint"), below("resources"));
    let taints: Vec<_> = taints
        .iter()
        .filter_map(|(key, value)| taint(key, value))
        .collect();
    let whole = AutoscalingGroupTags {
        labels: (!labels.is_empty()).then_some(labels).into(),
        taints: (!taints.is_empty()).then_some(SetOf(taints)).into(),
        ephemeral_storage: resources.remove("ephemeral-storage").into(),
        ..bare
    };
    (made(&whole, facts)? == found).then_some(whole)
}

fn made(model: &AutoscalingGroupTags, facts: &Facts) -> Option<BTreeMap<String, String>> {
    let mut ignored = Diagnostics::new();
    let layout = model
        .layout
        .known()?
        .resolve(facts, &Path::root(), &mut ignored)
        .ok()?;
    plan::tags(model, &layout, facts, &mut ignored).ok()
}

fn taint(key: &str, text: &str) -> Option<NodeTaint> {
    let (value, effect) = text.rsplit_once(':')?;
    Some(NodeTaint {
        key: key.into(),
        value: if value.is_empty() {
            Attr::Null
        } else {
            value.into()
        },
        effect: effect.into(),
    })
}

fn layout_unknown() -> Diagnostic {
    let detail = "The user data of the group's launch template is not what this provider renders, or the tags are not what follows from \
                  its layout. Write the layout in the configuration: the plan shows which tags change.";
    Diagnostic::warning("The layout does not follow from the Auto Scaling group", detail)
        .at(Path::attr("layout"))
}
