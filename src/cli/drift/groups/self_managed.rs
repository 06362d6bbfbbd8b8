//! The self-managed Auto Scaling groups of a cluster: their launch templates, and their tags for scaling from zero, against their layouts.

use futures::StreamExt;
use mig::Layout;
use mig::drift::Section;
use mig::drift::detect::{GroupFacts, group_template};
use mig::layout::{LAYOUT_LABEL, NODE_TEMPLATE_TAGS};
use mig::node_group::{GroupTags, SelfManagedGroup, auto_scaling_group_tags};

use super::template::{self, Version};
use super::{AT_ONCE, Groups, Tagged, not_checked};
use crate::aws::AutoScalingGroup;

/// The kind of these objects in a report.
const KIND: &str = "AutoScalingGroup";

/// EKS gives this tag to the Auto Scaling groups of its own.
const MANAGED: &str = "eks:nodegroup-name";

/// Looks at the groups whose nodes have a layout.
pub(super) async fn look(groups: &Groups<'_>) -> Section {
    let api = groups.regional.auto_scaling();
    let found = match api.cluster_groups(groups.cluster).await {
        Ok(found) => found,
        Err(error) => return not_checked(groups.place, KIND, &error),
    };
    let own = found
        .into_iter()
        .filter(|group| !group.tags.contains_key(MANAGED));
    let sections = futures::stream::iter(own).map(|group| async move { one(groups, &group).await });
    let all: Vec<Section> = sections.buffer_unordered(AT_ONCE).collect().await;
    all.into_iter().collect()
}

async fn one(groups: &Groups<'_>, group: &AutoScalingGroup) -> Section {
    let Some((id, number)) = &group.template else {
        return Section::default();
    };
    let version = match template::version(groups.regional.ec2().as_ref(), id, number).await {
        Ok(Some(version)) => version,
        Ok(None) => return Section::default(),
        Err(error) => return not_checked(groups.place, "LaunchTemplate", &error),
    };
    let tagged = group
        .tags
        .get(&format!("{NODE_TEMPLATE_TAGS}label/{LAYOUT_LABEL}"));
    // What its tags say is what it was declared to be; without them its user data is all that there is.
    let layouts = &groups.look.expected.by_id;
    let of = tagged
        .filter(|id| layouts.contains_key(*id))
        .or(version.boots.as_ref());
    let Some((of, layout)) = of.and_then(|of| Some((of, layouts.get(of)?))) else {
        return Section::default();
    };
    let mut section = tags(groups, group, layout);
    section.join(booted(groups, group, of, &version).await);
    section
}

/// Whether an instance refresh is under way is asked only where it matters.
async fn booted(groups: &Groups<'_>, group: &AutoScalingGroup, layout: &str, version: &Version) -> Section {
    let facts = GroupFacts {
        kind: KIND.to_owned(),
        name: group.name.clone(),
        layout: Some(layout.to_owned()),
        template: version.template.clone(),
        version: version.number,
        declared: groups.look.versions.get(&version.template).copied(),
        boots: version.boots.clone(),
        rolls: false,
    };
    let section = group_template(groups.place, &facts);
    if section.findings.is_empty() {
        return section;
    }
    match groups.regional.auto_scaling().is_refreshing(&group.name).await {
        Ok(rolls) => group_template(groups.place, &GroupFacts { rolls, ..facts }),
        Err(error) => not_checked(groups.place, "InstanceRefresh", &error),
    }
}

fn tags(groups: &Groups<'_>, group: &AutoScalingGroup, layout: &Layout) -> Section {
    let types = SelfManagedGroup {
        group: GroupTags {
            instance_types: group.instance_types.clone(),
            ..GroupTags::default()
        },
        ..SelfManagedGroup::default()
    };
    let wanted = auto_scaling_group_tags(layout, groups.look.expected.facts.catalog(), &types);
    groups.tags(Tagged {
        kind: KIND,
        name: &group.name,
        min_size: group.min_size,
        wanted: wanted.ok().map(|wanted| wanted.value),
        found: group.tags.clone(),
    })
}
