//! The protocol's calls as plain structs, without protobuf or msgpack: what the [`wire`](crate::wire) module
//! translates and the engine answers.

mod ephemeral;
mod stream;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::diag::Diagnostics;
use crate::path::Path;
use crate::schema::ProviderSchemas;
use crate::value::Value;

pub use ephemeral::{CloseRequest, Deferral, OpenRequest, OpenResponse, RenewRequest, RenewResponse};
pub use stream::{ActionRequest, EventSink, ListEvent, ListRequest};

/// What the host can do, and how a call learns that it should stop.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CallContext {
    /// Cancelled when the user interrupts Terraform. The call should end soon, with what it has done so far.
    pub cancel: CancellationToken,
    /// What the host can do.
    pub capabilities: ClientCapabilities,
    /// Whether the call is answered without the configured provider, so that no server is called.
    pub offline: bool,
}

impl CallContext {
    /// A call that ends early when the token is cancelled, of a host without further capabilities.
    pub fn new(cancel: CancellationToken) -> Self {
        Self {
            cancel,
            capabilities: ClientCapabilities::default(),
            offline: false,
        }
    }

    /// The same call, for which no server is called.
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.offline = true;
        self
    }
}

/// What the host says that it can do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientCapabilities {
    /// The provider may answer that it cannot plan yet.
    pub deferral_allowed: bool,
    /// Write-only attributes may be used.
    pub write_only_attributes_allowed: bool,
    /// Private data of the plan reaches apply.
    pub store_planned_private: bool,
}

/// A provider as the protocol sees it, with values in place of Rust types.
#[async_trait]
pub trait ProviderServer: Send + Sync + 'static {
    /// The provider's type name, `mig` for `terraform-provider-mig`.
    fn type_name(&self) -> &str;

    /// All schemas. Made once.
    fn schemas(&self) -> &ProviderSchemas;

    /// Checks a provider block; unknown values are passed over.
    fn validate_provider(&self, config: &Value) -> Diagnostics;

    /// Checks a resource's configuration; unknown values are passed over.
    fn validate_resource(
        &self,
        type_name: &str,
        config: &Value,
        capabilities: ClientCapabilities,
    ) -> Diagnostics;

    /// Checks a data source's configuration; unknown values are passed over.
    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics;

    /// Takes the provider block. May be called again, with other values.
    async fn configure(&self, cx: &CallContext, terraform_version: &str, config: &Value) -> Diagnostics;

    /// Brings stored state, in JSON of the given schema version, to the present schema.
    fn upgrade_state(&self, type_name: &str, version: i64, json: &[u8]) -> Outcome<Value>;

    /// Brings a stored identity, in JSON of the given schema version, to the present schema.
    fn upgrade_identity(&self, type_name: &str, version: i64, json: &[u8]) -> Outcome<Value>;

    /// Looks the remote object up.
    async fn read(&self, cx: &CallContext, request: ReadRequest) -> ReadResponse;

    /// Says what an apply would do.
    async fn plan(&self, cx: &CallContext, request: PlanRequest) -> PlanResponse;

    /// Creates, updates or deletes.
    async fn apply(&self, cx: &CallContext, request: ApplyRequest) -> ApplyResponse;

    /// Finds an existing object by id or identity.
    async fn import(&self, cx: &CallContext, request: ImportRequest) -> ImportResponse;

    /// Takes over the state of another resource type.
    async fn move_state(&self, cx: &CallContext, request: MoveRequest) -> MoveResponse;

    /// Reads a data source.
    async fn read_data_source(&self, cx: &CallContext, type_name: &str, config: &Value) -> Outcome<Value>;

    /// Checks the configuration of an ephemeral resource; unknown values are passed over.
    fn validate_ephemeral_resource(&self, type_name: &str, config: &Value) -> Diagnostics;

    /// Opens an ephemeral resource.
    async fn open(&self, cx: &CallContext, request: OpenRequest) -> OpenResponse;

    /// Makes an ephemeral resource last longer.
    async fn renew(&self, cx: &CallContext, request: RenewRequest) -> RenewResponse;

    /// Closes an ephemeral resource.
    async fn close(&self, cx: &CallContext, request: CloseRequest) -> Diagnostics;

    /// Closes what the host has left open: it makes no further call, and the process is about to end.
    async fn end(&self);

    /// Checks the configuration of a list resource; unknown values are passed over.
    fn validate_list_resource(&self, type_name: &str, config: &Value) -> Diagnostics;

    /// Finds the objects of a resource type. Errors and warnings that are about none of them are returned.
    async fn list(
        &self,
        cx: &CallContext,
        request: ListRequest,
        results: &dyn EventSink<ListEvent>,
    ) -> Diagnostics;

    /// Checks the configuration of an action; unknown values are passed over.
    fn validate_action(&self, type_name: &str, config: &Value) -> Diagnostics;

    /// Says whether an action can be invoked, as far as that is known by now.
    async fn plan_action(&self, cx: &CallContext, request: ActionRequest) -> Diagnostics;

    /// Invokes an action, which tells its progress as lines of text.
    async fn invoke_action(
        &self,
        cx: &CallContext,
        request: ActionRequest,
        progress: &dyn EventSink<String>,
    ) -> Diagnostics;

    /// Calls a function.
    fn call_function(&self, name: &str, arguments: Vec<Value>) -> Result<Value, FunctionError>;
}

