//! The provider asked in process, as Terraform asks it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tfplug::unstable::rpc::{CallContext, EventSink, ListEvent, ListRequest, ProviderServer};
use tfplug::{Attr, Diagnostics, Model, Server, Value, async_trait};
use tokio_util::sync::CancellationToken;

use super::blocks::Found;
use super::{Failure, Kind};
use crate::cli::drift::file_of_context;
use crate::list_resources::karpenter::{
    Filter, InCluster, NodeClassFilter, NodeOverlayFilter, NodePoolFilter,
};
use crate::list_resources::launch_template::LaunchTemplateFilter;
use crate::list_resources::node_group::NodeGroupFilter;
use crate::models::ProviderClusterModel;
use crate::provider::{Mig, ProviderModel};

/// How AWS and the cluster are reached.
#[derive(Debug)]
pub(super) struct Way<'a> {
    pub(super) region: Option<&'a str>,
    pub(super) context: Option<&'a str>,
    pub(super) kubeconfig: Option<&'a Path>,
}

/// Objects of a kind in one place.
#[derive(Debug)]
pub(super) struct Query<'a> {
    pub(super) kind: Kind,
    pub(super) cluster: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    pub(super) all: bool,
}

impl Way<'_> {
    /// The provider block.
    fn provider(&self) -> Result<Value, Failure> {
        let kubernetes = match self.context {
            Some(context) => {
                let path = file_of_context(self.kubeconfig, context).map_err(Failure::Words)?;
                Attr::Known(ProviderClusterModel::of_context(&path, context))
            }
            None => Attr::Null,
        };
        let block = ProviderModel {
            region: self.region.map(str::to_owned).into(),
            kubernetes,
            ..ProviderModel::default()
        };
        Ok(block.to_value())
    }
}

impl Query<'_> {
    /// The configuration of the list resource.
    fn config(&self) -> Value {
        let text = |part: Option<&str>| Attr::from(part.map(str::to_owned));
        let (cluster_name, region, all) = (text(self.cluster), text(self.region), self.all.into());
        let place = InCluster {
            cluster_name: cluster_name.clone(),
            region: region.clone(),
            all,
        };
        match self.kind {
            Kind::LaunchTemplates => LaunchTemplateFilter {
                region,
                all,
                ..LaunchTemplateFilter::default()
            }
            .to_value(),
            Kind::NodeGroups => NodeGroupFilter {
                cluster_name,
                region,
                all,
            }
            .to_value(),
            Kind::Nodeclasses => NodeClassFilter::of(place).to_value(),
            Kind::Nodepools => NodePoolFilter::of(place).to_value(),
            Kind::Nodeoverlays => NodeOverlayFilter::of(place).to_value(),
        }
    }
}

/// Keeps what a listing finds.
#[derive(Default)]
struct Kept(Mutex<Vec<ListEvent>>);

#[async_trait]
impl EventSink<ListEvent> for Kept {
    async fn send(&self, event: ListEvent) -> bool {
        // The list is whole after every statement, so a panic elsewhere cannot have broken it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        true
    }
}

/// All that the questions find, and what there is to say.
///
/// # Errors
/// When one of them is not answered in full.
pub(super) fn find(way: &Way<'_>, queries: &[Query<'_>]) -> Result<(Vec<Found>, Diagnostics), Failure> {
    let server = Server::new(Mig::default()).map_err(|twice| Failure::Words(twice.to_string()))?;
    let block = way.provider()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Words(format!("cannot begin: {error}")))?;
    runtime.block_on(async {
        let cx = CallContext::new(CancellationToken::new());
        let mut said = server.validate_provider(&block);
        if !said.has_errors() {
            said.extend(server.configure(&cx, "", &block).await);
        }
        let mut found = Vec::new();
        for query in queries {
            if said.has_errors() {
                break;
            }
            found.extend(ask(&server, &cx, query, &mut said).await);
        }
        if said.has_errors() {
            Err(said.into())
        } else {
            Ok((found, said))
        }
    })
}

async fn ask(
    server: &Server<Mig>,
    cx: &CallContext,
    query: &Query<'_>,
    said: &mut Diagnostics,
) -> Vec<Found> {
    let (name, config) = (query.kind.type_name(), query.config());
    let refused = server.validate_list_resource(name, &config);
    if refused.has_errors() {
        said.extend(refused);
        return Vec::new();
    }
    let kept = Kept::default();
    said.extend(server.list(cx, ListRequest::new(name, config), &kept).await);
    let events = kept.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut found = Vec::new();
    for event in events {
        said.extend(event.diagnostics);
        found.extend(
            event
                .identity
                .and_then(|identity| Found::new(query.kind, &identity, &event.display_name)),
        );
    }
    found
}
