//! The protocol's calls, each translated to one of [`ProviderServer`](crate::rpc::ProviderServer) and back. One file
//! per group of calls; this one only says which is where.
//!
//! Calls for kinds of objects that are not served (state stores) keep the generated answer: not implemented, as the protocol wants it.

mod action;
mod answer;
mod call;
mod data_source;
mod diagnostics;
mod ephemeral_resource;
mod function;
mod list_resource;
mod provider;
mod resource;
mod schema;
mod stream;
mod types;
mod value;

use std::sync::Arc;

use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use self::call::Call;
use self::types::Types;
use super::r#gen::tfplugin6::{self as pb, provider_server::Provider};
use super::stop::Stops;
use crate::rpc::ProviderServer;

/// What all calls share.
struct Shared {
    provider: Arc<dyn ProviderServer>,
    types: Types,
    stops: Arc<Stops>,
}

/// A [`ProviderServer`] as a gRPC service.
pub(super) struct Service(Arc<Shared>);

impl Service {
    pub(super) fn new(provider: Arc<dyn ProviderServer>) -> Self {
        let types = Types::of(provider.schemas());
        Self(Arc::new(Shared {
            provider,
            types,
            stops: Arc::default(),
        }))
    }

    /// How calls in progress are told to end.
    pub(super) fn stops(&self) -> Arc<Stops> {
        Arc::clone(&self.0.stops)
    }

    fn call(&self, name: &'static str, type_name: &str) -> Call {
        Call::new(Arc::clone(&self.0), name, type_name)
    }
}

#[tonic::async_trait]
impl Provider for Service {
    async fn get_metadata(
        &self,
        _request: Request<pb::get_metadata::Request>,
    ) -> Result<Response<pb::get_metadata::Response>, Status> {
        self.call("GetMetadata", "").answer((), schema::metadata).await
    }

    async fn get_provider_schema(
        &self,
        _request: Request<pb::get_provider_schema::Request>,
    ) -> Result<Response<pb::get_provider_schema::Response>, Status> {
        self.call("GetProviderSchema", "")
            .answer((), schema::provider)
            .await
    }

    async fn get_resource_identity_schemas(
        &self,
        _request: Request<pb::get_resource_identity_schemas::Request>,
    ) -> Result<Response<pb::get_resource_identity_schemas::Response>, Status> {
        self.call("GetResourceIdentitySchemas", "")
            .answer((), schema::identities)
            .await
    }

    async fn validate_provider_config(
        &self,
        request: Request<pb::validate_provider_config::Request>,
    ) -> Result<Response<pb::validate_provider_config::Response>, Status> {
        self.call("ValidateProviderConfig", "")
            .answer(request.into_inner(), provider::validate)
            .await
    }

    async fn configure_provider(
        &self,
        request: Request<pb::configure_provider::Request>,
    ) -> Result<Response<pb::configure_provider::Response>, Status> {
        self.call("ConfigureProvider", "")
            .answer(request.into_inner(), provider::configure)
            .await
    }

    async fn stop_provider(
        &self,
        _request: Request<pb::stop_provider::Request>,
    ) -> Result<Response<pb::stop_provider::Response>, Status> {
        self.0.stops.stop();
        Ok(Response::new(pb::stop_provider::Response::default()))
    }

