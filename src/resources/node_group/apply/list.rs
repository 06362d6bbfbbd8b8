//! All managed node groups of a cluster, or of all clusters of a region.

use aws_sdk_eks::types as eks;
use futures::future::join_all;
use mig::layout::LAYOUT_LABEL;
use tfplug::{Attr, Context, Diagnostics, ListResult, ListResults, Path};

use super::{failure, imported, is_gone, whole};
use crate::aws::{Eks, NodeGroupRef, Regional};
use crate::connections::Connections;
use crate::facts::Facts;
use crate::resources::aws::apply::connect_to_list;
use crate::resources::node_group::{NodeGroup, NodeGroupResource};

/// Groups that are asked for at the same time.
const AT_ONCE: usize = 10;

type Found = ListResult<NodeGroupResource>;

/// Which groups are listed.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// The cluster; all of the region if none.
    pub(crate) cluster: Option<&'a str>,
    /// The region; the provider's if null.
    pub(crate) region: &'a Attr<String>,
    /// Also those whose nodes have no layout.
    pub(crate) all: bool,
    /// With the object as an import and a read give it.
    pub(crate) whole: bool,
}

/// Pushes the wanted groups, cluster by cluster.
pub(crate) async fn list(
    cx: &Context<Connections>,
    wanted: &Wanted<'_>,
    facts: &Facts,
    results: &ListResults<'_, NodeGroupResource>,
) -> Result<(), Diagnostics> {
    let regional = connect_to_list(cx, wanted.region).await?;
    let api = regional.eks();
    for cluster in clusters(api.as_ref(), wanted).await? {
        let groups = groups(api.as_ref(), wanted, &cluster).await?;
        for some in groups.chunks(AT_ONCE) {
            let all = some
                .iter()
                .map(|group| result(cx, &regional, group, wanted, facts));
            for one in join_all(all).await {
                if let Some(one) = one? {
                    results.push(one).await;
                }
            }
        }
    }
    Ok(())
}

async fn clusters(api: &dyn Eks, wanted: &Wanted<'_>) -> Result<Vec<String>, Diagnostics> {
    match wanted.cluster {
        Some(name) => Ok(vec![name.to_owned()]),
        None => {
            let all = api.list_clusters().await;
            all.map_err(|error| failure("The clusters cannot be listed", &error).into())
        }
    }
}

async fn groups(api: &dyn Eks, wanted: &Wanted<'_>, cluster: &str) -> Result<Vec<NodeGroupRef>, Diagnostics> {
    let names = match api.list_node_groups(cluster).await {
        Ok(names) => names,
        // The cluster was deleted since it was listed. One that the user names is to be there.
        Err(error) if is_gone(&error) && wanted.cluster.is_none() => Vec::new(),
        Err(error) => {
            let failed = failure("The node groups cannot be listed", &error);
            return Err(failed.at(Path::attr("cluster_name")).into());
        }
    };
    let group = |name| NodeGroupRef {
        cluster: cluster.to_owned(),
        name,
    };
    Ok(names.into_iter().map(group).collect())
}

/// Whether the nodes of the group have a layout, as its tags or labels say.
fn has_layout(found: &eks::Nodegroup) -> bool {
    let all = [found.tags(), found.labels()];
    all.into_iter()
        .flatten()
        .any(|pairs| pairs.contains_key(LAYOUT_LABEL))
}

/// A group; none where it is not wanted, or was deleted since it was listed.
async fn result(
    cx: &Context<Connections>,
    regional: &Regional,
    group: &NodeGroupRef,
    wanted: &Wanted<'_>,
    facts: &Facts,
) -> Result<Option<Found>, Diagnostics> {
    let found = match regional.eks().describe_node_group(group).await {
        Ok(found) => found,
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) => return Err(failure("The node group cannot be read", &error).into()),
    };
    if !wanted.all && !has_layout(&found) {
        return Ok(None);
    }
    let stored = NodeGroup {
        cluster_name: group.cluster.clone().into(),
        node_group_name: group.name.clone().into(),
        region: regional.region().to_owned().into(),
        ..NodeGroup::default()
    };
    let listed = ListResult::new(stored.identity(), group.to_string());
    if !wanted.whole {
        return Ok(Some(listed));
    }
    let seen = whole(cx, regional, stored, (&found, None)).await?;
    let seen = imported(cx, seen, facts).await?;
    Ok(Some(listed.with_resource(seen)))
}
