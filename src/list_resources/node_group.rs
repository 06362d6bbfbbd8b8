//! `list "mig_node_group"`: managed node groups whose nodes have a layout.

use tfplug::{Attr, Context, Diagnostics, ListRequest, ListResource, Model, async_trait};

use super::all;
use crate::connections::Connections;
use crate::facts::SharedFacts;
use crate::resources::node_group::{NodeGroupResource, Wanted, list};

/// Managed EKS node groups of a cluster, or of all clusters of a region, whose nodes have a layout: groups with the tag or label
/// `mig.eks/layout`.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeGroupFilter {
    /// Name of the cluster; all clusters of the region if left out.
    pub cluster_name: Attr<String>,
    /// Region; the provider's if left out.
    #[attr(validate = crate::models::region())]
    pub region: Attr<String>,
    /// Also list groups without a layout.
    pub all: Attr<bool>,
}

/// The list resource.
#[derive(Debug)]
pub struct NodeGroupList {
    facts: SharedFacts,
}

impl NodeGroupList {
    /// What a group was made from is recognised by these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl ListResource for NodeGroupList {
    type Resource = NodeGroupResource;
    type Config = NodeGroupFilter;

    fn type_name(&self) -> &'static str {
        "mig_node_group"
    }

    async fn list(
        &self,
        cx: &Context<Connections>,
        request: ListRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let config = request.config;
        let wanted = Wanted {
            cluster: config.cluster_name.as_str(),
            region: &config.region,
            all: all(&config.all),
            whole: request.include_resource,
        };
        list(cx, &wanted, &self.facts.get(), request.results).await
    }
}
