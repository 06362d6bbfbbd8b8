//! `mig_device_plugin`: NVIDIA's device plugin for the layouts of a cluster.

mod events;
mod model;
mod neighbours;
mod object;
mod plan;
mod remote;

use tfplug::{
    Attr, Context, CreateRequest, DeleteRequest, Diagnostics, ImportTarget, Plan, ReadRequest, Resource,
    UpdateRequest, async_trait,
};

pub use model::{DevicePluginIdentity, DevicePluginModel};

use crate::connections::Connections;
use crate::facts::SharedFacts;
use crate::resources::manifests::remote::Provenance;
use crate::resources::manifests::{self, remote as objects};

/// The resource.
#[derive(Debug)]
pub struct DevicePluginResource {
    facts: SharedFacts,
}

impl DevicePluginResource {
    /// Checked against these facts.
    pub fn new(facts: SharedFacts) -> Self {
        Self { facts }
    }
}

#[async_trait]
impl Resource for DevicePluginResource {
    type Provider = Connections;
    type Model = DevicePluginModel;
    type Identity = DevicePluginIdentity;
    type Private = Provenance;

    fn type_name(&self) -> &'static str {
        "mig_device_plugin"
    }

    fn validate(&self, config: &DevicePluginModel, diags: &mut Diagnostics) {
        plan::validate(config, &self.facts.get(), diags);
    }

    async fn plan(
        &self,
        cx: &Context<Connections>,
        plan: &mut Plan<DevicePluginModel, Provenance>,
    ) -> Result<(), Diagnostics> {
        plan::refine(plan, &self.facts.get())?
            .into_iter()
            .for_each(|warning| cx.warn(warning));
        let before = plan
            .prior
            .as_ref()
            .and_then(|prior| prior.manifests.known().cloned());
        objects::replace_if_moved(cx, plan).await?;
        objects::try_out(cx, &plan.planned, before.as_ref()).await?;
        remote::check_cluster(cx, &plan.planned, plan.prior.as_ref(), &self.facts.get()).await;
        Ok(())
    }

    async fn create(
        &self,
        cx: &Context<Connections>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let CreateRequest { planned, slot, .. } = request;
        let connection = objects::create(cx, &planned, slot).await?;
        let rolled_out = remote::wait(cx, &connection, &planned).await;
        rolled_out.map_err(objects::after_creation)
    }

    async fn read(
        &self,
        cx: &Context<Connections>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<DevicePluginModel>, Diagnostics> {
        objects::read(cx, request.state, request.private).await
    }

    async fn update(
        &self,
        cx: &Context<Connections>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let UpdateRequest {
            prior, planned, slot, ..
        } = request;
        let connection = objects::update(cx, &prior, &planned, slot).await?;
        remote::wait(cx, &connection, &planned).await
    }

    async fn delete(
        &self,
        cx: &Context<Connections>,
        request: DeleteRequest<Self>,
    ) -> Result<(), Diagnostics> {
        objects::delete(cx, &request.state, &request.private).await
    }

    fn identity(&self, state: &DevicePluginModel) -> Option<DevicePluginIdentity> {
        let (cluster_name, region) = match &state.cluster {
            Attr::Known(cluster) => (cluster.name.clone(), cluster.region.clone()),
            Attr::Unknown => (Attr::Unknown, Attr::Unknown),
            Attr::Null => (Attr::Null, Attr::Null),
        };
        Some(DevicePluginIdentity {
            namespace: state.namespace.clone(),
            name: state.name.clone(),
            cluster_name,
            region,
        })
    }

    /// By `NAMESPACE/NAME` in the provider's cluster, or `CLUSTER/NAMESPACE/NAME` or `CLUSTER@REGION/NAMESPACE/NAME` in
    /// an EKS cluster.
    async fn import(
        &self,
        _: &Context<Connections>,
        target: ImportTarget<DevicePluginIdentity>,
    ) -> Result<DevicePluginModel, Diagnostics> {
        match target {
            ImportTarget::Identity(identity) => Ok(from_identity(identity)),
            ImportTarget::Id(text) => by_text(&text).map(from_identity),
        }
    }
}

fn from_identity(identity: DevicePluginIdentity) -> DevicePluginModel {
    let DevicePluginIdentity {
        namespace,
        name,
        cluster_name,
        region,
    } = identity;
    let id = match (namespace.as_str(), name.as_str()) {
        (Some(namespace), Some(name)) => format!("{namespace}/{name}").into(),
        _ => Attr::Null,
    };
    let cluster = manifests::cluster_of_identity(cluster_name, region);
    DevicePluginModel {
        cluster,
        namespace,
        name,
        id,
        ..DevicePluginModel::default()
    }
}

fn by_text(text: &str) -> Result<DevicePluginIdentity, Diagnostics> {
    let parts: Vec<&str> = text.split('/').collect();
    let (cluster, namespace, name) = match parts.as_slice() {
        [namespace, name] => (None, *namespace, *name),
        [cluster, namespace, name] => (Some(*cluster), *namespace, *name),
        _ => return Err(manifests::bad_id(text, "NAMESPACE/NAME").into()),
    };
    if parts.iter().any(|part| part.is_empty()) {
        return Err(manifests::bad_id(text, "NAMESPACE/NAME").into());
    }
    let (cluster_name, region) = manifests::cluster_of_id(cluster);
    Ok(DevicePluginIdentity {
        namespace: namespace.into(),
        name: name.into(),
        cluster_name,
        region,
    })
}