    async fn validate_resource_config(
        &self,
        request: Request<pb::validate_resource_config::Request>,
    ) -> Result<Response<pb::validate_resource_config::Response>, Status> {
        let request = request.into_inner();
        self.call("ValidateResourceConfig", &request.type_name)
            .answer(request, resource::validate)
            .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<pb::upgrade_resource_state::Request>,
    ) -> Result<Response<pb::upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        self.call("UpgradeResourceState", &request.type_name)
            .answer(request, resource::upgrade_state)
            .await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<pb::upgrade_resource_identity::Request>,
    ) -> Result<Response<pb::upgrade_resource_identity::Response>, Status> {
        let request = request.into_inner();
        self.call("UpgradeResourceIdentity", &request.type_name)
            .answer(request, resource::upgrade_identity)
            .await
    }

    async fn read_resource(
        &self,
        request: Request<pb::read_resource::Request>,
    ) -> Result<Response<pb::read_resource::Response>, Status> {
        let request = request.into_inner();
        self.call("ReadResource", &request.type_name)
            .answer(request, resource::read)
            .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<pb::plan_resource_change::Request>,
    ) -> Result<Response<pb::plan_resource_change::Response>, Status> {
        let request = request.into_inner();
        self.call("PlanResourceChange", &request.type_name)
            .answer(request, resource::plan)
            .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<pb::apply_resource_change::Request>,
    ) -> Result<Response<pb::apply_resource_change::Response>, Status> {
        let request = request.into_inner();
        self.call("ApplyResourceChange", &request.type_name)
            .answer(request, resource::apply)
            .await
    }

    async fn import_resource_state(
        &self,
        request: Request<pb::import_resource_state::Request>,
    ) -> Result<Response<pb::import_resource_state::Response>, Status> {
        let request = request.into_inner();
        self.call("ImportResourceState", &request.type_name)
            .answer(request, resource::import)
            .await
    }

    async fn move_resource_state(
        &self,
        request: Request<pb::move_resource_state::Request>,
    ) -> Result<Response<pb::move_resource_state::Response>, Status> {
        let request = request.into_inner();
        self.call("MoveResourceState", &request.target_type_name)
            .answer(request, resource::move_state)
            .await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<pb::validate_data_resource_config::Request>,
    ) -> Result<Response<pb::validate_data_resource_config::Response>, Status> {
        let request = request.into_inner();
        self.call("ValidateDataResourceConfig", &request.type_name)
            .answer(request, data_source::validate)
            .await
    }

    async fn read_data_source(
        &self,
        request: Request<pb::read_data_source::Request>,
    ) -> Result<Response<pb::read_data_source::Response>, Status> {
        let request = request.into_inner();
        self.call("ReadDataSource", &request.type_name)
            .answer(request, data_source::read)
            .await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<pb::validate_ephemeral_resource_config::Request>,
    ) -> Result<Response<pb::validate_ephemeral_resource_config::Response>, Status> {
        let request = request.into_inner();
        self.call("ValidateEphemeralResourceConfig", &request.type_name)
            .answer(request, ephemeral_resource::validate)
            .await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<pb::open_ephemeral_resource::Request>,
    ) -> Result<Response<pb::open_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        self.call("OpenEphemeralResource", &request.type_name)
            .answer(request, ephemeral_resource::open)
            .await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<pb::renew_ephemeral_resource::Request>,
    ) -> Result<Response<pb::renew_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        self.call("RenewEphemeralResource", &request.type_name)
            .answer(request, ephemeral_resource::renew)
            .await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<pb::close_ephemeral_resource::Request>,
    ) -> Result<Response<pb::close_ephemeral_resource::Response>, Status> {
        let request = request.into_inner();
        self.call("CloseEphemeralResource", &request.type_name)
            .answer(request, ephemeral_resource::close)
            .await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<pb::validate_list_resource_config::Request>,
    ) -> Result<Response<pb::validate_list_resource_config::Response>, Status> {
        let request = request.into_inner();
        self.call("ValidateListResourceConfig", &request.type_name)
            .answer(request, list_resource::validate)
            .await
    }

    async fn list_resource(
        &self,
        request: Request<pb::list_resource::Request>,
    ) -> Result<Response<BoxStream<pb::list_resource::Event>>, Status> {
        let request = request.into_inner();
        self.call("ListResource", &request.type_name)
            .stream(request, list_resource::list)
    }

    async fn validate_action_config(
        &self,
        request: Request<pb::validate_action_config::Request>,
    ) -> Result<Response<pb::validate_action_config::Response>, Status> {
        let request = request.into_inner();
        self.call("ValidateActionConfig", &request.type_name)
            .answer(request, action::validate)
            .await
    }

    async fn plan_action(
        &self,
        request: Request<pb::plan_action::Request>,
    ) -> Result<Response<pb::plan_action::Response>, Status> {
        let request = request.into_inner();
        self.call("PlanAction", &request.action_type)
            .answer(request, action::plan)
            .await
    }

    async fn invoke_action(
        &self,
        request: Request<pb::invoke_action::Request>,
    ) -> Result<Response<BoxStream<pb::invoke_action::Event>>, Status> {
        let request = request.into_inner();
        self.call("InvokeAction", &request.action_type)
            .stream(request, action::invoke)
    }

    async fn get_functions(
        &self,
        _request: Request<pb::get_functions::Request>,
    ) -> Result<Response<pb::get_functions::Response>, Status> {
        self.call("GetFunctions", "").answer((), schema::functions).await
    }

    async fn call_function(
        &self,
        request: Request<pb::call_function::Request>,
    ) -> Result<Response<pb::call_function::Response>, Status> {
        let request = request.into_inner();
        self.call("CallFunction", &request.name)
            .answer(request, function::call)
            .await
    }
}
