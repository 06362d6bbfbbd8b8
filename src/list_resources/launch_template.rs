//! `list "mig_launch_template"`: launch templates whose user data cuts GPUs.

use tfplug::{Attr, Context, Diagnostics, ListRequest, ListResource, Model, async_trait};

use super::all;
use crate::connections::Connections;
use crate::facts::SharedFacts;
use crate::resources::launch_template::{LaunchTemplateResource, Wanted, list};

/// EC2 launch templates of a region whose newest version has the user data that this provider renders, whoever made
/// them: to import them, or to look what there is.
///
/// Copies that EKS makes for managed node groups, and the templates of Karpenter, are not among them.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct LaunchTemplateFilter {
    /// Region; the provider's if left out.
    #[attr(validate = crate::models::region())]
    pub region: Attr<String>,
    /// What the names begin with.
    pub name_prefix: Attr<String>,
    /// Also list templates with other user data, of which an import shows no layout.
    pub all: Attr<bool>,
}

/// The list resource.
#[derive(Debug)]
pub struct LaunchTemplateList {
    facts: SharedFacts,
}

impl LaunchTemplateList {
    /// User data is recognised by these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl ListResource for LaunchTemplateList {
    type Resource = LaunchTemplateResource;
    type Config = LaunchTemplateFilter;

    fn type_name(&self) -> &'static str {
        "mig_launch_template"
    }

    async fn list(
        &self,
        cx: &Context<Connections>,
        request: ListRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let config = request.config;
        let wanted = Wanted {
            region: &config.region,
            name_prefix: config.name_prefix.as_str().unwrap_or_default(),
            all: all(&config.all),
            whole: request.include_resource,
        };
        list(cx, &wanted, &self.facts.get(), request.results).await
    }
}
