//! The tags of a group's Auto Scaling group, each of which is ours or another's.

use std::collections::BTreeMap;

use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path};

use super::failure;
use crate::aws::{AutoScaling, AwsError, AwsErrorKind, Regional};
use crate::connections::Connections;
use crate::resources::aws::tags::TagChanges;
use crate::resources::node_group::model::NodeGroup;

type Pairs = BTreeMap<String, String>;

/// What the Cluster Autoscaler takes for a node that does not exist yet begins so.
const NODE_TEMPLATE: [&str; 3] = [
    "k8s.io/cluster-autoscaler/node-template/resources/",
    "k8s.io/cluster-autoscaler/node-template/label/",
    "k8s.io/cluster-autoscaler/node-template/taint/",
];

/// A look at the Auto Scaling groups of a node group.
pub(super) struct Look {
    names: Vec<String>,
    found: Result<Pairs, AwsError>,
}

impl Look {
    /// Whether it was at the groups that the node group has.
    pub(super) fn is_of(&self, seen: &NodeGroup) -> bool {
        seen.autoscaling_group_names.known() == Some(&self.names)
    }
}

/// Looks at the Auto Scaling groups, where the node group has tags of ours there.
pub(super) async fn look(regional: &Regional, group: &NodeGroup) -> Option<Look> {
    let names = group.autoscaling_group_names.known().cloned().unwrap_or_default();
    if names.is_empty()
        || group
            .autoscaling_group_tags
            .known()
            .is_some_and(BTreeMap::is_empty)
    {
        return None;
    }
    let found = found(regional.auto_scaling().as_ref(), &names).await;
    Some(Look { names, found })
}

/// The group with the tags of ours that were seen. Where they may not be read, they are taken to be as they were.
pub(super) fn noted(
    cx: &Context<Connections>,
    seen: NodeGroup,
    look: Option<Look>,
) -> Result<NodeGroup, Diagnostics> {
    let Some(look) = look else {
        return Ok(seen);
    };
    match look.found {
        Ok(all) => Ok(NodeGroup {
            autoscaling_group_tags: owned(all, &seen.autoscaling_group_tags).into(),
            ..seen
        }),
        Err(error) if error.kind == AwsErrorKind::AccessDenied => {
            cx.warn(not_allowed(&error));
            Ok(seen)
        }
        // EKS says in the group's health that its Auto Scaling group is gone.
        Err(error) if error.is_not_found() => Ok(NodeGroup {
            autoscaling_group_tags: Pairs::new().into(),
            ..seen
        }),
        Err(error) => Err(failure("The Auto Scaling group of the node group cannot be read", &error).into()),
    }
}

/// The tags that all of the groups have.
async fn found(api: &dyn AutoScaling, names: &[String]) -> Result<Pairs, AwsError> {
    let mut common: Option<Pairs> = None;
    for name in names {
        let tags = api.describe_group(name).await?.tags;
        common = Some(match common {
            None => tags,
            Some(common) => common
                .into_iter()
                .filter(|(key, value)| tags.get(key) == Some(value))
                .collect(),
        });
    }
    Ok(common.unwrap_or_default())
}

/// Those of ours: the ones that the state has; for an object that was just imported all that describe its nodes.
fn owned(mut all: Pairs, ours: &Attr<Pairs>) -> Pairs {
    match ours.known() {
        Some(ours) => all.retain(|key, _| ours.contains_key(key)),
        None => all.retain(|key, _| NODE_TEMPLATE.iter().any(|prefix| key.starts_with(prefix))),
    }
    all
}

fn not_allowed(error: &AwsError) -> Diagnostic {
    let detail = format!(
        "{} The tags of the Auto Scaling group are taken to be as they were last seen.",
        error.fact()
    );
    Diagnostic::warning("The tags for scaling from zero were not checked", detail)
        .at(Path::attr("autoscaling_group_tags"))
}

/// Gives the Auto Scaling groups the planned tags; tags of others stay.
pub(super) async fn change(
    api: &dyn AutoScaling,
    names: &[String],
    before: &Attr<Pairs>,
    after: &Attr<Pairs>,
) -> Result<(), Diagnostic> {
    let changes = TagChanges::between(before, after);
    for name in names {
        if !changes.set.is_empty() {
            api.set_tags(name, &changes.set)
                .await
                .map_err(|error| failed(&error))?;
        }
        if !changes.removed.is_empty() {
            let deleted = api.delete_tags(name, &changes.removed).await;
            deleted.map_err(|error| failed(&error))?;
        }
    }
    Ok(())
}

fn failed(error: &AwsError) -> Diagnostic {
    failure("The tags of the Auto Scaling group cannot be changed", error)
        .at(Path::attr("autoscaling_group_tags"))
}
