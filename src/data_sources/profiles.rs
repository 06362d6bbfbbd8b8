//! `data.mig_profiles`: what GPUs can be cut into, from the catalog. Offline.

mod model;
mod read;

use tfplug::{Context, DataSource, Diagnostics, async_trait};

pub use model::ProfilesData;

use crate::connections::Connections;

/// The data source.
#[derive(Debug)]
pub struct ProfilesDataSource;

#[async_trait]
impl DataSource for ProfilesDataSource {
    type Provider = Connections;
    type Model = ProfilesData;

    fn type_name(&self) -> &'static str {
        "mig_profiles"
    }

    fn validate(&self, config: &ProfilesData, diags: &mut Diagnostics) {
        read::check(config, diags);
    }

    async fn read(
        &self,
        _: &Context<Connections>,
        config: ProfilesData,
    ) -> Result<ProfilesData, Diagnostics> {
        let mut findings = Diagnostics::new();
        read::check(&config, &mut findings);
        if findings.has_errors() {
            Err(findings)
        } else {
            Ok(read::list(config))
        }
    }
}
