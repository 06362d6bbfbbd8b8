//! `data.mig_manifests`: the Kubernetes objects of layouts as YAML, for those who apply them by GitOps. Offline.

mod model;
mod render;

use tfplug::{Context, DataSource, Diagnostic, Diagnostics, async_trait};

pub use model::{ManifestsData, ManifestsInput, PoolInput};
pub(crate) use render::{objects, yaml};

use crate::connections::Connections;
use crate::facts::SharedFacts;

/// The data source.
#[derive(Debug)]
pub struct ManifestsDataSource {
    facts: SharedFacts,
}

impl ManifestsDataSource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl DataSource for ManifestsDataSource {
    type Provider = Connections;
    type Model = ManifestsData;

    fn type_name(&self) -> &'static str {
        "mig_manifests"
    }

    fn validate(&self, config: &ManifestsData, diags: &mut Diagnostics) {
        let mut findings = Diagnostics::new();
        // What is deferred or invalid is judged by the errors alone.
        let _ = objects(&config.given, &self.facts.get(), &mut findings);
        // Reading gives the warnings.
        diags.extend(findings.into_iter().filter(Diagnostic::is_error));
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        config: ManifestsData,
    ) -> Result<ManifestsData, Diagnostics> {
        let mut findings = Diagnostics::new();
        let objects = objects(&config.given, &self.facts.get(), &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        // Terraform reads once all of the configuration is known.
        let objects =
            objects.map_err(|_| Diagnostic::bug("Manifests of a known configuration are unknown."))?;
        let yaml = yaml(&objects)?;
        findings.into_iter().for_each(|warning| cx.warn(warning));
        Ok(ManifestsData {
            yaml: yaml.into(),
            files: render::files(&objects).into(),
            ..config
        })
    }
}
