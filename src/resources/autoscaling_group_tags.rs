//! `mig_autoscaling_group_tags`: what the Cluster Autoscaler must know of a self-managed group, as tags.

mod apply;
mod imported;
mod model;
mod plan;

use tfplug::{
    Attr, Context, CreateRequest, DeleteRequest, Diagnostic, Diagnostics, ImportTarget, Path, Plan,
    ReadRequest, Resource, UpdateRequest, async_trait,
};

pub use model::{AutoscalingGroupTags, AutoscalingGroupTagsIdentity};

use crate::connections::Connections;
use crate::facts::SharedFacts;
use crate::resources::aws;

/// The resource.
#[derive(Debug)]
pub struct AutoscalingGroupTagsResource {
    facts: SharedFacts,
}

impl AutoscalingGroupTagsResource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl Resource for AutoscalingGroupTagsResource {
    type Provider = Connections;
    type Model = AutoscalingGroupTags;
    type Identity = AutoscalingGroupTagsIdentity;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "mig_autoscaling_group_tags"
    }

    fn validate(&self, config: &AutoscalingGroupTags, diags: &mut Diagnostics) {
        plan::validate(config, &self.facts.get(), diags);
    }

    async fn plan(
        &self,
        cx: &Context<Connections>,
        plan: &mut Plan<AutoscalingGroupTags, ()>,
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
        apply::warn_of_others(cx, &request.planned).await;
        apply::apply(cx, &Attr::Null, request.planned, request.slot).await
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<AutoscalingGroupTags>, Diagnostics> {
        apply::read(cx, request.state, &self.facts.get()).await
    }

    async fn update(
        &self,
        cx: &Context<Connections>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        apply::apply(cx, &request.prior.tags, request.planned, request.slot).await
    }

    async fn delete(
        &self,
        cx: &Context<Connections>,
        request: DeleteRequest<Self>,
    ) -> Result<(), Diagnostics> {
        apply::delete(cx, request.state).await
    }

    fn identity(&self, state: &AutoscalingGroupTags) -> Option<AutoscalingGroupTagsIdentity> {
        Some(AutoscalingGroupTagsIdentity {
            autoscaling_group_name: state.autoscaling_group_name.clone(),
            region: state.region.clone(),
        })
    }

    /// By the group's name, with `@region` behind it for another region than the provider's.
    async fn import(
        &self,
        _: &Context<Connections>,
        target: ImportTarget<AutoscalingGroupTagsIdentity>,
    ) -> Result<AutoscalingGroupTags, Diagnostics> {
        let (name, region) = match target {
            ImportTarget::Identity(of) => (of.autoscaling_group_name, of.region),
            ImportTarget::Id(text) => {
                let Some((name, region)) = aws::names::import_id(&text) else {
                    let detail =
                        "Give the group's name; for another region than the provider's, NAME@REGION.";
                    let fault = Diagnostic::error("Nothing to import", detail);
                    return Err(fault.at(Path::attr("id")).into());
                };
                (name.into(), region.into())
            }
        };
        Ok(AutoscalingGroupTags {
            autoscaling_group_name: name,
            region,
            ..AutoscalingGroupTags::default()
        })
    }
}
