//! A provider of one simulated resource.

use tfplug::schema::{ProviderSchemas, Schema};
use tfplug::unstable::RawResource;
use tfplug::unstable::engine::calls::{self, ResourceSchemas};
use tfplug::unstable::engine::validate::validate;
use tfplug::unstable::rpc::{
    ActionRequest, ApplyRequest, ApplyResponse, CloseRequest, EventSink, ImportRequest, ImportResponse,
    ListEvent, ListRequest, MoveRequest, MoveResponse, OpenRequest, OpenResponse, Outcome, PlanRequest,
    PlanResponse, ProviderServer, ReadRequest, ReadResponse, RenewRequest, RenewResponse,
};
use tfplug::{CallContext, ClientCapabilities, Context, Diagnostics, FunctionError, Value, async_trait};

use crate::random::cloud::Cloud;
use crate::random::rng::Rng;

pub(super) const TYPE_NAME: &str = "sim_object";

/// The provider.
pub(super) struct Simulated {
    pub(super) cloud: Cloud,
    own: ResourceSchemas,
    all: ProviderSchemas,
}

impl Simulated {
    pub(super) fn new(schema: Schema, rng: Rng) -> Self {
        let cloud = Cloud::new(schema.clone(), rng);
        let own = ResourceSchemas {
            object: schema.clone().into(),
            identity: cloud.identity_schema(),
        };
        let mut all = ProviderSchemas::default();
        all.resources.insert(TYPE_NAME.to_owned(), schema.into());
        all.identities.extend(
            own.identity
                .clone()
                .map(|identity| (TYPE_NAME.to_owned(), identity)),
        );
        Self { cloud, own, all }
    }
}

fn context(cx: &CallContext) -> Context<()> {
    Context::new(Some(().into()), cx.clone())
}

#[async_trait]
impl ProviderServer for Simulated {
    fn type_name(&self) -> &str {
        "sim"
    }

    fn schemas(&self) -> &ProviderSchemas {
        &self.all
    }

    fn validate_resource(&self, _: &str, config: &Value, _: ClientCapabilities) -> Diagnostics {
        let mut found = Diagnostics::new();
        validate(&self.own.object, config, &mut found, |_| {});
        found
    }

    async fn read(&self, cx: &CallContext, request: ReadRequest) -> ReadResponse {
        calls::read(&self.cloud, &self.own, &context(cx), request).await
    }

    async fn plan(&self, cx: &CallContext, request: PlanRequest) -> PlanResponse {
        calls::plan(&self.cloud, &self.own, &context(cx), request).await
    }

    async fn apply(&self, cx: &CallContext, request: ApplyRequest) -> ApplyResponse {
        calls::apply(&self.cloud, &self.own, &context(cx), request).await
    }

    async fn import(&self, cx: &CallContext, request: ImportRequest) -> ImportResponse {
        calls::import(&self.cloud, &self.own, &context(cx), request).await
    }

    fn validate_provider(&self, _: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    async fn configure(&self, _: &CallContext, _: &str, _: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    // Nothing of the rest is asked for in a resource's life.

    fn validate_data_source(&self, _: &str, _: &Value) -> Diagnostics {
        unreachable!()
    }

    fn upgrade_state(&self, _: &str, _: i64, _: &[u8]) -> Outcome<Value> {
        unreachable!()
    }

    fn upgrade_identity(&self, _: &str, _: i64, _: &[u8]) -> Outcome<Value> {
        unreachable!()
    }

    async fn move_state(&self, _: &CallContext, _: MoveRequest) -> MoveResponse {
        unreachable!()
    }

    async fn read_data_source(&self, _: &CallContext, _: &str, _: &Value) -> Outcome<Value> {
        unreachable!()
    }

    fn validate_ephemeral_resource(&self, _: &str, _: &Value) -> Diagnostics {
        unreachable!()
    }

    async fn open(&self, _: &CallContext, _: OpenRequest) -> OpenResponse {
        unreachable!()
    }

    async fn renew(&self, _: &CallContext, _: RenewRequest) -> RenewResponse {
        unreachable!()
    }

    async fn close(&self, _: &CallContext, _: CloseRequest) -> Diagnostics {
        unreachable!()
    }

    async fn end(&self) {}

    fn validate_list_resource(&self, _: &str, _: &Value) -> Diagnostics {
        unreachable!()
    }

    async fn list(&self, _: &CallContext, _: ListRequest, _: &dyn EventSink<ListEvent>) -> Diagnostics {
        unreachable!()
    }

    fn validate_action(&self, _: &str, _: &Value) -> Diagnostics {
        unreachable!()
    }

    async fn plan_action(&self, _: &CallContext, _: ActionRequest) -> Diagnostics {
        unreachable!()
    }

    async fn invoke_action(
        &self,
        _: &CallContext,
        _: ActionRequest,
        _: &dyn EventSink<String>,
    ) -> Diagnostics {
        unreachable!()
    }

    fn call_function(&self, _: &str, _: Vec<Value>) -> Result<Value, FunctionError> {
        unreachable!()
    }
}
