//! The groups of an EKS cluster, managed and self-managed, and their instances: what AWS says of them beside their layouts.

mod managed;
mod self_managed;
mod template;

use std::collections::BTreeSet;
use std::sync::Arc;

use mig::drift::detect::{InstanceFacts, instances as judged};
use mig::drift::{Object, Place, Section, WhyNot};
use mig::layout::NODE_TEMPLATE_TAGS;

use super::cluster::Look;
use crate::aws::{AwsError, AwsErrorKind, Instance, Regional};

/// Groups that are looked at at the same time.
const AT_ONCE: usize = 10;

/// The tag of an instance whose boot script has halted it.
const PARTITION_FAILED: &str = "mig.eks/partition-failed";

/// What AWS has of one cluster.
pub(super) struct Groups<'l> {
    look: &'l Look<'l>,
    place: &'l Place,
    cluster: &'l str,
    regional: Arc<Regional>,
}

impl<'l> Groups<'l> {
    /// Those of that cluster.
    ///
    /// # Errors
    /// What is to be said where its region cannot be asked at all.
    pub(super) async fn of(
        look: &'l Look<'l>,
        place: &'l Place,
        cluster: &'l str,
        region: Option<&str>,
    ) -> Result<Self, Section> {
        let regional = look.connections.region(region).await;
        let regional = regional.map_err(|error| not_checked(place, "NodeGroup", &error))?;
        Ok(Self {
            look,
            place,
            cluster,
            regional,
        })
    }

    /// Looks at the groups whose nodes have a layout.
    pub(super) async fn judged(&self) -> Section {
        let (mut section, own) = futures::join!(managed::look(self), self_managed::look(self));
        section.join(own);
        section
    }

    /// Looks for instances of the layouts' types that never became nodes. Ask after the nodes were listed, whose instances these are: one
    /// that ends in between is no drift.
    pub(super) async fn instances(&self, joined: &BTreeSet<String>) -> Section {
        let layouts = self.look.expected.by_id.values();
        let types: BTreeSet<&str> = layouts
            .flat_map(|layout| layout.nodes().map(|node| node.instance_type()))
            .collect();
        if types.is_empty() {
            return Section::default();
        }
        let types: Vec<String> = types.into_iter().map(str::to_owned).collect();
        match self.regional.ec2().cluster_instances(self.cluster, &types).await {
            Ok(found) => {
                let facts: Vec<InstanceFacts> = found.into_iter().map(facts).collect();
                let Look {
                    now, boot_seconds, ..
                } = self.look;
                judged(self.place, &facts, joined, *now, *boot_seconds)
            }
            Err(error) => not_checked(self.place, "Instance", &error),
        }
    }
}

fn facts(mut instance: Instance) -> InstanceFacts {
    InstanceFacts {
        partition_failed: instance.tags.remove(PARTITION_FAILED),
        id: instance.id,
        launched: instance.launched,
    }
}

/// Whether the autoscaler has no use for tags of a group: one that is never without nodes shows it what they have. That it has no such
/// tags is no mistake then; wrong ones are.
fn never_needs_tags<'t>(min_size: i32, mut tags: impl Iterator<Item = &'t String>) -> bool {
    min_size > 0 && !tags.any(|tag| tag.starts_with(NODE_TEMPLATE_TAGS))
}

fn not_checked(place: &Place, kind: &str, error: &AwsError) -> Section {
    Section::not_checked(
        Object::new(place, kind, ""),
        why_not(error.kind),
        error.to_string(),
    )
}

/// Why AWS did not say it.
pub(super) fn why_not(kind: AwsErrorKind) -> WhyNot {
    match kind {
        AwsErrorKind::AccessDenied => WhyNot::NoRights,
        AwsErrorKind::EndpointUnreachable | AwsErrorKind::Timeout => WhyNot::Unreachable,
        _ => WhyNot::Unknown,
    }
}
