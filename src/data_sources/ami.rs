//! `data.mig_ami`: the EKS image with NVIDIA's driver, and whether it serves a layout.

mod model;
mod parameters;
mod read;

use tfplug::{Context, DataSource, Diagnostic, Diagnostics, async_trait};

pub use model::AmiData;

use crate::connections::Connections;
use crate::facts::SharedFacts;

/// The data source.
#[derive(Debug)]
pub struct AmiDataSource {
    facts: SharedFacts,
}

impl AmiDataSource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl DataSource for AmiDataSource {
    type Provider = Connections;
    type Model = AmiData;

    fn type_name(&self) -> &'static str {
        "mig_ami"
    }

    fn validate(&self, config: &AmiData, diags: &mut Diagnostics) {
        // What is deferred or invalid is judged by the errors alone.
        let _ = read::wanted(config, &self.facts.get(), diags);
    }

    async fn read(&self, cx: &Context<Connections>, config: AmiData) -> Result<AmiData, Diagnostics> {
        let facts = self.facts.get();
        let mut found = Diagnostics::new();
        let wanted = read::wanted(&config, &facts, &mut found);
        if found.has_errors() {
            return Err(found);
        }
        // Terraform reads once all of the configuration is known.
        let (wanted, layout) =
            wanted.map_err(|_| Diagnostic::bug("A part of a known configuration is unknown."))?;
        let (image, region) = read::look_up(cx, &config.region, &wanted).await?;
        let catalog = facts.catalog();
        found
            .into_iter()
            .chain(read::warnings(&wanted, &image, layout.as_ref(), catalog))
            .for_each(|warning| cx.warn(warning));
        Ok(AmiData {
            architecture: wanted.architecture.clone().into(),
            region: region.into(),
            driver_version: read::driver(&wanted, &image, layout.as_ref(), catalog).into(),
            ami_type: wanted.ami_type().into(),
            ami_alias: image
                .release
                .as_ref()
                .map(|release| read::alias(wanted.family, release))
                .into(),
            ssm_parameter: wanted.image_id().into(),
            image_id: image.image_id.into(),
            release_version: image.release_version.into(),
            ..config
        })
    }
}
