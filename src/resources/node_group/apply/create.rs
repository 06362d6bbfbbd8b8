//! Making a group.

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_sdk_eks::types as eks;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path, Slot};

use super::wait::{Unsettled, Waiting};
use super::{NOUN, failure, observed, tags, timeouts};
use crate::aws::{AwsError, AwsErrorKind, Eks, NodeGroupRef, Regional};
use crate::connections::Connections;
use crate::resources::aws::apply::connect;
use crate::resources::aws::apply::lost::{Asked, LostAnswer, made_since, may_have_worked};
use crate::resources::aws::names::unique_name;
use crate::resources::node_group::model::{NodeGroup, Remembered};
use crate::resources::node_group::{TYPE_NAME, request, words};
use crate::wording::import_of;

const FAILED: &str = "The node group cannot be created";

/// Creates the group, and waits until EKS says that it is active. It is in `slot` as soon as EKS has said that it exists.
pub(in super::super) async fn create(
    cx: &Context<Connections>,
    planned: NodeGroup,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let regional = connect(cx, &planned.region).await?;
    let group = named(&planned)?;
    let planned = NodeGroup {
        node_group_name: group.name.clone().into(),
        ..planned
    };
    let api = regional.eks();
    let made = make(api.as_ref(), &planned, &group).await?;
    note(cx, &regional, &planned, &made, slot).await?;
    let waiting = Waiting::new(cx, api.as_ref(), &group, timeouts(&planned).create);
    match waiting.settled("EKS to launch the nodes").await {
        Ok(found) => {
            let state = note(cx, &regional, &planned, &found, slot).await?;
            warn_if_degraded(cx, &group, &found);
            tag(cx, &regional, state, slot).await;
            Ok(())
        }
        Err(Unsettled::Failed(found)) => {
            note(cx, &regional, &planned, &found, slot).await?;
            Err(Unsettled::Failed(found).to_diagnostics(FAILED))
        }
        // With an error, Terraform would replace a group that is well under way.
        Err(why) => {
            cx.warn(goes_on(&group, why));
            Ok(())
        }
    }
}

fn named(planned: &NodeGroup) -> Result<NodeGroupRef, Diagnostics> {
    let Some(cluster) = planned.cluster_name.as_str() else {
        return Err(Diagnostic::bug("The plan names no cluster. Nothing was made.").into());
    };
    let name = match planned.node_group_name.as_str() {
        Some(name) => name.to_owned(),
        None => unique_name(planned.node_group_name_prefix.as_str().unwrap_or("mig-")),
    };
    Ok(NodeGroupRef {
        cluster: cluster.to_owned(),
        name,
    })
}

/// Creates the group. If the answer was lost, looks whether EKS created it all the same.
async fn make(
    api: &dyn Eks,
    planned: &NodeGroup,
    group: &NodeGroupRef,
) -> Result<eks::Nodegroup, Diagnostics> {
    let asked = SystemTime::now();
    match api.create_node_group(request::create(planned, group)).await {
        Ok(made) => Ok(made),
        Err(error) if may_have_worked(&error) => {
            let found = api.describe_node_group(group).await;
            let ours = |found: &eks::Nodegroup| is_ours(found, planned, asked);
            LostAnswer::judge(found, ours).map_err(|doubt| {
                let id = group.to_string();
                let asked = Asked {
                    type_name: TYPE_NAME,
                    noun: NOUN,
                    name: &group.name,
                    service: "EKS",
                    import_id: &id,
                };
                doubt.to_diagnostic(&error, asked).into()
            })
        }
        Err(error) => Err(refused(&error, group).into()),
    }
}

/// Whether the group that is there is the one that was asked for: made since then, on the same template, with the same tags.
fn is_ours(found: &eks::Nodegroup, planned: &NodeGroup, asked: SystemTime) -> bool {
    let made = found.created_at().and_then(|at| SystemTime::try_from(*at).ok());
    let template = found
        .launch_template()
        .and_then(eks::LaunchTemplateSpecification::id);
    let wanted = planned.launch_template.known();
    let tags: BTreeMap<_, _> = found.tags().cloned().unwrap_or_default().into_iter().collect();
    made_since(made, asked)
        && template == wanted.and_then(|wanted| wanted.id.as_str())
        && request::tags(planned)
            .iter()
            .all(|(key, value)| tags.get(key) == Some(value))
}

fn refused(error: &AwsError, group: &NodeGroupRef) -> Diagnostic {
    if error.kind != AwsErrorKind::AlreadyExists {
        return failure(FAILED, error);
    }
    let detail = format!(
        "The cluster {} has a node group named {} already. To manage it here, import it:\n\n{}\n\nOr choose another name, or \
         node_group_name_prefix for one that is made unique.",
        group.cluster,
        group.name,
        import_of(TYPE_NAME, &group.to_string())
    );
    Diagnostic::error("The name of the node group is taken", detail).at(Path::attr("node_group_name"))
}

/// Notes the group as EKS has it.
async fn note(
    cx: &Context<Connections>,
    regional: &Regional,
    planned: &NodeGroup,
    found: &eks::Nodegroup,
    slot: &Slot,
) -> Result<NodeGroup, Diagnostics> {
    let mut state = observed(cx, regional, planned.clone(), found).await?;
    state.autoscaling_group_tags = BTreeMap::new().into();
    slot.exists(&state);
    super::remember(slot, found)?;
    Ok(state)
}

/// Tags the Auto Scaling group. That it failed is a warning: with an error, Terraform would replace a group that works, and the next plan
/// shows the tags that are missing.
async fn tag(cx: &Context<Connections>, regional: &Regional, state: NodeGroup, slot: &Slot) {
    let wanted = match slot.recall::<Remembered>() {
        Ok(remembered) => remembered.autoscaling_group_tags,
        Err(faults) => return faults.into_iter().for_each(|fault| cx.warn(fault)),
    };
    let names = state.autoscaling_group_names.known().cloned().unwrap_or_default();
    let (none, wanted) = (Attr::Known(BTreeMap::new()), Attr::Known(wanted));
    match tags::change(regional.auto_scaling().as_ref(), &names, &none, &wanted).await {
        Ok(()) => slot.exists(&NodeGroup {
            autoscaling_group_tags: wanted,
            ..state
        }),
        Err(failed) => {
            let detail = format!("{} The next plan shows what is missing.", failed.detail);
            cx.warn(Diagnostic::warning(failed.summary, detail).at(failed.path));
        }
    }
}

fn warn_if_degraded(cx: &Context<Connections>, group: &NodeGroupRef, found: &eks::Nodegroup) {
    let issues = words::of_issues(found);
    if !issues.is_empty() {
        let detail = format!("{group} is {}:{}", words::status(found), words::lines(&issues));
        cx.warn(Diagnostic::warning("The node group has faults", detail));
    }
}

fn goes_on(group: &NodeGroupRef, why: Unsettled) -> Diagnostic {
    let goes_on = format!(
        "EKS goes on making {group}, and it is in the state. The next plan waits for it, and tags its Auto Scaling group."
    );
    let why = why.to_diagnostics(FAILED).into_iter().next();
    match why.filter(|why| why.summary != "Interrupted") {
        Some(why) => Diagnostic::warning(
            "EKS still makes the node group",
            format!("{} {goes_on}", why.detail),
        ),
        None => Diagnostic::warning("Interrupted while EKS makes the node group", goes_on),
    }
}
