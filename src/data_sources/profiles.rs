//! `data.mig_profiles`: what GPUs can be cut into, from the catalog. Offline.

mod model;
mod read;

use tfplug::{Context, DataSource, Diagnostics, async_trait};

pub use model::ProfilesData;

use crate::connections::Connections;
use crate::facts::SharedFacts;

/// The data source.
#[derive(Debug)]
pub struct ProfilesDataSource {
    facts: SharedFacts,
}

impl ProfilesDataSource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl DataSource for ProfilesDataSource {
    type Provider = Connections;
    type Model = ProfilesData;

    fn type_name(&self) -> &'static str {
        "mig_profiles"
    }

    fn validate(&self, config: &ProfilesData, diags: &mut Diagnostics) {
        read::check(config, &self.facts.get(), diags);
    }

    async fn read(
        &self,
        _: &Context<Connections>,
        config: ProfilesData,
    ) -> Result<ProfilesData, Diagnostics> {
        let mut findings = Diagnostics::new();
        let facts = self.facts.get();
        read::check(&config, &facts, &mut findings);
        if findings.has_errors() {
            Err(findings)
        } else {
            Ok(read::list(config, facts.catalog()))
        }
    }
}
