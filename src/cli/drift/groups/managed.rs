//! The managed node groups: their launch templates, and their tags for scaling from zero, against their layouts.

use aws_sdk_eks::types::{Nodegroup, NodegroupScalingConfig, NodegroupStatus};
use futures::StreamExt;
use mig::Layout;
use mig::drift::Section;
use mig::drift::detect::{GroupFacts, group_template};
use mig::layout::LAYOUT_LABEL;
use mig::node_group::{GroupTags, node_group_tags};

use super::{AT_ONCE, Groups, Tagged, not_checked, template};
use crate::aws::{AwsError, Eks, NodeGroupRef};

/// The kind of these objects in a report.
const KIND: &str = "NodeGroup";

/// Looks at the groups whose nodes have a layout.
pub(super) async fn look(groups: &Groups<'_>) -> Section {
    let api = groups.regional.eks();
    let names = match api.list_node_groups(groups.cluster).await {
        Ok(names) => names,
        Err(error) => return not_checked(groups.place, KIND, &error),
    };
    let all = names.into_iter().map(|name| NodeGroupRef {
        cluster: groups.cluster.to_owned(),
        name,
    });
    let sections = futures::stream::iter(all).map(|group| {
        let api = api.clone();
        async move { one(groups, api.as_ref(), &group).await }
    });
    let all: Vec<Section> = sections.buffer_unordered(AT_ONCE).collect().await;
    all.into_iter().collect()
}

async fn one(groups: &Groups<'_>, api: &dyn Eks, group: &NodeGroupRef) -> Section {
    let found = match api.describe_node_group(group).await {
        Ok(found) => found,
        // It was deleted since it was listed.
        Err(error) if error.is_not_found() => return Section::default(),
        Err(error) => return not_checked(groups.place, KIND, &error),
    };
    // The node label comes from the boot script, so the group need not have it.
    let mut places = [found.labels(), found.tags()].into_iter().flatten();
    let id = places.find_map(|all| all.get(LAYOUT_LABEL));
    let Some((id, layout)) = id.and_then(|id| Some((id, groups.look.expected.by_id.get(id)?))) else {
        return Section::default();
    };
    let mut section = tags(groups, &found, &group.name, layout);
    section.join(match version(groups, &found, id).await {
        Ok(facts) => facts
            .map(|facts| group_template(groups.place, &facts))
            .unwrap_or_default(),
        Err(error) => not_checked(groups.place, "LaunchTemplate", &error),
    });
    section
}

fn tags(groups: &Groups<'_>, group: &Nodegroup, name: &str, layout: &Layout) -> Section {
    let types = GroupTags {
        instance_types: group.instance_types().to_vec(),
        ..GroupTags::default()
    };
    let wanted = node_group_tags(layout, groups.look.expected.facts.catalog(), &types);
    let sizes = group.scaling_config();
    groups.tags(Tagged {
        kind: KIND,
        name,
        min_size: sizes
            .and_then(NodegroupScalingConfig::min_size)
            .unwrap_or_default(),
        wanted: wanted.ok().map(|wanted| wanted.value),
        found: group.tags().cloned().unwrap_or_default().into_iter().collect(),
    })
}

/// The version of its template; none of a group that has none.
async fn version(
    groups: &Groups<'_>,
    group: &Nodegroup,
    layout: &str,
) -> Result<Option<GroupFacts>, AwsError> {
    let of = group.launch_template();
    let Some((id, number)) = of.and_then(|of| Some((of.id()?, of.version()?))) else {
        return Ok(None);
    };
    let version = template::version(groups.regional.ec2().as_ref(), id, number).await?;
    // A group with this tag is ours, and its plan says which version it should have.
    let planned = group.tags().is_some_and(|tags| tags.contains_key(LAYOUT_LABEL));
    Ok(version.map(|version| GroupFacts {
        kind: KIND.to_owned(),
        name: group.nodegroup_name().unwrap_or_default().to_owned(),
        layout: Some(layout.to_owned()),
        declared: groups.look.versions.get(id).copied().filter(|_| !planned),
        template: version.template,
        version: version.number,
        boots: version.boots,
        rolls: group.status() == Some(&NodegroupStatus::Updating),
    }))
}
