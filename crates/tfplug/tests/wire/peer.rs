//! The provider at the other end: it does what its configuration says, so that tests can bring about any situation.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use async_trait::async_trait;
use tfplug::diag::Diagnostics;
use tfplug::schema::*;
use tfplug::ty::Type;
use tfplug::unstable::codec::json::{self, Undeclared};
use tfplug::unstable::rpc::*;
use tfplug::value::Value;
use tfplug::wire::{self, Options};
use tokio::sync::Barrier;

/// Variable that makes this program the provider; `debug` for its debugging mode.
pub(crate) const ROLE: &str = "TFPLUG_TEST_PEER";

/// As many calls as must be in progress together for `meet` to answer.
pub(crate) const PARTY: usize = 8;

pub(crate) fn main() -> ExitCode {
    let options = Options {
        address: "registry.terraform.io/example/peer".into(),
        log_crates: vec!["hosts"],
        debug: std::env::var(ROLE).as_deref() == Ok("debug"),
    };
    wire::serve(
        Peer {
            schemas: schemas(),
            meeting: Barrier::new(PARTY),
        },
        &options,
    )
}

struct Peer {
    schemas: ProviderSchemas,
    meeting: Barrier,
}

fn text(name: &str, optionality: Optionality) -> Attribute {
    Attribute::new(name, AttributeType::Plain(Type::String)).with(optionality)
}

/// The type of the resource and of the data source alike: `act` says what to do, `result` what came of it.
pub(crate) fn thing() -> Schema {
    Schema::new(
        "",
        vec![
            text("act", Optionality::Required),
            text("result", Optionality::Computed),
        ],
    )
}

/// What `PeerThing` is identified by.
pub(crate) fn thing_identity() -> IdentitySchema {
    IdentitySchema::new(1, vec![IdentityAttribute::new("name", Type::String, "")])
}

fn schemas() -> ProviderSchemas {
    let text = Parameter::new("text", Type::String, "");
    let mut schemas = ProviderSchemas::default();
    schemas.resources.insert("peer_thing".into(), thing().into());
    schemas.identities.insert("peer_thing".into(), thing_identity());
    schemas.data_sources.insert("peer_thing".into(), thing().into());
    schemas
        .ephemeral_resources
        .insert("peer_thing".into(), thing().into());
    schemas.list_resources.insert("peer_thing".into(), thing().into());
    schemas.actions.insert("peer_thing".into(), thing().into());
    schemas.functions.insert(
        "echo".into(),
        FunctionSignature::new("", [text], Type::String).into(),
    );
    schemas
}

/// A value of the schema above.
pub(crate) fn did(act: &str, result: impl Into<Value>) -> Value {
    Value::object([("act", act.into()), ("result", result.into())])
}

fn identity() -> Option<Value> {
    Some(Value::object([("name", "it".into())]))
}

impl Peer {
    async fn act(&self, cx: &CallContext, act: &str) -> Value {
        match act.split_once(' ').unwrap_or((act, "")) {
            ("wait", _) => {
                tracing::info!("waiting");
                cx.cancel.cancelled().await;
                did(act, "cancelled")
            }
            ("hang", _) => {
                tracing::info!("hanging");
                std::future::pending().await
            }
            ("meet", _) => {
                self.meeting.wait().await;
                did(act, "met")
            }
            ("panic", why) => panic!("{why}"),
            ("exchange", dir) => {
                tracing::info!("exchanging");
                while !Path::new(dir).join("go").exists() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                std::fs::write(Path::new(dir).join("done"), "").unwrap();
                did(act, "done")
            }
            // Not of the schema's type.
            ("lie", _) => did(act, 1),
            _ => did(act, "nothing"),
        }
    }
}

#[async_trait]
impl ProviderServer for Peer {
    fn type_name(&self) -> &str {
        "peer"
    }

    fn schemas(&self) -> &ProviderSchemas {
        &self.schemas
    }

