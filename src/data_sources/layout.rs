//! `data.mig_layout`: a layout checked, and everything that follows from it. Offline.

mod model;
mod read;

use tfplug::{Context, DataSource, Diagnostics, Path, async_trait};

pub use model::LayoutData;

use crate::connections::Connections;

/// The data source.
#[derive(Debug)]
pub struct LayoutDataSource;

#[async_trait]
impl DataSource for LayoutDataSource {
    type Provider = Connections;
    type Model = LayoutData;

    fn type_name(&self) -> &'static str {
        "mig_layout"
    }

    fn validate(&self, config: &LayoutData, diags: &mut Diagnostics) {
        config.given.resolve(&Path::root(), diags);
    }

    async fn read(&self, cx: &Context<Connections>, config: LayoutData) -> Result<LayoutData, Diagnostics> {
        let mut findings = Diagnostics::new();
        let layout = config.given.resolve(&Path::root(), &mut findings);
        match layout {
            Some(layout) => {
                findings.into_iter().for_each(|warning| cx.warn(warning));
                Ok(read::describe(config, &layout))
            }
            None => Err(findings),
        }
    }
}
