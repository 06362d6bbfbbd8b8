//! Changing a group: its configuration, then its tags, then its versions. EKS does one update at a time.

use std::collections::BTreeMap;

use aws_sdk_eks::types as eks;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path, Slot};

use super::wait::Waiting;
use super::{failure, observed, reference, tags, timeouts};
use crate::aws::{Eks, NodeGroupRef, Regional};
use crate::connections::Connections;
use crate::resources::aws::apply::connect;
use crate::resources::aws::tags::TagChanges;
use crate::resources::node_group::model::NodeGroup;
use crate::resources::node_group::{observe, request, words};

const FAILED: &str = "The node group cannot be changed";
type Pairs = BTreeMap<String, String>;

/// What an update works with.
struct Change<'a> {
    cx: &'a Context<Connections>,
    regional: &'a Regional,
    api: &'a dyn Eks,
    group: &'a NodeGroupRef,
    waiting: Waiting<'a>,
    planned: &'a NodeGroup,
    prior: &'a NodeGroup,
    slot: &'a Slot,
}

/// Makes the changes one after the other; each step that succeeded is in `slot`. What EKS has already is not asked for again, so that an
/// update that was interrupted goes on where it is.
pub(in super::super) async fn update(
    cx: &Context<Connections>,
    config: &NodeGroup,
    prior: &NodeGroup,
    planned: &NodeGroup,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    let regional = connect(cx, &planned.region).await?;
    let (group, api) = (reference(planned)?, regional.eks());
    let change = Change {
        cx,
        regional: &regional,
        api: api.as_ref(),
        group: &group,
        waiting: Waiting::new(cx, api.as_ref(), &group, timeouts(planned).update),
        planned,
        prior,
        slot,
    };
    let live = change.live("EKS to end what is under way").await?;
    let live = change.configuration(live).await?;
    // From its beginning, EKS launches new nodes of the new version: the autoscaler must reckon with these.
    change.tags(&live).await?;
    let tags = change.auto_scaling_tags(&live).await?;
    let live = change.versions(config, live, &tags).await?;
    change.note(&live, &tags).await
}

impl Change<'_> {
    /// The group, as soon as nothing is under way with it.
    async fn live(&self, doing: &str) -> Result<eks::Nodegroup, Diagnostics> {
        let settled = self.waiting.settled(doing).await;
        settled.map_err(|why| why.to_diagnostics(FAILED))
    }

    async fn configuration(&self, live: eks::Nodegroup) -> Result<eks::Nodegroup, Diagnostics> {
        let Some(input) = request::config_changes(self.planned, &live, self.group) else {
            return Ok(live);
        };
        let begun = self.api.update_node_group_config(input).await;
        let begun = begun.map_err(|error| failure(FAILED, &error))?;
        let tags = &self.prior.autoscaling_group_tags;
        self.ended(begun, "EKS to change the node group's configuration", tags)
            .await
    }

    async fn versions(
        &self,
        config: &NodeGroup,
        live: eks::Nodegroup,
        tags: &Attr<Pairs>,
    ) -> Result<eks::Nodegroup, Diagnostics> {
        let Some(input) = request::version_changes(config, self.planned, &live, self.group) else {
            return Ok(live);
        };
        let begun = self.api.update_node_group_version(input).await;
        let begun = begun.map_err(|error| failure("The nodes cannot be replaced", &error))?;
        self.ended(begun, "EKS to replace the nodes", tags).await
    }

    /// Waits for an update, notes what the group is then, and says why it failed if it did.
    async fn ended(
        &self,
        begun: eks::Update,
        doing: &str,
        tags: &Attr<Pairs>,
    ) -> Result<eks::Nodegroup, Diagnostics> {
        let Some(id) = begun.id() else {
            return Err(Diagnostic::bug("EKS gave an update without an ID.").into());
        };
        let update = self.waiting.updated(id, doing).await;
        let update = update.map_err(|why| why.to_diagnostics(FAILED))?;
        let live = self.live(doing).await?;
        self.note(&live, tags).await?;
        match update.status() {
            Some(eks::UpdateStatus::Successful) => Ok(live),
            _ => Err(gave_up(self.group, &update).into()),
        }
    }

    /// Notes the group as EKS has it, with the tags that its Auto Scaling group is known to have.
    async fn note(&self, live: &eks::Nodegroup, tags: &Attr<Pairs>) -> Result<(), Diagnostics> {
        let mut state = observed(self.cx, self.regional, self.planned.clone(), live).await?;
        state.autoscaling_group_tags = tags.clone();
        self.slot.exists(&state);
        super::remember(self.slot, live)
    }

    /// The group's own tags. Those of others stay: only what the state had can go.
    async fn tags(&self, live: &eks::Nodegroup) -> Result<(), Diagnostics> {
        let there = live.tags().cloned().unwrap_or_default().into_iter().collect();
        let before = request::tags(self.prior);
        let wanted = request::tags(self.planned);
        let mut changes = TagChanges::between(&Attr::Known(there), &wanted.into());
        changes.removed.retain(|key| before.contains_key(key));
        let Some(arn) = live.nodegroup_arn() else {
            return Err(Diagnostic::bug("EKS gave a node group without an ARN.").into());
        };
        let failed =
            |error| Diagnostics::from(failure("The tags cannot be changed", &error).at(Path::attr("tags")));
        if !changes.set.is_empty() {
            self.api.tag(arn, &changes.set).await.map_err(failed)?;
        }
        if !changes.removed.is_empty() {
            self.api.untag(arn, &changes.removed).await.map_err(failed)?;
        }
        Ok(())
    }

    /// The tags of the Auto Scaling group, and what the group is then. Gives the tags.
    async fn auto_scaling_tags(&self, live: &eks::Nodegroup) -> Result<Attr<Pairs>, Diagnostics> {
        let found = self.api.describe_node_group(self.group).await;
        let found = found.map_err(|error| failure("The node group cannot be read", &error))?;
        let before = &self.prior.autoscaling_group_tags;
        self.note(&found, before).await?;
        let names = observe::auto_scaling_groups(live);
        let wanted = &self.planned.autoscaling_group_tags;
        let api = self.regional.auto_scaling();
        tags::change(api.as_ref(), &names, before, wanted).await?;
        self.note(&found, wanted).await?;
        Ok(wanted.clone())
    }
}

fn gave_up(group: &NodeGroupRef, update: &eks::Update) -> Diagnostic {
    let errors = words::of_errors(update);
    let status = update
        .status()
        .map(eks::UpdateStatus::as_str)
        .unwrap_or("UNKNOWN");
    let detail = match errors.as_slice() {
        [] => format!("EKS says of the update of {group}: {status}, and gives no reason."),
        errors => format!(
            "EKS says of the update of {group}: {status}.{}",
            words::lines(errors)
        ),
    };
    Diagnostic::error("EKS could not carry out the update", detail)
}
