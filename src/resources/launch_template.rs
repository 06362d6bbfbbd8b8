//! `mig_launch_template`: an EC2 launch template whose user data cuts GPUs.

mod apply;
mod imported;
mod instance;
mod model;
mod moved;
mod observe;
mod other;
mod plan;
mod render;
mod rules;
mod user_data;

use tfplug::{
    Context, CreateRequest, DeleteRequest, Diagnostic, Diagnostics, ImportTarget, MoveSource, Path, Plan,
    ReadRequest, Resource, UpdateRequest, async_trait,
};

pub(super) use apply::of_version;
pub(crate) use apply::{Wanted, list};
pub use instance::TagSpecification;
pub use model::{LaunchTemplate, LaunchTemplateIdentity};

use crate::connections::Connections;
use crate::facts::SharedFacts;
use crate::resources::aws;

/// The name of the resource in configurations.
const TYPE_NAME: &str = "mig_launch_template";

/// The resource.
#[derive(Debug)]
pub struct LaunchTemplateResource {
    facts: SharedFacts,
}

impl LaunchTemplateResource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl Resource for LaunchTemplateResource {
    type Provider = Connections;
    type Model = LaunchTemplate;
    type Identity = LaunchTemplateIdentity;
    type Private = ();

    fn type_name(&self) -> &'static str {
        TYPE_NAME
    }

    fn validate(&self, config: &LaunchTemplate, diags: &mut Diagnostics) {
        plan::validate(config, &self.facts.get(), diags);
    }

    async fn plan(
        &self,
        cx: &Context<Connections>,
        plan: &mut Plan<LaunchTemplate, ()>,
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
    ) -> Result<Option<LaunchTemplate>, Diagnostics> {
        let seen = apply::read(cx, request.state).await?;
        if !cx.provider()?.aws_is_known() {
            return Ok(seen);
        }
        Ok(seen.map(|seen| {
            let (seen, warning) = imported::recognised(seen, &self.facts.get());
            warning.into_iter().for_each(|warning| cx.warn(warning));
            seen
        }))
    }

    async fn update(
        &self,
        cx: &Context<Connections>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        apply::update(cx, request.prior, request.planned, request.slot).await
    }

    async fn delete(
        &self,
        cx: &Context<Connections>,
        request: DeleteRequest<Self>,
    ) -> Result<(), Diagnostics> {
        apply::delete(cx, request.state).await
    }

    fn identity(&self, state: &LaunchTemplate) -> Option<LaunchTemplateIdentity> {
        Some(LaunchTemplateIdentity {
            id: state.id.clone(),
            region: state.region.clone(),
        })
    }

    /// By ID (`lt-...`) or name, with `@region` behind it for another region than the provider's.
    async fn import(
        &self,
        _: &Context<Connections>,
        target: ImportTarget<LaunchTemplateIdentity>,
    ) -> Result<LaunchTemplate, Diagnostics> {
        match target {
            ImportTarget::Identity(identity) => by_identity(identity),
            ImportTarget::Id(text) => by_text(&text),
        }
    }

    /// `aws_launch_template` of the AWS provider.
    fn move_from(&self, source: &MoveSource) -> Option<Result<LaunchTemplate, Diagnostics>> {
        moved::from_aws(source)
    }
}

fn by_identity(
    LaunchTemplateIdentity { id, region }: LaunchTemplateIdentity,
) -> Result<LaunchTemplate, Diagnostics> {
    if let Some(other) = id.as_str().filter(|id| !id.starts_with("lt-")) {
        let detail = format!(
            "Found {other:?}. An identity's id is the template's ID (lt-...); by its name a template is imported with `id` of \
             the import block itself."
        );
        let fault = Diagnostic::error("The identity names no launch template", detail);
        return Err(fault.at(Path::attr("id")).into());
    }
    Ok(LaunchTemplate {
        id,
        region,
        ..LaunchTemplate::default()
    })
}

fn by_text(text: &str) -> Result<LaunchTemplate, Diagnostics> {
    let Some((which, region)) = aws::names::import_id(text) else {
        let detail =
            "Give the template's ID (lt-...) or name; for another region than the provider's, ID@REGION.";
        return Err(Diagnostic::error("Nothing to import", detail)
            .at(Path::attr("id"))
            .into());
    };
    let (id, name) = if which.starts_with("lt-") {
        (Some(which), None)
    } else {
        (None, Some(which))
    };
    Ok(LaunchTemplate {
        id: id.map(str::to_owned).into(),
        name: name.map(str::to_owned).into(),
        region: region.into(),
        ..LaunchTemplate::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_an_id() {
        let identity = |id: &str| LaunchTemplateIdentity {
            id: id.into(),
            region: "us-east-1".into(),
        };
        assert!(by_identity(identity("lt-0123456789abcdef0")).is_ok());
        let refused = by_identity(identity("mig-small")).unwrap_err();
        let text = format!("{refused:?}");
        assert!(text.contains("mig-small") && text.contains("lt-..."), "{text}");
    }
}
