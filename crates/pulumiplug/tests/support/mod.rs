//! An engine in process: it starts a server, calls it over a real connection, and hears its messages.

use std::sync::{Arc, Mutex};

use prost::Message as _;
use prost_types::{Struct, Value};
use pulumiplug::adapter::Rules;
use pulumiplug::component::Components;
use pulumiplug::value::{from_json, to_json};
use pulumiplug::wire::r#gen::google_rpc::Status as RpcStatus;
use pulumiplug::wire::r#gen::pulumirpc as pb;
use pulumiplug::wire::r#gen::pulumirpc::engine_server::{Engine, EngineServer};
use pulumiplug::wire::r#gen::pulumirpc::resource_provider_client::ResourceProviderClient;
use pulumiplug::wire::{Options, serve_at};
use serde_json::Value as Json;
use tfplug::Server;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::cabinet::{Cabinet, CabinetProvider, parameters};

pub const TYPE: &str = "cabinet:index:BigDrawer";
pub const URN: &str = "urn:pulumi:dev::test::cabinet:index:BigDrawer::one";

/// Messages that an engine has heard.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<pb::LogRequest>>>);

impl Heard {
    pub fn texts(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|one| one.message.clone())
            .collect()
    }

    pub fn all(&self) -> Vec<pb::LogRequest> {
        self.0.lock().unwrap().clone()
    }
}

#[tonic::async_trait]
impl Engine for Heard {
    async fn log(&self, request: Request<pb::LogRequest>) -> Result<Response<()>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(()))
    }
}

/// An engine with one provider.
pub struct Host {
    pub client: ResourceProviderClient<Channel>,
    pub cabinet: Cabinet,
    pub heard: Heard,
    pub port: u16,
    pub end: CancellationToken,
    pub served: tokio::task::JoinHandle<()>,
}

pub async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Starts an engine that hears messages.
pub async fn engine() -> (Heard, u16, CancellationToken) {
    let (heard, end) = (Heard::default(), CancellationToken::new());
    let (socket, port) = listener().await;
    let serving = tonic::transport::Server::builder()
        .add_service(EngineServer::new(heard.clone()))
        .serve_with_incoming(TcpListenerStream::new(socket));
    let asked = end.clone();
    tokio::spawn(async move {
        tokio::select! {
            served = serving => served.unwrap(),
            () = asked.cancelled() => {}
        }
    });
    (heard, port, end)
}

impl Host {
    pub async fn start() -> Self {
        Self::with_components(Components::new()).await
    }

    /// The same with components.
    pub async fn with_components(components: Components) -> Self {
        let cabinet = Cabinet::default();
        let (heard, engine_port, _) = engine().await;
        let (socket, port) = listener().await;
        let end = CancellationToken::new();
        let server = Arc::new(Server::new(CabinetProvider(cabinet.clone())).unwrap());
        let options = Options::from_args("1.2.3", || r#"{"name":"cabinet"}"#.to_owned())
            .with_rules(Rules::new().with_parameters(parameters()))
            .with_components(components)
            .with_engine(format!("127.0.0.1:{engine_port}"));
        let asked = end.clone();
        let served = tokio::spawn(async move { serve_at(server, &options, socket, asked).await.unwrap() });
        let address = format!("http://127.0.0.1:{port}");
        let channel = Channel::from_shared(address).unwrap().connect().await.unwrap();
        let client = ResourceProviderClient::new(channel);
        Self {
            client,
            cabinet,
            heard,
            port,
            end,
            served,
        }
    }

    /// A provider that is configured.
    pub async fn configured() -> Self {
        let mut host = Self::start().await;
        host.client
            .configure(pb::ConfigureRequest {
                accept_secrets: true,
                ..pb::ConfigureRequest::default()
            })
            .await
            .unwrap();
        host
    }

    pub async fn check(&mut self, olds: Option<&Struct>, news: Json) -> pb::CheckResponse {
        let request = pb::CheckRequest {
            urn: URN.to_owned(),
            r#type: TYPE.to_owned(),
            name: "one".to_owned(),
            olds: olds.cloned(),
            news: Some(object(news)),
            random_seed: b"seed".to_vec(),
            ..pb::CheckRequest::default()
        };
        self.client.check(request).await.unwrap().into_inner()
    }

    /// Inputs that have passed a check.
    pub async fn checked(&mut self, news: Json) -> Struct {
        let answer = self.check(None, news).await;
        assert_eq!(answer.failures, []);
        answer.inputs.unwrap()
    }

    pub async fn create(&mut self, inputs: &Struct, preview: bool) -> Result<pb::CreateResponse, Status> {
        let request = pb::CreateRequest {
            urn: URN.to_owned(),
            properties: Some(inputs.clone()),
            preview,
            ..pb::CreateRequest::default()
        };
        self.client.create(request).await.map(Response::into_inner)
    }

    pub async fn diff(&mut self, id: &str, olds: &Struct, news: &Struct) -> Result<pb::DiffResponse, Status> {
        let request = pb::DiffRequest {
            id: id.to_owned(),
            urn: URN.to_owned(),
            olds: Some(olds.clone()),
            news: Some(news.clone()),
            ..pb::DiffRequest::default()
        };
        self.client.diff(request).await.map(Response::into_inner)
    }

    pub async fn update(
        &mut self,
        id: &str,
        olds: &Struct,
        news: &Struct,
        preview: bool,
    ) -> Result<pb::UpdateResponse, Status> {
        let request = pb::UpdateRequest {
            id: id.to_owned(),
            urn: URN.to_owned(),
            olds: Some(olds.clone()),
            news: Some(news.clone()),
            preview,
            ..pb::UpdateRequest::default()
        };
        self.client.update(request).await.map(Response::into_inner)
    }

    pub async fn read(
        &mut self,
        id: &str,
        properties: Option<&Struct>,
        inputs: Option<&Struct>,
    ) -> Result<pb::ReadResponse, Status> {
        let request = pb::ReadRequest {
            id: id.to_owned(),
            urn: URN.to_owned(),
            properties: properties.cloned(),
            inputs: inputs.cloned(),
            ..pb::ReadRequest::default()
        };
        self.client.read(request).await.map(Response::into_inner)
    }

    pub async fn delete(&mut self, id: &str, properties: &Struct) -> Result<(), Status> {
        let request = pb::DeleteRequest {
            id: id.to_owned(),
            urn: URN.to_owned(),
            properties: Some(properties.clone()),
            ..pb::DeleteRequest::default()
        };
        self.client.delete(request).await.map(Response::into_inner)
    }
}

pub fn object(json: Json) -> Struct {
    match from_json(&json).kind {
        Some(prost_types::value::Kind::StructValue(object)) => object,
        _ => panic!("{json} is no object"),
    }
}

/// Properties as JSON, without what is stored beside the attributes.
pub fn shown(object: &Struct) -> Json {
    let own = object.fields.iter().filter(|(key, _)| !key.starts_with("__"));
    let fields = own.map(|(key, value)| (key.clone(), value.clone())).collect();
    to_json(&Value {
        kind: Some(prost_types::value::Kind::StructValue(Struct { fields })),
    })
}

/// What a failed call says exists.
pub fn left(status: &Status) -> Option<pb::ErrorResourceInitFailed> {
    let details = RpcStatus::decode(status.details()).ok()?;
    let detail = details.details.first()?;
    assert_eq!(
        detail.type_url,
        "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"
    );
    pb::ErrorResourceInitFailed::decode(&*detail.value).ok()
}
