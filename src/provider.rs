//! The provider block: `mig` itself.

mod config;

use tfplug::{
    Attr, ConfigureRequest, Context, Diagnostic, Diagnostics, Path, Provider, Registry, async_trait,
};

pub use config::ProviderModel;

use crate::connections::{Connections, DefaultCluster, Unknown};
use crate::facts::SharedFacts;
use crate::models;

/// The `mig` provider.
#[derive(Debug, Default)]
pub struct Mig {
    facts: SharedFacts,
}

#[async_trait]
impl Provider for Mig {
    type Config = ProviderModel;
    type Configured = Connections;

    fn type_name(&self) -> &'static str {
        "mig"
    }

    fn validate(&self, config: &ProviderModel, diags: &mut Diagnostics) {
        config.validate(diags);
        self.facts.set(models::facts(&config.catalog_overrides, diags));
    }

    async fn configure(
        &self,
        _: &Context<()>,
        request: ConfigureRequest<ProviderModel>,
    ) -> Result<Connections, Diagnostics> {
        let config = request.config;
        self.settle_facts(&config)?;
        let default_cluster = match config.kubernetes.as_ref() {
            Attr::Null => DefaultCluster::Absent,
            Attr::Unknown => DefaultCluster::Unknown,
            // A plan that needs no cluster must not fail for a file that only a cluster needs.
            Attr::Known(cluster) => match cluster.spec(&Path::attr("kubernetes")) {
                Ok(Some(spec)) => DefaultCluster::Known(Box::new(spec)),
                Ok(None) => DefaultCluster::Unknown,
                Err(unreadable) => DefaultCluster::Unreadable(unreadable),
            },
        };
        let unknown = Unknown {
            identity: config.identity_is_unknown(),
            region: config.region.is_unknown() || config.profile.is_unknown(),
            default_tags: config.default_tags.is_unknown(),
        };
        Ok(Connections::new(config.aws_settings(), default_cluster, unknown))
    }

    fn register(&self, registry: &mut Registry<Connections>) {
        crate::registry::register(registry, &self.facts);
    }
}

impl Mig {
    /// The facts that the provider block puts in force.
    pub fn facts(&self) -> SharedFacts {
        self.facts.clone()
    }

    /// Layouts are checked at plan against what the block adds, so it must be known then.
    fn settle_facts(&self, config: &ProviderModel) -> Result<(), Diagnostics> {
        let mut findings = Diagnostics::new();
        let facts = models::facts(&config.catalog_overrides, &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        if !facts.is_complete() {
            let detail = "Layouts are checked against it at plan. Give values that do not come from a resource that is yet \
                          to be made.";
            return Err(
                Diagnostic::error("The catalog's additions are known only after apply", detail)
                    .at(Path::attr("catalog_overrides"))
                    .into(),
            );
        }
        self.facts.set(facts);
        Ok(())
    }
}
