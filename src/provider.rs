//! The provider block: `mig` itself.

mod config;

use tfplug::rpc::CallContext;
use tfplug::{Attr, Diagnostics, Path, Provider, Registry, async_trait};

pub use config::ProviderModel;

use crate::connections::{Connections, DefaultCluster, Unknown};

/// The `mig` provider.
#[derive(Debug, Default)]
pub struct Mig;

#[async_trait]
impl Provider for Mig {
    type Config = ProviderModel;
    type Configured = Connections;

    fn type_name(&self) -> &'static str {
        "mig"
    }

    fn validate(&self, config: &ProviderModel, diags: &mut Diagnostics) {
        config.validate(diags);
    }

    async fn configure(&self, _: &CallContext, config: ProviderModel) -> Result<Connections, Diagnostics> {
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
        crate::registry::register(registry);
    }
}
