//! The calls to Auto Scaling.

#[cfg(test)]
mod life;

use std::collections::BTreeMap;

use mig::layout::NODE_TEMPLATE_TAGS;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path, Slot};

use super::imported;
use super::model::AutoscalingGroupTags;
use crate::aws::{AutoScalingGroup, AwsError};
use crate::connections::Connections;
use crate::facts::Facts;
use crate::resources::aws::apply::{as_last_seen, connect, failure, interrupted, stored_id};
use crate::resources::aws::tags::TagChanges;
use crate::resources::launch_template;

const NOUN: &str = "Auto Scaling group";
type Pairs = BTreeMap<String, String>;

/// Sets the tags that differ from `before`, and removes those that are no longer wanted; tags of others stay. What is there is noted after
/// each step.
pub(super) async fn apply(
    cx: &Context<Connections>,
    before: &Attr<Pairs>,
    planned: AutoscalingGroupTags,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let regional = connect(cx, &planned.region).await?;
    let name = stored_id(&planned.autoscaling_group_name, NOUN)?.to_owned();
    let (api, changes) = (
        regional.auto_scaling(),
        TagChanges::between(before, &planned.tags),
    );
    let state = AutoscalingGroupTags {
        region: regional.region().to_owned().into(),
        id: name.clone().into(),
        ..planned
    };
    if !changes.set.is_empty() {
        let set = api.set_tags(&name, &changes.set).await;
        set.map_err(|error| refused(&error))?;
        let mut there = before.known().cloned().unwrap_or_default();
        there.extend(changes.set);
        slot.exists(&AutoscalingGroupTags {
            tags: there.into(),
            ..state.clone()
        });
    }
    if !changes.removed.is_empty() {
        let deleted = api.delete_tags(&name, &changes.removed).await;
        deleted.map_err(|error| refused(&error))?;
    }
    slot.exists(&state);
    Ok(())
}

fn refused(error: &AwsError) -> Diagnostics {
    let diagnostic = failure("The tags of the Auto Scaling group cannot be changed", error);
    match error.is_not_found() {
        true => diagnostic.at(Path::attr("autoscaling_group_name")).into(),
        false => diagnostic.into(),
    }
}

/// Looks the tags up; `None` if Auto Scaling says that there is no such group, or none of the tags.
pub(super) async fn read(
    cx: &Context<Connections>,
    stored: AutoscalingGroupTags,
    facts: &Facts,
) -> Result<Option<AutoscalingGroupTags>, Diagnostics> {
    if !cx.provider()?.aws_is_known() {
        let was_seen = !stored.tags.is_null();
        return as_last_seen(cx, NOUN, stored, was_seen);
    }
    let regional = connect(cx, &stored.region).await?;
    let name = stored_id(&stored.autoscaling_group_name, NOUN)?.to_owned();
    let api = regional.auto_scaling();
    let looked = tokio::select! {
        looked = api.describe_group(&name) => looked,
        // A look changes nothing, so nothing is lost when it is given up.
        () = cx.cancel().cancelled() => return Err(interrupted(&name).into()),
    };
    let found = match looked {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(failure("The Auto Scaling group cannot be read", &error).into()),
    };
    let tags = owned(&stored.tags, &found.tags);
    if tags.is_empty() {
        // They are the object, and there is none of them.
        return Ok(None);
    }
    let seen = AutoscalingGroupTags {
        tags: tags.into(),
        region: regional.region().to_owned().into(),
        id: name.into(),
        ..stored
    };
    if !seen.layout.is_null() {
        return Ok(Some(seen));
    }
    let template = match &found.template {
        Some((id, version)) => launch_template::of_version(cx, &regional, id, version, facts).await,
        None => Ok(None),
    };
    let template = template.map_err(|error| failure("The launch template cannot be read", &error))?;
    let (seen, warning) = imported::recognised(seen, template.as_ref(), facts);
    warning.into_iter().for_each(|warning| cx.warn(warning));
    Ok(Some(seen))
}

/// Those of ours among the group's: the ones that the state has; for tags that were just imported all that describe its nodes.
fn owned(ours: &Attr<Pairs>, found: &Pairs) -> Pairs {
    let mut all = found.clone();
    match ours.known() {
        Some(ours) => all.retain(|key, _| ours.contains_key(key)),
        None => all.retain(|key, _| describes_nodes(key)),
    }
    all
}

fn describes_nodes(key: &str) -> bool {
    let kind = key.strip_prefix(NODE_TEMPLATE_TAGS);
    kind.is_some_and(|kind| {
        ["resources/", "label/", "taint/"]
            .iter()
            .any(|start| kind.starts_with(start))
    })
}

/// Removes the tags from the group.
pub(super) async fn delete(
    cx: &Context<Connections>,
    state: AutoscalingGroupTags,
) -> Result<(), Diagnostics> {
    let regional = connect(cx, &state.region).await?;
    let name = stored_id(&state.autoscaling_group_name, NOUN)?;
    let keys: Vec<_> = state
        .tags
        .known()
        .into_iter()
        .flat_map(BTreeMap::keys)
        .cloned()
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    match regional.auto_scaling().delete_tags(name, &keys).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(failure("The tags of the Auto Scaling group cannot be removed", &error).into()),
    }
}

/// Warns where another value of a tag is there already: it is replaced.
pub(super) async fn warn_of_others(cx: &Context<Connections>, planned: &AutoscalingGroupTags) {
    let Ok(regional) = connect(cx, &planned.region).await else {
        return;
    };
    let Some(name) = planned.autoscaling_group_name.as_str() else {
        return;
    };
    // A failure comes back with the call that follows.
    let Ok(AutoScalingGroup { tags, .. }) = regional.auto_scaling().describe_group(name).await else {
        return;
    };
    let wanted = planned.tags.known().cloned().unwrap_or_default();
    let differs = |(key, value): (&String, &String)| {
        let there = tags.get(key).filter(|there| *there != value)?;
        Some(format!("\n  - {key} was {there:?} and is now {value:?}"))
    };
    let lines: Vec<String> = wanted.iter().filter_map(differs).collect();
    if !lines.is_empty() {
        let detail = format!("Someone else set them on {name}:{}", lines.concat());
        cx.warn(Diagnostic::warning(
            "Tags of the Auto Scaling group were replaced",
            detail,
        ));
    }
}
