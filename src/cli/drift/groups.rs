//! The groups of an EKS cluster, managed and self-managed, and their instances: what AWS says of them beside their layouts.

mod managed;
mod self_managed;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mig::drift::detect::{InstanceFacts, TagFacts, autoscaler_tags, instances as judged};
use mig::drift::{Object, Place, Section, WhyNot};
use mig::layout::{NODE_TEMPLATE_TAGS, PARTITION_FAILED_TAINT};

use super::cluster::Look;
use crate::aws::{AwsError, AwsErrorKind, Instance, Regional};

/// Groups that are looked at at the same time.
const AT_ONCE: usize = 10;

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
        // The boot script gives the instance a tag of the same key as the node's taint.
        partition_failed: instance.tags.remove(PARTITION_FAILED_TAINT),
        id: instance.id,
        launched: instance.launched,
    }
}

/// A group, as far as its tags are judged.
struct Tagged<'g> {
    kind: &'static str,
    name: &'g str,
    /// Nodes that it has at least.
    min_size: i32,
    /// The tags that its layout asks for; none where its instance types are not those of its layout.
    wanted: Option<BTreeMap<String, String>>,
    found: BTreeMap<String, String>,
}

impl Groups<'_> {
    /// Judges the tags for scaling from zero. A group that is never without nodes shows the autoscaler what they have, so that it may have no
    /// such tags; wrong ones are drift all the same.
    fn tags(&self, group: Tagged<'_>) -> Section {
        let Some(wanted) = group.wanted else {
            let object = Object::new(self.place, group.kind, group.name);
            let text = "Its instance types are not those of its layout, so that its tags cannot be judged.";
            return Section::not_checked(object, WhyNot::Unknown, text);
        };
        let is_tagged = group.found.keys().any(|tag| tag.starts_with(NODE_TEMPLATE_TAGS));
        let needs_none = group.min_size > 0 && !is_tagged;
        let facts = TagFacts {
            kind: group.kind.to_owned(),
            name: group.name.to_owned(),
            wanted: if needs_none { BTreeMap::new() } else { wanted },
            found: group.found,
        };
        autoscaler_tags(self.place, &facts)
    }
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
