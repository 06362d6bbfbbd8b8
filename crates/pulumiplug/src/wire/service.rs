//! The calls, each handed to the adapter.

use std::future::Future;
use std::sync::Arc;

use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use super::calls::Calls;
use super::engine::Engine;
use super::r#gen::pulumirpc as pb;
use super::r#gen::pulumirpc::resource_provider_server::ResourceProvider;
use super::serve::Options;
use crate::adapter::{Adapter, Call, CallError, Listener};
use crate::mapping;

type Answer<T> = Result<Response<T>, Status>;

/// A provider as a gRPC service.
pub(super) struct Service {
    adapter: Arc<Adapter>,
    options: Options,
    engine: Arc<Engine>,
    calls: Arc<Calls>,
}

impl Service {
    pub(super) fn new(adapter: Adapter, options: Options, engine: Arc<Engine>, calls: Arc<Calls>) -> Self {
        Self {
            adapter: Arc::new(adapter),
            options,
            engine,
            calls,
        }
    }

    /// Runs a call. What it told is with the engine before its answer is.
    async fn run<T, F>(
        &self,
        name: &'static str,
        urn: &str,
        work: impl FnOnce(Arc<Adapter>, Call) -> F,
    ) -> Answer<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, CallError>> + Send + 'static,
    {
        let listener: Arc<dyn Listener> = Arc::<Engine>::clone(&self.engine);
        let call = Call::new(self.calls.token(), listener);
        let engine = Arc::clone(&self.engine);
        let work = work(Arc::clone(&self.adapter), call);
        let whole = async move {
            let result = work.await;
            engine.flush().await;
            result.map_err(Status::from)
        };
        self.calls.run(name, urn, whole).await.map(Response::new)
    }

    fn absent<T>(&self, what: &str) -> Answer<T> {
        let package = self.adapter.package();
        Err(CallError::Unimplemented(format!("The package {package} {what}.")).into())
    }
}

#[tonic::async_trait]
impl ResourceProvider for Service {
    async fn handshake(
        &self,
        request: Request<pb::ProviderHandshakeRequest>,
    ) -> Answer<pb::ProviderHandshakeResponse> {
        self.engine.attach(request.into_inner().engine_address);
        self.adapter.shake_hands();
        Ok(Response::new(pb::ProviderHandshakeResponse {
            accept_secrets: true,
            accept_resources: false,
            accept_outputs: false,
            supports_autonaming_configuration: true,
        }))
    }

    async fn parameterize(&self, _: Request<pb::ParameterizeRequest>) -> Answer<pb::ParameterizeResponse> {
        self.absent("takes no parameters")
    }

    async fn get_schema(&self, request: Request<pb::GetSchemaRequest>) -> Answer<pb::GetSchemaResponse> {
        let request = request.into_inner();
        if request.version != 0 {
            let text = format!(
                "There is no schema of version {}: only version 0 exists.",
                request.version
            );
            return Err(CallError::Invalid(text).into());
        }
        if !request.subpackage_name.is_empty() {
            return self.absent("has no subpackages");
        }
        let schema = self.options.schema();
        Ok(Response::new(pb::GetSchemaResponse { schema }))
    }

