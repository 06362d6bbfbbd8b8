//! The managed node groups of an EKS cluster: their tags for scaling from zero against their layouts.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_eks::types::{Nodegroup, NodegroupScalingConfig};
use futures::StreamExt;
use mig::drift::detect::{TagFacts, autoscaler_tags};
use mig::drift::{Object, Place, Section, WhyNot};
use mig::layout::LAYOUT_LABEL;
use mig::node_group::{GroupTags, node_group_tags};

use super::cluster::Look;
use crate::aws::{AwsError, AwsErrorKind, Eks, NodeGroupRef};

/// Groups that are looked at at the same time.
const AT_ONCE: usize = 10;

/// What the autoscaler is told of a node that is not there.
const NODE_TEMPLATE: &str = "k8s.io/cluster-autoscaler/node-template/";

/// Looks at the groups whose nodes have a layout.
pub(super) async fn look(look: &Look<'_>, place: &Place, cluster: &str, region: Option<&str>) -> Section {
    let regional = match look.connections.region(region).await {
        Ok(regional) => regional,
        Err(error) => return not_checked(place, &error),
    };
    let api = regional.eks();
    let names = match api.list_node_groups(cluster).await {
        Ok(names) => names,
        Err(error) => return not_checked(place, &error),
    };
    let groups = names.into_iter().map(|name| NodeGroupRef {
        cluster: cluster.to_owned(),
        name,
    });
    let sections = futures::stream::iter(groups).map(|group| {
        let api = api.clone();
        async move { one(look, place, api.as_ref(), &group).await }
    });
    let all: Vec<Section> = sections.buffer_unordered(AT_ONCE).collect().await;
    all.into_iter().collect()
}

async fn one(look: &Look<'_>, place: &Place, api: &dyn Eks, group: &NodeGroupRef) -> Section {
    let found = match api.describe_node_group(group).await {
        Ok(found) => found,
        // It was deleted since it was listed.
        Err(error) if error.is_not_found() => return Section::default(),
        Err(error) => return not_checked(place, &error),
    };
    // The node label comes from the boot script, so the group need not have it.
    let mut places = [found.labels(), found.tags()].into_iter().flatten();
    let id = places.find_map(|all| all.get(LAYOUT_LABEL));
    let Some(layout) = id.and_then(|id| look.expected.by_id.get(id)) else {
        return Section::default();
    };
    let types = GroupTags {
        instance_types: found.instance_types().to_vec(),
        ..GroupTags::default()
    };
    let Ok(wanted) = node_group_tags(layout, look.expected.facts.catalog(), &types) else {
        let object = Object::new(place, "NodeGroup", &group.name);
        let text = "Its instance types are not those of its layout, so that its tags cannot be judged.";
        return Section::not_checked(object, WhyNot::Unknown, text);
    };
    let facts = TagFacts {
        kind: "NodeGroup".to_owned(),
        name: group.name.clone(),
        wanted: if never_needs_tags(&found) {
            BTreeMap::new()
        } else {
            wanted.value
        },
        found: found.tags().cloned().unwrap_or_default().into_iter().collect(),
    };
    autoscaler_tags(place, &facts)
}

/// A group that is never without nodes shows the autoscaler what they have. That it has no such tags is no mistake then; wrong ones are.
fn never_needs_tags(group: &Nodegroup) -> bool {
    let least = group
        .scaling_config()
        .and_then(NodegroupScalingConfig::min_size)
        .unwrap_or_default();
    let mut tags = group.tags().into_iter().flat_map(HashMap::keys);
    least > 0 && !tags.any(|tag| tag.starts_with(NODE_TEMPLATE))
}

fn not_checked(place: &Place, error: &AwsError) -> Section {
    let object = Object::new(place, "NodeGroup", "");
    Section::not_checked(object, why_not(error.kind), error.to_string())
}

/// Why AWS did not say it.
pub(super) fn why_not(kind: AwsErrorKind) -> WhyNot {
    match kind {
        AwsErrorKind::AccessDenied => WhyNot::NoRights,
        AwsErrorKind::EndpointUnreachable | AwsErrorKind::Timeout => WhyNot::Unreachable,
        _ => WhyNot::Unknown,
    }
}