    fn validate_provider(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    fn validate_resource(&self, _: &str, config: &Value, _: ClientCapabilities) -> Diagnostics {
        let mut findings = Diagnostics::new();
        if *config.get("act") == Value::from("bad") {
            findings.error_at(tfplug::path::Path::attr("act"), "Bad act", "Choose another.");
        }
        findings
    }

    fn validate_data_source(&self, _type_name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn configure(&self, _: &CallContext, terraform_version: &str, _config: &Value) -> Diagnostics {
        tracing::info!(terraform_version, api_token = "hush", "configured");
        Diagnostics::new()
    }

    fn upgrade_state(&self, _: &str, _version: i64, json: &[u8]) -> Outcome<Value> {
        match json::decode(json, &thing().ty(), Undeclared::Drop) {
            Ok(state) => Outcome::ok(state),
            Err(faults) => Outcome::failed(faults),
        }
    }

    fn upgrade_identity(&self, _: &str, _version: i64, _json: &[u8]) -> Outcome<Value> {
        Outcome {
            value: identity(),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn read(&self, cx: &CallContext, request: ReadRequest) -> ReadResponse {
        let act = request.state.get("act").as_str().unwrap_or_default().to_owned();
        let state = self.act(cx, &act).await;
        ReadResponse {
            state,
            private: request.private,
            identity: identity(),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn plan(&self, _: &CallContext, request: PlanRequest) -> PlanResponse {
        PlanResponse {
            planned: request.proposed,
            requires_replace: vec![tfplug::path::Path::attr("act")],
            private: b"planned".to_vec(),
            identity: None,
            diagnostics: Diagnostics::new(),
        }
    }

    async fn apply(&self, cx: &CallContext, request: ApplyRequest) -> ApplyResponse {
        let act = request.planned.get("act").as_str().unwrap_or_default().to_owned();
        let state = self.act(cx, &act).await;
        ApplyResponse {
            state,
            private: request.private,
            identity: identity(),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn import(&self, _: &CallContext, request: ImportRequest) -> ImportResponse {
        ImportResponse {
            state: did(&request.id, Value::Null),
            private: Vec::new(),
            identity: request.identity.or(identity()),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn move_state(&self, _: &CallContext, request: MoveRequest) -> MoveResponse {
        MoveResponse {
            state: did(
                &request.source_type,
                String::from_utf8(request.source_json).unwrap(),
            ),
            private: request.source_private,
            identity: identity(),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn read_data_source(&self, cx: &CallContext, _: &str, config: &Value) -> Outcome<Value> {
        let act = config.get("act").as_str().unwrap_or_default().to_owned();
        Outcome::ok(self.act(cx, &act).await)
    }

    fn validate_ephemeral_resource(&self, _type_name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn open(&self, cx: &CallContext, request: OpenRequest) -> OpenResponse {
        let act = request.config.get("act").as_str().unwrap_or_default().to_owned();
        OpenResponse::opened(self.act(cx, &act).await)
    }

    /// Acts as its private data say.
    async fn renew(&self, cx: &CallContext, request: RenewRequest) -> RenewResponse {
        self.act(cx, std::str::from_utf8(&request.private).unwrap()).await;
        RenewResponse::of(b"renewed".to_vec(), Diagnostics::new())
    }

    async fn close(&self, cx: &CallContext, request: CloseRequest) -> Diagnostics {
        self.act(cx, std::str::from_utf8(&request.private).unwrap()).await;
        Diagnostics::new()
    }

    async fn end(&self) {}

    fn validate_list_resource(&self, _type_name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// One result before it acts, one after it.
    async fn list(
        &self,
        cx: &CallContext,
        request: ListRequest,
        results: &dyn EventSink<ListEvent>,
    ) -> Diagnostics {
        let act = request.config.get("act").as_str().unwrap_or_default().to_owned();
        for name in ["before", "after"] {
            let mut found = ListEvent::found(identity().unwrap(), name);
            found.resource = Some(did(&act, Value::Null));
            if name == "after" {
                found.resource = Some(self.act(cx, &act).await);
            }
            results.send(found).await;
        }
        Diagnostics::new()
    }

    fn validate_action(&self, _type_name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn plan_action(&self, _: &CallContext, _request: ActionRequest) -> Diagnostics {
        Diagnostics::new()
    }

    async fn invoke_action(
        &self,
        cx: &CallContext,
        request: ActionRequest,
        progress: &dyn EventSink<String>,
    ) -> Diagnostics {
        let act = request.config.get("act").as_str().unwrap_or_default().to_owned();
        progress.send("before".into()).await;
        self.act(cx, &act).await;
        Diagnostics::new()
    }

    fn call_function(&self, _name: &str, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        match arguments.into_iter().next() {
            Some(text) if text == Value::from("refuse") => Err(FunctionError::argument(0, "refused")),
            text => Ok(text.unwrap_or(Value::Null)),
        }
    }
}
