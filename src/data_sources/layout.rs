//! `data.mig_layout`: a layout checked, and everything that follows from it. Offline.

mod advice;
mod model;
mod read;

use tfplug::{Context, DataSource, Diagnostic, Diagnostics, Path, async_trait};

pub use model::LayoutData;

use crate::connections::Connections;
use crate::facts::SharedFacts;

/// The data source.
#[derive(Debug)]
pub struct LayoutDataSource {
    facts: SharedFacts,
}

impl LayoutDataSource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl DataSource for LayoutDataSource {
    type Provider = Connections;
    type Model = LayoutData;

    fn type_name(&self) -> &'static str {
        "mig_layout"
    }

    fn validate(&self, config: &LayoutData, diags: &mut Diagnostics) {
        // What is deferred or invalid is judged by the errors alone.
        let _ = config.given.resolve(&self.facts.get(), &Path::root(), diags);
        advice::image(config, diags);
        advice::need(config, diags);
    }

    async fn read(&self, cx: &Context<Connections>, config: LayoutData) -> Result<LayoutData, Diagnostics> {
        let facts = self.facts.get();
        let mut findings = Diagnostics::new();
        let layout = config.given.resolve(&facts, &Path::root(), &mut findings);
        let image = advice::image(&config, &mut findings);
        let need = advice::need(&config, &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        // Terraform reads once all of the configuration is known.
        let layout =
            layout.map_err(|_| Diagnostic::bug("The layout of a known configuration is unknown."))?;
        let catalog = facts.catalog();
        let of_image = image.map(|image| advice::image_warnings(&layout, catalog, &image));
        let of_model = need.map(|need| advice::model_warnings(&layout, catalog, &need));
        let others = of_image.into_iter().chain(of_model).flatten();
        findings
            .into_iter()
            .chain(others)
            .for_each(|warning| cx.warn(warning));
        Ok(read::describe(config, &layout, catalog, need.as_ref()))
    }
}