/// A result, if there is one, and what was found on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome<T> {
    /// The result; absent only together with an error.
    pub value: Option<T>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl<T> Outcome<T> {
    /// A result without findings.
    pub fn ok(value: T) -> Self {
        Self {
            value: Some(value),
            diagnostics: Diagnostics::new(),
        }
    }

    /// No result.
    pub fn failed(diagnostics: impl Into<Diagnostics>) -> Self {
        Self {
            value: None,
            diagnostics: diagnostics.into(),
        }
    }
}

/// What to read.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    /// Resource type.
    pub type_name: String,
    /// The object as last stored.
    pub state: Value,
    /// The provider's own bytes, as last stored.
    pub private: Vec<u8>,
    /// The identity, as last stored.
    pub identity: Option<Value>,
}

/// What was read.
#[derive(Debug, Clone)]
pub struct ReadResponse {
    /// The object; null if it is gone. With an error, the object as it was.
    pub state: Value,
    /// To be stored.
    pub private: Vec<u8>,
    /// To be stored.
    pub identity: Option<Value>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What to plan.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// Resource type.
    pub type_name: String,
    /// The object as it is; null if it is to be created.
    pub prior: Value,
    /// Terraform's own merge of configuration and prior state; null if the object is to be deleted.
    pub proposed: Value,
    /// The configuration; null if the object is to be deleted.
    pub config: Value,
    /// The provider's own bytes: those of the first plan if this is the second one and the host keeps them
    /// (Terraform 1.16 and later), else as last stored.
    pub private: Vec<u8>,
    /// The identity, as last stored.
    pub identity: Option<Value>,
}

/// What an apply would do.
#[derive(Debug, Clone)]
pub struct PlanResponse {
    /// The object as it will be, with unknowns where only apply will tell.
    pub planned: Value,
    /// Attributes whose change needs a new object.
    pub requires_replace: Vec<Path>,
    /// Handed to apply.
    pub private: Vec<u8>,
    /// The identity as it will be.
    pub identity: Option<Value>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What to do.
#[derive(Debug, Clone)]
pub struct ApplyRequest {
    /// Resource type.
    pub type_name: String,
    /// The object as it is; null to create.
    pub prior: Value,
    /// The object as planned; null to delete.
    pub planned: Value,
    /// The configuration, with write-only values.
    pub config: Value,
    /// The provider's own bytes from the plan.
    pub private: Vec<u8>,
    /// The identity as planned.
    pub identity: Option<Value>,
}

/// What was done.
#[derive(Debug, Clone)]
pub struct ApplyResponse {
    /// The object as it is now; null if there is none. With an error, whatever exists.
    pub state: Value,
    /// To be stored.
    pub private: Vec<u8>,
    /// To be stored.
    pub identity: Option<Value>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What to import.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// Resource type.
    pub type_name: String,
    /// The import id, or empty when an identity is given.
    pub id: String,
    /// The identity to import by.
    pub identity: Option<Value>,
}

/// What was found to import.
#[derive(Debug, Clone)]
pub struct ImportResponse {
    /// The object, or as much of it as a read needs.
    pub state: Value,
    /// To be stored.
    pub private: Vec<u8>,
    /// To be stored.
    pub identity: Option<Value>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// Whose state to take over.
#[derive(Debug, Clone)]
pub struct MoveRequest {
    /// Address of the other provider, `registry.terraform.io/hashicorp/aws`.
    pub source_provider: String,
    /// The other resource type.
    pub source_type: String,
    /// Its schema version.
    pub source_version: i64,
    /// Its state as JSON.
    pub source_json: Vec<u8>,
    /// The other provider's own bytes.
    pub source_private: Vec<u8>,
    /// Its identity as JSON, empty if the host sends none.
    pub source_identity_json: Vec<u8>,
    /// The resource type to move to.
    pub target_type: String,
}

/// What the moved object is here.
#[derive(Debug, Clone)]
pub struct MoveResponse {
    /// The object in the target's schema; null together with an error.
    pub state: Value,
    /// To be stored.
    pub private: Vec<u8>,
    /// To be stored.
    pub identity: Option<Value>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// Why a function gives no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
#[non_exhaustive]
pub struct FunctionError {
    /// The fact and the next step.
    pub text: String,
    /// Which argument is invalid, counted from 0.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// An error about the whole call.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: None,
        }
    }

    /// An error about one argument, counted from 0.
    pub fn argument(index: usize, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: Some(index),
        }
    }
}
