//! `mig_device_plugin`: NVIDIA's device plugin for the layouts of a cluster.

mod events;
mod imported;
mod model;
mod neighbours;
mod object;
mod plan;
mod remote;

use serde_json::Value as Json;
use tfplug::{Attr, Context, Diagnostics, Plan, async_trait};

pub use model::{DevicePluginIdentity, DevicePluginModel};

use crate::connections::Connections;
use crate::facts::Facts;
use crate::kube::Connection;
use crate::models::ClusterModel;
use crate::resources::manifests::remote::Provenance;
use crate::resources::manifests::{ManifestLife, ManifestResource, Named};

/// The resource.
pub type DevicePluginResource = ManifestResource<DevicePluginModel>;

#[async_trait]
impl ManifestLife for DevicePluginModel {
    type Identity = DevicePluginIdentity;

    const ID: &'static str = "NAMESPACE/NAME";

    fn refine(plan: &mut Plan<Self, Provenance>, facts: &Facts) -> Result<Diagnostics, Diagnostics> {
        plan::refine(plan, facts)
    }

    fn identity(&self, cluster_name: Attr<String>, region: Attr<String>) -> DevicePluginIdentity {
        DevicePluginIdentity {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            cluster_name,
            region,
        }
    }

    fn named(parts: &[Attr<String>], cluster: Attr<ClusterModel>) -> Self {
        let (namespace, name) = match parts {
            [namespace, name] => (namespace.clone(), name.clone()),
            _ => (Attr::Null, Attr::Null),
        };
        let id = match (namespace.as_str(), name.as_str()) {
            (Some(namespace), Some(name)) => format!("{namespace}/{name}").into(),
            _ => Attr::Null,
        };
        Self {
            cluster,
            namespace,
            name,
            id,
            ..Self::default()
        }
    }

    fn parts(identity: DevicePluginIdentity) -> Named {
        Named {
            parts: vec![identity.namespace, identity.name],
            cluster_name: identity.cluster_name,
            region: identity.region,
        }
    }

    async fn warn_at_plan(cx: &Context<Connections>, planned: &Self, prior: Option<&Self>, facts: &Facts) {
        remote::check_cluster(cx, planned, prior, facts).await;
    }

    async fn settle(
        cx: &Context<Connections>,
        connection: &Connection,
        planned: &Self,
    ) -> Result<(), Diagnostics> {
        remote::wait(cx, connection, planned).await
    }

    async fn tied(cx: &Context<Connections>, connection: &Connection, _: &[Json]) -> Vec<Json> {
        remote::pools_and_classes(cx, connection).await
    }
}
