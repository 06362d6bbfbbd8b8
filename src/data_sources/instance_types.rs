//! `data.mig_instance_types`: AWS GPU instance types and what their GPUs can do, from the catalog; and, if it is asked for, where EC2
//! offers them, and how many the account may run.

mod model;
mod online;
mod quotas;
mod read;
mod zones;

use tfplug::{Context, DataSource, Diagnostics, Path, async_trait};

pub use model::InstanceTypesData;

use crate::connections::Connections;
use crate::data_sources::known;
use crate::facts::SharedFacts;

/// The data source.
#[derive(Debug)]
pub struct InstanceTypesDataSource {
    facts: SharedFacts,
}

impl InstanceTypesDataSource {
    /// Lists these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl DataSource for InstanceTypesDataSource {
    type Provider = Connections;
    type Model = InstanceTypesData;

    fn type_name(&self) -> &'static str {
        "mig_instance_types"
    }

    fn validate(&self, config: &InstanceTypesData, diags: &mut Diagnostics) {
        known::gpu(&config.gpu, &self.facts.get(), diags);
        if config.quotas.known() == Some(&true) && config.region.is_null() {
            let detail = "Quotas are an account's in one region. Name the region, or leave quotas out.";
            diags.error_at(Path::attr("quotas"), "quotas is given without region", detail);
        }
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        config: InstanceTypesData,
    ) -> Result<InstanceTypesData, Diagnostics> {
        let facts = self.facts.get();
        let mut findings = Diagnostics::new();
        known::gpu(&config.gpu, &facts, &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        let listed = read::list(config, facts.catalog());
        match listed.region.as_str().map(str::to_owned) {
            Some(region) => online::with(cx, &region, listed).await,
            None => Ok(listed),
        }
    }
}
