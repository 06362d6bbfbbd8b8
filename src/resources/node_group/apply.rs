//! The calls to EKS and Auto Scaling.

mod create;
#[cfg(test)]
mod life;
mod list;
mod tags;
mod update;
mod wait;

use aws_sdk_eks::types as eks;
use tfplug::{Context, Diagnostic, Diagnostics, Slot};

use super::model::{NodeGroup, Remembered};
use super::{observe, words};
use crate::aws::{AwsError, AwsErrorKind, NodeGroupRef, Regional};
use crate::connections::Connections;
use crate::facts::Facts;
use crate::models::{Timeouts, TimeoutsModel};
use crate::resources::aws::apply::{as_last_seen, connect, failure, interrupted};
use crate::resources::launch_template;

pub(super) use create::create;
pub(crate) use list::{Wanted, list};
pub(super) use update::update;

/// What the object is called in messages.
const NOUN: &str = "node group";

/// What a change may last unless the configuration says otherwise. A group of many nodes rolls for long.
const TIMEOUTS: Timeouts = Timeouts {
    create: std::time::Duration::from_secs(3600),
    update: std::time::Duration::from_secs(3600),
    delete: std::time::Duration::from_secs(3600),
};

fn timeouts(group: &NodeGroup) -> Timeouts {
    TimeoutsModel::or(&group.timeouts, TIMEOUTS)
}

/// Whether EKS says that there is no such group. A cluster that is gone took its groups with it.
fn is_gone(error: &AwsError) -> bool {
    error.is_not_found() || error.kind == AwsErrorKind::ClusterNotFound
}

fn reference(group: &NodeGroup) -> Result<NodeGroupRef, Diagnostics> {
    let reference = group.reference();
    reference.ok_or_else(|| Diagnostic::bug("The stored node group has no name. Nothing was changed.").into())
}

/// The group as it is now: everything that EKS and Auto Scaling answer.
async fn observed(
    cx: &Context<Connections>,
    regional: &Regional,
    stored: NodeGroup,
    found: &eks::Nodegroup,
) -> Result<NodeGroup, Diagnostics> {
    let mut seen = observe::observe(stored, found, cx.provider()?.default_tags());
    seen.region = regional.region().to_owned().into();
    Ok(seen)
}

/// Remembers how many nodes the group is to have, for the next plan.
fn remember(slot: &Slot, found: &eks::Nodegroup) -> Result<(), Diagnostics> {
    let remembered: Remembered = slot.recall()?;
    slot.remember(&Remembered {
        desired_size: observe::desired_size(found),
        ..remembered
    });
    Ok(())
}

/// Completes a group that is being imported: what it was made from, as its template says.
pub(super) async fn imported(
    cx: &Context<Connections>,
    seen: NodeGroup,
    facts: &Facts,
) -> Result<NodeGroup, Diagnostics> {
    let reference = seen
        .launch_template
        .known()
        .and_then(|template| Some((template.id.as_str()?, template.version.known()?)));
    let template =
        match reference {
            Some((id, version)) => {
                let regional = connect(cx, &seen.region).await?;
                let seen = launch_template::of_version(cx, &regional, id, &version.to_string(), facts).await;
                Some(seen.map_err(|error| {
                    Diagnostics::from(failure("The launch template cannot be read", &error))
                })?)
            }
            None => None,
        };
    let (group, warning) = super::imported::recognised(seen, template.flatten().as_ref(), facts);
    warning.into_iter().for_each(|warning| cx.warn(warning));
    Ok(group)
}

/// Looks the group up; `None` if EKS says that there is none.
pub(super) async fn read(
    cx: &Context<Connections>,
    stored: NodeGroup,
    remembered: &mut Remembered,
) -> Result<Option<NodeGroup>, Diagnostics> {
    if !cx.provider()?.aws_is_known() {
        let was_seen = !stored.arn.is_null();
        return as_last_seen(cx, NOUN, stored, was_seen);
    }
    let regional = connect(cx, &stored.region).await?;
    let group = reference(&stored)?;
    let (api, text) = (regional.eks(), group.to_string());
    // Both at once: a plan of many groups is as long as its slowest call, and those at Auto Scaling are gathered.
    let both = async { tokio::join!(api.describe_node_group(&group), tags::look(&regional, &stored)) };
    let (looked, beside) = tokio::select! {
        both = both => both,
        // A look changes nothing, so nothing is lost when it is given up.
        () = cx.cancel().cancelled() => return Err(interrupted(&text).into()),
    };
    let found = match looked {
        Ok(found) => found,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) => return Err(failure("The node group cannot be read", &error).into()),
    };
    remembered.desired_size = observe::desired_size(&found);
    whole(cx, &regional, stored, (&found, beside)).await.map(Some)
}

/// The group with its tags, and a warning of what EKS finds wrong with it.
async fn whole(
    cx: &Context<Connections>,
    regional: &Regional,
    stored: NodeGroup,
    (found, beside): (&eks::Nodegroup, Option<tags::Look>),
) -> Result<NodeGroup, Diagnostics> {
    let group = reference(&stored)?;
    warn_of_issues(cx, &group, found);
    if let Some(text) = words::of_warm_pool(found) {
        cx.warn(Diagnostic::warning(
            format!("The node group {group} has a warm pool"),
            text,
        ));
    }
    let seen = observed(cx, regional, stored, found).await?;
    let look = match beside {
        Some(look) if look.is_of(&seen) => Some(look),
        _ => tags::look(regional, &seen).await,
    };
    tags::noted(cx, seen, look)
}

/// What EKS finds wrong with a group that exists.
fn warn_of_issues(cx: &Context<Connections>, group: &NodeGroupRef, found: &eks::Nodegroup) {
    let issues = words::of_issues(found);
    if issues.is_empty() {
        return;
    }
    let detail = format!("{group} is {}:{}", words::status(found), words::lines(&issues));
    cx.warn(Diagnostic::warning(
        "EKS finds faults with the node group",
        detail,
    ));
}

/// Deletes the group with its nodes, and waits until it is gone.
pub(super) async fn delete(cx: &Context<Connections>, state: NodeGroup) -> Result<(), Diagnostics> {
    let regional = connect(cx, &state.region).await?;
    let (group, api) = (reference(&state)?, regional.eks());
    let waiting = wait::Waiting::new(cx, api.as_ref(), &group, timeouts(&state).delete);
    let deleted = waiting.deleted().await;
    deleted.map_err(|why| why.to_diagnostics("The node group cannot be deleted"))
}
