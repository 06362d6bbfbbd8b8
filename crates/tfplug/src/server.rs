//! A provider as the protocol sees it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use async_trait::async_trait;

use crate::codec::json;
use crate::context::Context;
use crate::data_source::RawDataSource;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::calls::{self, ResourceSchemas};
use crate::engine::draft::draft;
use crate::engine::{settle, validate, write_only};
use crate::function::Function;
use crate::model::Model;
use crate::provider::{ConfigureRequest, DuplicateName, Provider, Registry};
use crate::resource::RawResource;
use crate::rpc::{
    ApplyRequest, ApplyResponse, CallContext, ClientCapabilities, FunctionError, ImportRequest,
    ImportResponse, MoveRequest, MoveResponse, Outcome, PlanRequest, PlanResponse, ProviderServer,
    ReadRequest, ReadResponse,
};
use crate::schema::{ProviderSchemas, Schema};
use crate::value::Value;

/// Serves a [`Provider`].
pub struct Server<P: Provider> {
    provider: P,
    configured: ArcSwapOption<P::Configured>,
    schemas: ProviderSchemas,
    resources: BTreeMap<String, ServedResource<P::Configured>>,
    data_sources: BTreeMap<String, ServedDataSource<P::Configured>>,
    functions: BTreeMap<String, Box<dyn Function>>,
}

struct ServedResource<C> {
    code: Box<dyn RawResource<C>>,
    schemas: ResourceSchemas,
}

struct ServedDataSource<C> {
    code: Box<dyn RawDataSource<C>>,
    schema: Schema,
}

impl<P: Provider> Server<P> {
    /// Asks the provider what it serves and makes all schemas.
    ///
    /// # Errors
    /// When two resources, data sources or functions have one name.
    pub fn new(provider: P) -> Result<Self, DuplicateName> {
        let mut registry = Registry::new();
        provider.register(&mut registry);
        let resources = by_name("resource", registry.resources.into_iter().map(served_resource))?;
        let data_sources = by_name(
            "data source",
            registry.data_sources.into_iter().map(served_data_source),
        )?;
        let functions = by_name(
            "function",
            registry.functions.into_iter().map(|f| (f.name().to_owned(), f)),
        )?;
        let schemas = ProviderSchemas {
            provider: P::Config::schema(0),
            ..schemas_of(&resources, &data_sources, &functions)
        };
        Ok(Self {
            provider,
            configured: ArcSwapOption::empty(),
            schemas,
            resources,
            data_sources,
            functions,
        })
    }

    /// All schemas of the provider.
    pub fn schemas(&self) -> &ProviderSchemas {
        &self.schemas
    }

    fn context(&self, call: &CallContext) -> Context<P::Configured> {
        Context::new(self.configured.load_full(), call.clone())
    }

    fn resource(&self, type_name: &str) -> Result<&ServedResource<P::Configured>, Diagnostic> {
        self.resources
            .get(type_name)
            .ok_or_else(|| unknown("resource", type_name))
    }

    fn data_source(&self, type_name: &str) -> Result<&ServedDataSource<P::Configured>, Diagnostic> {
        self.data_sources
            .get(type_name)
            .ok_or_else(|| unknown("data source", type_name))
    }
}

fn schemas_of<C>(
    resources: &BTreeMap<String, ServedResource<C>>,
    data_sources: &BTreeMap<String, ServedDataSource<C>>,
    functions: &BTreeMap<String, Box<dyn Function>>,
) -> ProviderSchemas {
    ProviderSchemas {
        provider: Schema::default(),
        resources: resources
            .iter()
            .map(|(n, r)| (n.clone(), r.schemas.object.clone()))
            .collect(),
        identities: resources
            .iter()
            .filter_map(|(n, r)| Some((n.clone(), r.schemas.identity.clone()?)))
            .collect(),
        data_sources: data_sources
            .iter()
            .map(|(n, d)| (n.clone(), d.schema.clone()))
            .collect(),
        functions: functions
            .iter()
            .map(|(n, f)| (n.clone(), f.signature()))
            .collect(),
    }
}

fn by_name<T>(
    kind: &'static str,
    all: impl Iterator<Item = (String, T)>,
) -> Result<BTreeMap<String, T>, DuplicateName> {
    let mut served = BTreeMap::new();
    for (name, one) in all {
        if served.insert(name.clone(), one).is_some() {
            return Err(DuplicateName { kind, name });
        }
    }
    Ok(served)
}

fn served_resource<C: Send + Sync>(code: Box<dyn RawResource<C>>) -> (String, ServedResource<C>) {
    let schemas = ResourceSchemas {
        object: code.schema(),
        identity: code.identity_schema(),
    };
    (code.type_name().to_owned(), ServedResource { code, schemas })
}

fn served_data_source<C>(code: Box<dyn RawDataSource<C>>) -> (String, ServedDataSource<C>) {
    let schema = code.schema();
    (code.type_name().to_owned(), ServedDataSource { code, schema })
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
        &self.schemas
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        let mut diags = Diagnostics::new();
        validate::validate(&self.schemas.provider, config, &mut diags, |found| {
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
        let mut diags = Diagnostics::new();
        match self.data_source(type_name) {
            Ok(source) => {
                validate::validate(&source.schema, config, &mut diags, |found| {
                    source.code.validate(config, found);
                });
            }
            Err(unknown) => diags.push(unknown),
        }
        diags
    }

    async fn configure(&self, cx: &CallContext, terraform_version: &str, config: &Value) -> Diagnostics {
        tracing::debug!(terraform_version, "configure");
        let mut diags = Diagnostics::new();
        validate::validate_required(&self.schemas.provider, config, &mut diags);
        let config = draft(&self.schemas.provider, &Value::Null, config);
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
        let decoded = upgraded.and_then(|bytes| json::decode(&bytes, &schema.ty(), json::Undeclared::Drop));
        match decoded {
            Ok(value) => Outcome::ok(write_only::withheld(
                schema,
                &settle::salvage(&value, &Value::Null),
            )),
            Err(findings) => Outcome::failed(findings),
        }
    }

    fn upgrade_identity(&self, type_name: &str, version: i64, bytes: &[u8]) -> Outcome<Value> {
        let Some(schema) = self.schemas.identities.get(type_name) else {
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

    fn call_function(&self, name: &str, arguments: Vec<Value>) -> Result<Value, FunctionError> {
        match self.functions.get(name) {
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
