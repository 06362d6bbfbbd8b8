//! The engine's monitor, with which resources are registered.

use tonic::Status;
use tonic::transport::{Channel, Endpoint};

use crate::value::Object;
use crate::wire::MAX_MESSAGE;
use crate::wire::r#gen::pulumirpc::resource_monitor_client::ResourceMonitorClient;
use crate::wire::r#gen::pulumirpc::{
    RegisterResourceOutputsRequest, RegisterResourceRequest, RegisterResourceResponse,
};

/// A connection to the monitor.
pub(super) struct Monitor(ResourceMonitorClient<Channel>);

impl Monitor {
    /// The monitor at an address such as `127.0.0.1:1234`; the connection is made when it is first used.
    pub(super) fn at(address: &str) -> Result<Self, Status> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"));
        let endpoint = endpoint.map_err(|error| {
            Status::invalid_argument(format!("{address:?} is no address of a monitor: {error}"))
        })?;
        let client = ResourceMonitorClient::new(endpoint.connect_lazy());
        let client = client.max_decoding_message_size(MAX_MESSAGE);
        Ok(Self(client.max_encoding_message_size(MAX_MESSAGE)))
    }

    /// Registers a resource, and waits until it is made: as long as that takes, since the engine bounds it.
    pub(super) async fn register(
        &mut self,
        request: RegisterResourceRequest,
    ) -> Result<RegisterResourceResponse, Status> {
        Ok(self.0.register_resource(request).await?.into_inner())
    }

    /// Says what a component has in the end.
    pub(super) async fn register_outputs(&mut self, urn: &str, outputs: Object) -> Result<(), Status> {
        let request = RegisterResourceOutputsRequest {
            urn: urn.to_owned(),
            outputs: Some(outputs),
        };
        self.0.register_resource_outputs(request).await?;
        Ok(())
    }
}
