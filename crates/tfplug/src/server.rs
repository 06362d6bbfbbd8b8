//! A provider as the protocol sees it.

mod held;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;
use futures::future::join_all;

use crate::action::RawAction;
use crate::codec::json;
use crate::context::Context;
use crate::data_source::RawDataSource;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::calls;
use crate::engine::draft::draft;
use crate::engine::{null_object, settle, validate, write_only};
use crate::ephemeral_resource::RawEphemeralResource;
use crate::list_resource::RawListResource;
use crate::model::Model;
use crate::provider::{ConfigureRequest, Provider};
use crate::registry::{Registry, RegistryError, Served, ServedResource};
use crate::resource::RawResource;
use crate::rpc::{
    ActionRequest, ApplyRequest, ApplyResponse, CallContext, ClientCapabilities, CloseRequest, EventSink,
    FunctionError, ImportRequest, ImportResponse, ListEvent, ListRequest, MoveRequest, MoveResponse,
    OpenRequest, OpenResponse, Outcome, PlanRequest, PlanResponse, ProviderServer, ReadRequest, ReadResponse,
    RenewRequest, RenewResponse,
};
use crate::schema::{ObjectKind, ProviderSchemas};
use crate::value::Value;
use held::Held;

/// Serves a [`Provider`].
pub struct Server<P: Provider> {
    provider: P,
    configured: ArcSwapOption<P::Configured>,
    served: Registry<P::Configured>,
    held: Held,
}

impl<P: Provider> Server<P> {
    /// Asks the provider what it serves. A schema is made when it is first needed.
    ///
    /// # Errors
    /// When two objects of one kind have one name, or a list resource has no resource with an identity.
    pub fn new(provider: P) -> Result<Self, RegistryError> {
        let mut registry = Registry::new(P::Config::schema(0));
        provider.register(&mut registry);
        Ok(Self {
            provider,
            configured: ArcSwapOption::empty(),
            served: registry.checked()?,
            held: Held::default(),
        })
    }

    /// All schemas of the provider.
    pub fn schemas(&self) -> &ProviderSchemas {
        &self.served.schemas
    }

    fn context(&self, call: &CallContext) -> Context<P::Configured> {
        let configured = self.configured.load_full().filter(|_| !call.offline);
        Context::new(configured, call.clone())
    }

    fn resource(&self, type_name: &str) -> Result<&ServedResource<P::Configured>, Diagnostic> {
        find(&self.served.resources, ObjectKind::Resource, type_name)
    }

    fn data_source(&self, name: &str) -> Result<&Served<dyn RawDataSource<P::Configured>>, Diagnostic> {
        find(&self.served.data_sources, ObjectKind::DataSource, name)
    }

    fn ephemeral(&self, name: &str) -> Result<&Served<dyn RawEphemeralResource<P::Configured>>, Diagnostic> {
        find(
            &self.served.ephemeral_resources,
            ObjectKind::EphemeralResource,
            name,
        )
    }

    fn list_resource(&self, name: &str) -> Result<&Served<dyn RawListResource<P::Configured>>, Diagnostic> {
        find(&self.served.list_resources, ObjectKind::ListResource, name)
    }

    fn action(&self, name: &str) -> Result<&Served<dyn RawAction<P::Configured>>, Diagnostic> {
        find(&self.served.actions, ObjectKind::Action, name)
    }
}

fn find<'s, T>(served: &'s BTreeMap<String, T>, kind: ObjectKind, name: &str) -> Result<&'s T, Diagnostic> {
    served.get(name).ok_or_else(|| unknown(kind.noun(), name))
}

/// Runs the checks of a configuration, those of its schema and those of its code. No configuration is one of nulls.
fn validated<T: ?Sized>(
    served: Result<&Served<T>, Diagnostic>,
    config: &Value,
    check: impl FnOnce(&T, &Value, &mut Diagnostics),
) -> Diagnostics {
    let served = match served {
        Ok(served) => served,
        Err(unknown) => return unknown.into(),
    };
    let config = match config {
        Value::Null => &null_object(&served.schema),
        config => config,
    };
    let mut diags = Diagnostics::new();
    validate::validate(&served.schema, config, &mut diags, |found| {
        check(&served.code, config, found);
    });
    diags
}

fn unknown(kind: &str, name: &str) -> Diagnostic {
    let detail =
        format!("This version of the provider has no {kind} {name}. Check the name and the version.");
    Diagnostic::error(format!("Unknown {kind}"), detail)
}

#[async_trait]
impl<P: Provider> ProviderServer for Server<P> {
    fn type_name(&self) -> &str {
        self.provider.type_name()
    }

    fn schemas(&self) -> &ProviderSchemas {
        &self.served.schemas
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        let mut diags = Diagnostics::new();
        validate::validate(&self.served.schemas.provider, config, &mut diags, |found| {
            let model = P::Config::from_value(config, found);
            if !found.has_errors() {
                self.provider.validate(&model, found);
            }
        });
        diags
    }

