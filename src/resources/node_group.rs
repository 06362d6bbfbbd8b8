//! `mig_node_group`: a managed EKS node group of nodes whose GPUs are cut.

mod apply;
mod imported;
mod model;
mod moved;
mod observe;
mod plan;
mod request;
mod rules;
mod template;
mod words;

use tfplug::{
    Context, CreateRequest, DeleteRequest, Diagnostic, Diagnostics, ImportTarget, MoveSource, Path, Plan,
    ReadRequest, Resource, UpdateRequest, async_trait,
};

pub(crate) use apply::{Wanted, list};
pub use model::{GroupTaint, NodeGroup, NodeGroupIdentity, Remembered, ScalingConfig};
pub use template::TemplateRefModel;

use crate::connections::Connections;
use crate::facts::SharedFacts;
use crate::resources::aws;

/// The name of the resource in configurations.
const TYPE_NAME: &str = "mig_node_group";

/// The resource.
#[derive(Debug)]
pub struct NodeGroupResource {
    facts: SharedFacts,
}

impl NodeGroupResource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl Resource for NodeGroupResource {
    type Provider = Connections;
    type Model = NodeGroup;
    type Identity = NodeGroupIdentity;
    type Private = Remembered;

    fn type_name(&self) -> &'static str {
        TYPE_NAME
    }

    fn validate(&self, config: &NodeGroup, diags: &mut Diagnostics) {
        plan::validate(config, &self.facts.get(), diags);
    }

    async fn plan(
        &self,
        cx: &Context<Connections>,
        plan: &mut Plan<NodeGroup, Remembered>,
    ) -> Result<(), Diagnostics> {
        let surroundings = aws::apply::surroundings(cx).await;
        plan::refine(plan, &self.facts.get(), &surroundings)?
            .into_iter()
            .for_each(|warning| cx.warn(warning));
        Ok(())
    }

    async fn create(
        &self,
        cx: &Context<Connections>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        apply::create(cx, request.planned, request.slot).await
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<NodeGroup>, Diagnostics> {
        let is_imported = request.state.arn.is_null();
        let seen = apply::read(cx, request.state, request.private).await?;
        match seen {
            Some(seen) if is_imported => apply::imported(cx, seen, &self.facts.get()).await.map(Some),
            seen => Ok(seen),
        }
    }

    async fn update(
        &self,
        cx: &Context<Connections>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        apply::update(
            cx,
            &request.config,
            &request.prior,
            &request.planned,
            request.slot,
        )
        .await
    }

    async fn delete(
        &self,
        cx: &Context<Connections>,
        request: DeleteRequest<Self>,
    ) -> Result<(), Diagnostics> {
        apply::delete(cx, request.state).await
    }

    fn identity(&self, state: &NodeGroup) -> Option<NodeGroupIdentity> {
        Some(state.identity())
    }

    /// By `CLUSTER:NAME`, with `@region` behind it for another region than the provider's.
    async fn import(
        &self,
        _: &Context<Connections>,
        target: ImportTarget<NodeGroupIdentity>,
    ) -> Result<NodeGroup, Diagnostics> {
        match target {
            ImportTarget::Identity(of) => Ok(NodeGroup {
                cluster_name: of.cluster_name,
                node_group_name: of.node_group_name,
                region: of.region,
                ..NodeGroup::default()
            }),
            ImportTarget::Id(text) => by_text(&text),
        }
    }

    /// `aws_eks_node_group` of the AWS provider.
    fn move_from(&self, source: &MoveSource) -> Option<Result<NodeGroup, Diagnostics>> {
        moved::from_aws(source)
    }
}

fn by_text(text: &str) -> Result<NodeGroup, Diagnostics> {
    let named = aws::names::import_id(text).and_then(|(which, region)| {
        let (cluster, name) = which.split_once(':')?;
        (!cluster.is_empty() && !name.is_empty()).then_some((cluster, name, region))
    });
    let Some((cluster, name, region)) = named else {
        let detail = format!(
            "Found {text:?}. Give CLUSTER:NAME; for another region than the provider's, CLUSTER:NAME@REGION."
        );
        return Err(Diagnostic::error("The ID names no node group", detail)
            .at(Path::attr("id"))
            .into());
    };
    Ok(NodeGroup {
        cluster_name: cluster.into(),
        node_group_name: name.into(),
        region: region.into(),
        ..NodeGroup::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_names_cluster_and_group() {
        let group = by_text("prod:mig-small@eu-west-1").unwrap();
        let parts = [&group.cluster_name, &group.node_group_name, &group.region];
        assert_eq!(
            parts.map(|part| part.as_str()),
            ["prod", "mig-small", "eu-west-1"].map(Some)
        );
        for wrong in ["", "prod", "prod:", ":a", "prod:@eu-west-1"] {
            assert!(by_text(wrong).is_err(), "{wrong:?}");
        }
    }
}