    async fn check_config(&self, request: Request<pb::CheckRequest>) -> Answer<pb::CheckResponse> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("CheckConfig", &urn, |adapter, call| async move {
            adapter.check_config(&call, request).await
        })
        .await
    }

    async fn diff_config(&self, request: Request<pb::DiffRequest>) -> Answer<pb::DiffResponse> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("DiffConfig", &urn, |adapter, call| async move {
            adapter.diff_config(&call, request).await
        })
        .await
    }

    async fn configure(&self, request: Request<pb::ConfigureRequest>) -> Answer<pb::ConfigureResponse> {
        let request = request.into_inner();
        self.run("Configure", "", |adapter, call| async move {
            adapter.configure(&call, request).await
        })
        .await
    }

    async fn invoke(&self, request: Request<pb::InvokeRequest>) -> Answer<pb::InvokeResponse> {
        let request = request.into_inner();
        self.run("Invoke", "", |adapter, call| async move {
            adapter.invoke(&call, request).await
        })
        .await
    }

    async fn call(&self, _: Request<pb::CallRequest>) -> Answer<pb::CallResponse> {
        self.absent("has no methods")
    }

    async fn check(&self, request: Request<pb::CheckRequest>) -> Answer<pb::CheckResponse> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("Check", &urn, |adapter, call| async move {
            adapter.check(&call, request).await
        })
        .await
    }

    async fn diff(&self, request: Request<pb::DiffRequest>) -> Answer<pb::DiffResponse> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("Diff", &urn, |adapter, call| async move {
            adapter.diff(&call, request).await
        })
        .await
    }

    async fn create(&self, request: Request<pb::CreateRequest>) -> Answer<pb::CreateResponse> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("Create", &urn, |adapter, call| async move {
            adapter.create(&call, request).await
        })
        .await
    }

    async fn read(&self, request: Request<pb::ReadRequest>) -> Answer<pb::ReadResponse> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("Read", &urn, |adapter, call| async move {
            adapter.read(&call, request).await
        })
        .await
    }

    async fn list(&self, _: Request<pb::ListRequest>) -> Answer<BoxStream<pb::ListResponse>> {
        self.absent("lists no objects")
    }

    async fn update(&self, request: Request<pb::UpdateRequest>) -> Answer<pb::UpdateResponse> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("Update", &urn, |adapter, call| async move {
            adapter.update(&call, request).await
        })
        .await
    }

    async fn delete(&self, request: Request<pb::DeleteRequest>) -> Answer<()> {
        let request = request.into_inner();
        let urn = request.urn.clone();
        self.run("Delete", &urn, |adapter, call| async move {
            adapter.delete(&call, request).await
        })
        .await
    }

    async fn construct(&self, request: Request<pb::ConstructRequest>) -> Answer<pb::ConstructResponse> {
        if !self.adapter.has_components() {
            return self.absent("has no components");
        }
        let request = request.into_inner();
        let version = self.options.version().to_owned();
        self.run("Construct", "", |adapter, call| async move {
            adapter.construct(&call, &version, request).await
        })
        .await
    }

    async fn cancel(&self, _: Request<()>) -> Answer<()> {
        self.calls.cancel();
        Ok(Response::new(()))
    }

    async fn get_plugin_info(&self, _: Request<()>) -> Answer<pb::PluginInfo> {
        Ok(Response::new(pb::PluginInfo {
            version: self.options.version().to_owned(),
        }))
    }

    async fn attach(&self, request: Request<pb::PluginAttach>) -> Answer<()> {
        self.engine.attach(request.into_inner().address);
        Ok(Response::new(()))
    }

    /// No data says that there is none.
    async fn get_mapping(&self, request: Request<pb::GetMappingRequest>) -> Answer<pb::GetMappingResponse> {
        let request = request.into_inner();
        let package = self.adapter.package();
        let is_ours = request.provider.is_empty() || request.provider == package;
        if request.key != mapping::KEY || !is_ours {
            return Ok(Response::new(pb::GetMappingResponse::default()));
        }
        Ok(Response::new(pb::GetMappingResponse {
            provider: package.to_owned(),
            data: self.adapter.mapping(self.options.version()).into_bytes(),
        }))
    }

    async fn get_mappings(
        &self,
        request: Request<pb::GetMappingsRequest>,
    ) -> Answer<pb::GetMappingsResponse> {
        let package = self.adapter.package().to_owned();
        let providers = match request.into_inner().key.as_str() {
            mapping::KEY => vec![package],
            _ => Vec::new(),
        };
        Ok(Response::new(pb::GetMappingsResponse { providers }))
    }
}