    fn validate_resource(
        &self,
        type_name: &str,
        config: &Value,
        capabilities: ClientCapabilities,
    ) -> Diagnostics {
        let mut diags = Diagnostics::new();
        match self.resource(type_name) {
            Ok(resource) => {
                if !capabilities.write_only_attributes_allowed {
                    write_only::refuse(&resource.schemas.object, config, &mut diags);
                }
                validate::validate(&resource.schemas.object, config, &mut diags, |found| {
                    resource.code.validate(config, found);
                });
            }
            Err(unknown) => diags.push(unknown),
        }
        diags
    }

    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        validated(self.data_source(type_name), config, |source, config, found| {
            source.validate(config, found);
        })
    }

    async fn configure(&self, cx: &CallContext, terraform_version: &str, config: &Value) -> Diagnostics {
        tracing::debug!(terraform_version, "configure");
        let mut diags = Diagnostics::new();
        validate::validate_required(&self.served.schemas.provider, config, &mut diags);
        let config = draft(&self.served.schemas.provider, &Value::Null, config);
        let model = P::Config::from_value(&config, &mut diags);
        if diags.has_errors() {
            return diags;
        }
        let cx = Context::new(None, cx.clone());
        let request = ConfigureRequest::new(model, terraform_version);
        let result = calls::guarded(self.provider.configure(&cx, request)).await;
        diags.extend(cx.take_findings());
        match result {
            Ok(configured) => self.configured.store(Some(Arc::new(configured))),
            Err(findings) => diags.extend(findings),
        }
        diags
    }

    fn upgrade_state(&self, type_name: &str, version: i64, bytes: &[u8]) -> Outcome<Value> {
        let resource = match self.resource(type_name) {
            Ok(resource) => resource,
            Err(unknown) => return Outcome::failed(unknown),
        };
        let schema = &resource.schemas.object;
        let upgraded = if version == schema.version {
            Ok(bytes.to_vec())
        } else {
            upgrade(resource.code.as_ref(), version, bytes)
        };
        let decoded = upgraded.and_then(|bytes| json::decode(&bytes, resource.ty(), json::Undeclared::Drop));
        match decoded {
            Ok(value) => Outcome::ok(write_only::withheld(
                schema,
                &settle::salvage(&value, &Value::Null),
            )),
            Err(findings) => Outcome::failed(findings),
        }
    }

    fn upgrade_identity(&self, type_name: &str, version: i64, bytes: &[u8]) -> Outcome<Value> {
        let Some(schema) = self.served.schemas.identities.get(type_name) else {
            return Outcome::failed(unknown("resource identity", type_name));
        };
        if version != schema.version {
            let detail = format!(
                "The identity stored for {type_name} has version {version}, this provider knows {}.",
                schema.version
            );
            return Outcome::failed(Diagnostic::error("The stored identity cannot be read", detail));
        }
        match json::decode(bytes, &schema.ty(), json::Undeclared::Drop) {
            Ok(value) => Outcome::ok(value),
            Err(findings) => Outcome::failed(findings),
        }
    }

    async fn read(&self, cx: &CallContext, request: ReadRequest) -> ReadResponse {
        match self.resource(&request.type_name) {
            Ok(r) => calls::read(r.code.as_ref(), &r.schemas, &self.context(cx), request).await,
            Err(unknown) => ReadResponse {
                state: request.state,
                private: request.private,
                identity: request.identity,
                diagnostics: unknown.into(),
            },
        }
    }

    async fn plan(&self, cx: &CallContext, request: PlanRequest) -> PlanResponse {
        match self.resource(&request.type_name) {
            Ok(r) => calls::plan(r.code.as_ref(), &r.schemas, &self.context(cx), request).await,
            Err(unknown) => PlanResponse {
                planned: request.proposed,
                requires_replace: Vec::new(),
                private: request.private,
                identity: request.identity,
                diagnostics: unknown.into(),
            },
        }
    }

    async fn apply(&self, cx: &CallContext, request: ApplyRequest) -> ApplyResponse {
        match self.resource(&request.type_name) {
            Ok(r) => calls::apply(r.code.as_ref(), &r.schemas, &self.context(cx), request).await,
            Err(unknown) => ApplyResponse {
                state: request.prior,
                private: request.private,
                identity: request.identity,
                diagnostics: unknown.into(),
            },
        }
    }

    async fn import(&self, cx: &CallContext, request: ImportRequest) -> ImportResponse {
        match self.resource(&request.type_name) {
            Ok(r) => calls::import(r.code.as_ref(), &r.schemas, &self.context(cx), request).await,
            Err(unknown) => ImportResponse {
                state: Value::Null,
                private: Vec::new(),
                identity: None,
                diagnostics: unknown.into(),
            },
        }
    }

    async fn move_state(&self, _: &CallContext, request: MoveRequest) -> MoveResponse {
        match self.resource(&request.target_type) {
            Ok(r) => calls::move_state(r.code.as_ref(), &r.schemas, request).await,
            Err(unknown) => MoveResponse {
                state: Value::Null,
                private: Vec::new(),
                identity: None,
                diagnostics: unknown.into(),
            },
        }
    }

    async fn read_data_source(&self, cx: &CallContext, type_name: &str, config: &Value) -> Outcome<Value> {
        let source = match self.data_source(type_name) {
            Ok(source) => source,
            Err(unknown) => return Outcome::failed(unknown),
        };
        calls::read_data(source.code.as_ref(), &source.schema, &self.context(cx), config).await
    }

    fn validate_ephemeral_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        validated(self.ephemeral(type_name), config, |ephemeral, config, found| {
            ephemeral.validate(config, found);
        })
    }

    async fn open(&self, cx: &CallContext, request: OpenRequest) -> OpenResponse {
        match self.ephemeral(&request.type_name) {
            Ok(e) => {
                let cx = self.context(cx);
                let answer = calls::open(e.code.as_ref(), &e.schema, &cx, &request.config).await;
                self.held.opened(&request.type_name, &answer);
                answer
            }
            Err(unknown) => OpenResponse::failed(unknown),
        }
    }

    async fn renew(&self, cx: &CallContext, request: RenewRequest) -> RenewResponse {
        match self.ephemeral(&request.type_name) {
            Ok(e) => calls::renew(e.code.as_ref(), &self.context(cx), request.private).await,
            Err(unknown) => RenewResponse::of(request.private, unknown),
        }
    }

    async fn close(&self, cx: &CallContext, request: CloseRequest) -> Diagnostics {
        self.held.closed(&request);
        match self.ephemeral(&request.type_name) {
            Ok(e) => calls::close(e.code.as_ref(), &self.context(cx), &request.private).await,
            Err(unknown) => unknown.into(),
        }
    }

    async fn end(&self) {
        let closed = self.held.take().into_iter().map(async |request| {
            let type_name = request.type_name.clone();
            let findings = self.close(&CallContext::default(), request).await;
            tracing::warn!(
                type_name,
                failed = findings.has_errors(),
                "closed what the host left open"
            );
        });
        join_all(closed).await;
    }

    fn validate_list_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        validated(self.list_resource(type_name), config, |list, config, found| {
            list.validate(config, found);
        })
    }

    async fn list(
        &self,
        cx: &CallContext,
        request: ListRequest,
        results: &dyn EventSink<ListEvent>,
    ) -> Diagnostics {
        let list = self.list_resource(&request.type_name);
        match list.and_then(|list| Ok((list, self.resource(&request.type_name)?))) {
            Ok((list, listed)) => {
                let schemas = (&*list.schema, &listed.schemas);
                calls::list(list.code.as_ref(), schemas, &self.context(cx), request, results).await
            }
            Err(unknown) => unknown.into(),
        }
    }

    fn validate_action(&self, type_name: &str, config: &Value) -> Diagnostics {
        validated(self.action(type_name), config, |action, config, found| {
            action.validate(config, found);
        })
    }

    async fn plan_action(&self, cx: &CallContext, request: ActionRequest) -> Diagnostics {
        match self.action(&request.type_name) {
            Ok(a) => calls::plan_action(a.code.as_ref(), &a.schema, &self.context(cx), &request.config).await,
            Err(unknown) => unknown.into(),
        }
    }

    async fn invoke_action(
        &self,
        cx: &CallContext,
        request: ActionRequest,
        progress: &dyn EventSink<String>,
    ) -> Diagnostics {
        let (cx, config) = (self.context(cx), &request.config);
        match self.action(&request.type_name) {
            Ok(a) => calls::invoke_action(a.code.as_ref(), &a.schema, &cx, config, progress).await,
            Err(unknown) => unknown.into(),
        }
    }

    fn call_function(&self, name: &str, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        match self.served.functions.get(name) {
            Some(function) => {
                catch_unwind(AssertUnwindSafe(|| function.call(&arguments))).unwrap_or_else(|panic| {
                    Err(FunctionError {
                        text: calls::panicked(panic.as_ref()).detail,
                        argument: None,
                    })
                })
            }
            None => Err(FunctionError {
                text: unknown("function", name).detail,
                argument: None,
            }),
        }
    }
}

fn upgrade<C>(resource: &dyn RawResource<C>, version: i64, bytes: &[u8]) -> Result<Vec<u8>, Diagnostics> {
    let unreadable = |e: serde_json::Error| {
        Diagnostics::from(Diagnostic::error(
            "The stored state cannot be read",
            format!("It is not JSON: {e}."),
        ))
    };
    let old = serde_json::from_slice(bytes).map_err(unreadable)?;
    serde_json::to_vec(&resource.upgrade(version, old)?).map_err(unreadable)
}
