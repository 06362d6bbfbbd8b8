//! `list "mig_karpenter_nodeclass"`, `list "mig_karpenter_nodepool"` and `list "mig_karpenter_nodeoverlay"`.

use std::fmt;
use std::marker::PhantomData;

use tfplug::{Attr, Context, Diagnostics, ListRequest, ListResource, Model, Path, async_trait};

use super::all;
use crate::connections::Connections;
use crate::facts::SharedFacts;
use crate::resources::karpenter::{KarpenterObject, Wanted, list};
use crate::resources::karpenter_nodeclass::NodeClassModel;
use crate::resources::karpenter_nodeoverlay::NodeOverlayModel;
use crate::resources::karpenter_nodepool::NodePoolModel;
use crate::resources::manifests::ManifestResource;

/// In which cluster objects are looked for: the parts of an identity, so that whatever is found can be imported by it.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct InCluster {
    /// Name of an EKS cluster; the cluster of the provider's `kubernetes` if left out. Clusters that are not of EKS are named there
    /// alone, since an identity has no place for them.
    pub cluster_name: Attr<String>,
    /// Region of the EKS cluster; the provider's if left out.
    #[attr(validate = crate::models::region())]
    pub region: Attr<String>,
    /// Also list objects that are not ours, of which an import shows no layout.
    pub all: Attr<bool>,
}

/// EC2NodeClass objects of a cluster that this provider has applied, or whose user data it renders.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeClassFilter {
    #[attr(flatten)]
    place: InCluster,
}

/// NodePool objects of a cluster that this provider has applied, or whose nodes have the label `mig.eks/layout`.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodePoolFilter {
    #[attr(flatten)]
    place: InCluster,
}

/// NodeOverlay objects of a cluster that this provider has applied, or that offer resources of `nvidia.com`. Overlays of one pool
/// are one result.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeOverlayFilter {
    #[attr(flatten)]
    place: InCluster,
}

/// The configuration of one of the list resources.
pub trait Filter: Model {
    /// Where it looks.
    fn place(&self) -> &InCluster;

    /// A filter that looks there.
    fn of(place: InCluster) -> Self;
}

impl Filter for NodeClassFilter {
    fn place(&self) -> &InCluster {
        &self.place
    }

    fn of(place: InCluster) -> Self {
        Self { place }
    }
}

impl Filter for NodePoolFilter {
    fn place(&self) -> &InCluster {
        &self.place
    }

    fn of(place: InCluster) -> Self {
        Self { place }
    }
}

impl Filter for NodeOverlayFilter {
    fn place(&self) -> &InCluster {
        &self.place
    }

    fn of(place: InCluster) -> Self {
        Self { place }
    }
}

/// Lists node classes.
pub type NodeClassList = KarpenterList<NodeClassModel, NodeClassFilter>;
/// Lists node pools.
pub type NodePoolList = KarpenterList<NodePoolModel, NodePoolFilter>;
/// Lists node overlays.
pub type NodeOverlayList = KarpenterList<NodeOverlayModel, NodeOverlayFilter>;

/// One of the list resources.
pub struct KarpenterList<M, F> {
    facts: SharedFacts,
    of: PhantomData<fn() -> (M, F)>,
}

impl<M, F> KarpenterList<M, F> {
    /// User data is recognised by these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self {
            facts,
            of: PhantomData,
        }
    }
}

impl<M, F> fmt::Debug for KarpenterList<M, F> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("KarpenterList").finish_non_exhaustive()
    }
}

#[async_trait]
impl<M: KarpenterObject, F: Filter> ListResource for KarpenterList<M, F> {
    type Resource = ManifestResource<M>;
    type Config = F;

    fn type_name(&self) -> &'static str {
        M::TYPE
    }

    fn validate(&self, config: &F, diags: &mut Diagnostics) {
        let place = config.place();
        if place.cluster_name.is_null() && !place.region.is_null() {
            let detail = "It is the region of the EKS cluster that cluster_name names. Give cluster_name, or leave both out.";
            diags.error_at(Path::attr("region"), "The region has no effect", detail);
        }
    }

    async fn list(
        &self,
        cx: &Context<Connections>,
        request: ListRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let place = request.config.place();
        let wanted = Wanted {
            cluster_name: &place.cluster_name,
            region: &place.region,
            all: all(&place.all),
            whole: request.include_resource,
        };
        list(cx, &wanted, &self.facts.get(), request.results).await
    }
}
