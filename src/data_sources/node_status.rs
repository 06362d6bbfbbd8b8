//! `data.mig_node_status`: what slices the nodes of a cluster really have.

mod model;
mod read;

use std::time::SystemTime;

use tfplug::{Context, DataSource, Diagnostic, Diagnostics, async_trait};

pub use model::NodeStatusData;

use crate::connections::Connections;
use crate::facts::SharedFacts;

/// The data source.
#[derive(Debug)]
pub struct NodeStatusDataSource {
    facts: SharedFacts,
}

impl NodeStatusDataSource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl DataSource for NodeStatusDataSource {
    type Provider = Connections;
    type Model = NodeStatusData;

    fn type_name(&self) -> &'static str {
        "mig_node_status"
    }

    fn validate(&self, config: &NodeStatusData, diags: &mut Diagnostics) {
        // What is deferred or invalid is judged by the errors alone.
        let _ = read::layouts(config, &self.facts.get(), diags);
        if let Some(cluster) = config.cluster.known() {
            cluster.validate(&tfplug::Path::attr("cluster"), diags);
        }
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        config: NodeStatusData,
    ) -> Result<NodeStatusData, Diagnostics> {
        let mut found = Diagnostics::new();
        let layouts = read::layouts(&config, &self.facts.get(), &mut found);
        if found.has_errors() {
            return Err(found);
        }
        // Terraform reads once all of the configuration is known.
        let layouts =
            layouts.map_err(|_| Diagnostic::bug("The layouts of a known configuration are unknown."))?;
        found.into_iter().for_each(|warning| cx.warn(warning));
        let nodes = read::look(cx, &config).await?;
        Ok(read::verdicts(config, &layouts, &nodes, SystemTime::now()))
    }
}
