//! A listing in process, without and with faults.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Breach, Fault, Faults, Host, Kept, check};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::engine::calls::{self, ResourceSchemas};
use crate::engine::validate::validate;
use crate::list_resource::{ListResource, ListResult, RawListResource, TypedListResource};
use crate::model::Model;
use crate::resource::{Resource, Typed};
use crate::rpc::{CallContext, ListEvent, ListRequest};
use crate::schema::Schema;
use crate::typed;
use crate::value::Value;

/// Leads a [`ListResource`] as Terraform does, first as it is, then with an error, an interrupt and a panic at each remote
/// call. A list that lacks objects and does not say so is a [`Breach`].
///
/// ```
/// use tfplug::testing::{Faults, Listing};
/// use tfplug::*;
/// # /// An object.
/// # #[derive(Clone, Model)]
/// # struct Switch {
/// #     /// Its name.
/// #     #[attr(required)]
/// #     name: Attr<String>,
/// # }
/// # struct SwitchResource;
/// # #[async_trait]
/// # impl Resource for SwitchResource {
/// #     type Provider = Fake;
/// #     type Model = Switch;
/// #     type Identity = Switch;
/// #     type Private = ();
/// #     fn type_name(&self) -> &'static str { "example_switch" }
/// #     async fn create(&self, _: &Context<Fake>, _: CreateRequest<'_, Self>) -> Result<(), Diagnostics> { Ok(()) }
/// #     async fn read(&self, _: &Context<Fake>, _: ReadRequest<'_, Self>) -> Result<Option<Switch>, Diagnostics> {
/// #         Ok(None)
/// #     }
/// #     async fn update(&self, _: &Context<Fake>, _: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> { Ok(()) }
/// #     async fn delete(&self, _: &Context<Fake>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> { Ok(()) }
/// # }
///
/// /// Which switches are listed: all.
/// #[derive(Clone, Model)]
/// struct All {}
///
/// /// The remote side: two switches.
/// struct Fake(Faults);
///
/// impl Fake {
///     async fn names(&self) -> Result<Vec<String>, Diagnostics> {
///         let call = self.0.call(async { vec!["door".to_owned(), "hall".to_owned()] });
///         call.await.map_err(|fault| Diagnostic::error("The list failed", fault.to_string()).into())
///     }
/// }
///
/// struct SwitchList;
///
/// #[async_trait]
/// impl ListResource for SwitchList {
///     type Resource = SwitchResource;
///     type Config = All;
///
///     fn type_name(&self) -> &'static str {
///         "example_switch"
///     }
///
///     async fn list(&self, cx: &Context<Fake>, request: ListRequest<'_, Self>) -> Result<(), Diagnostics> {
///         for name in cx.provider()?.names().await? {
///             let identity = Switch { name: name.clone().into() };
///             request.results.push(ListResult::new(identity, name)).await;
///         }
///         Ok(())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let listed = Listing::new(All {}, |faults| (SwitchList, Fake(faults))).run().await.unwrap();
/// assert_eq!(listed.results[1].display_name, "hall");
/// assert!(listed.diagnostics.is_empty());
/// // One call, with an error, an interrupt and a panic.
/// assert_eq!(listed.faults, 3);
/// # });
/// ```
pub struct Listing<L: ListResource, W> {
    world: W,
    config: Value,
    include_resource: bool,
    limit: Option<u64>,
    importer: Option<Typed<L::Resource>>,
    config_schema: Schema,
    schemas: ResourceSchemas,
    of: std::marker::PhantomData<fn(L)>,
}

/// What a listing found.
#[non_exhaustive]
pub struct Listed<R: Resource> {
    /// The results, in their order.
    pub results: Vec<ListResult<R>>,
    /// What was said about the listing as a whole.
    pub diagnostics: Diagnostics,
    /// How many faults were injected, each into a listing of its own.
    pub faults: usize,
}

impl<R: Resource> std::fmt::Debug for Listed<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listed")
            .field("results", &self.results)
            .field("diagnostics", &self.diagnostics)
            .field("faults", &self.faults)
            .finish()
    }
}

/// One run.
struct Run {
    events: Vec<ListEvent>,
    diagnostics: Diagnostics,
    calls: usize,
}

type ProviderOf<L> = <<L as ListResource>::Resource as Resource>::Provider;

impl<L: ListResource, W: Fn(Faults) -> (L, ProviderOf<L>)> Listing<L, W> {
    /// A listing of this configuration. `world` makes a new list resource and a new configured provider at each call;
    /// the provider's fake makes every remote call through the [`Faults`].
    pub fn new(config: L::Config, world: W) -> Self {
        Self {
            world,
            config: config.to_value(),
            include_resource: false,
            limit: None,
            importer: None,
            config_schema: L::Config::schema(0),
            schemas: ResourceSchemas {
                object: <L::Resource as Resource>::Model::schema(0).into(),
                identity: Some(<L::Resource as Resource>::Identity::identity_schema(0)),
            },
            of: std::marker::PhantomData,
        }
    }

    /// Also asks for the object of each result.
    #[must_use]
    pub fn including_resources(mut self) -> Self {
        self.include_resource = true;
        self
    }

    /// Asks for at most so many results.
    #[must_use]
    pub fn limited_to(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Also has this resource import each object by its identity and read it. What is read must be what the list has,
    /// where that was asked for.
    #[must_use]
    pub fn importing_by(mut self, resource: L::Resource) -> Self {
        self.importer = Some(Typed(resource));
        self
    }

    /// Lists.
    ///
    /// # Errors
    /// When a result is not as Terraform needs it, or when a list after a fault lacks objects and does not say so.
    pub async fn run(&self) -> Result<Listed<L::Resource>, Breach> {
        let right = self.list(None).await;
        self.judge(&right.events)?;
        if let Some(importer) = &self.importer {
            self.import(importer, &right.events).await?;
        }
        let mut faults = 0;
        for number in 0..right.calls {
            for fault in [Fault::Error, Fault::Cancel, Fault::Panic] {
                let run = self.list(Some((number, fault))).await;
                let whole = run.events.len() == right.events.len();
                let told = !run.diagnostics.is_empty();
                let step = format!("list with {fault:?} at call {number}");
                check(
                    whole || told,
                    &step,
                    || "objects are missing, and nothing is said",
                )?;
                faults += 1;
            }
        }
        Ok(Listed {
            results: right.events.iter().filter_map(result).collect(),
            diagnostics: right.diagnostics,
            faults,
        })
    }

    async fn list(&self, fault: Option<(usize, Fault)>) -> Run {
        let (faults, cancel) = (Faults::default(), CancellationToken::new());
        let (list, provider) = (self.world)(faults.clone());
        let code = TypedListResource(list);
        let cx = Context::new(Some(Arc::new(provider)), CallContext::new(cancel.clone()));
        let mut diagnostics = Diagnostics::new();
        validate(&self.config_schema, &self.config, &mut diagnostics, |found| {
            code.validate(&self.config, found);
        });
        let events = Kept::default();
        faults.start(cancel, fault);
        if !diagnostics.has_errors() {
            let mut request = ListRequest::new("", self.config.clone());
            request.include_resource = self.include_resource;
            request.limit = self.limit;
            let schemas = (&self.config_schema, &self.schemas);
            diagnostics.extend(calls::list(&code, schemas, &cx, request, &events).await);
        }
        Run {
            events: events.take(),
            diagnostics,
            calls: faults.calls(),
        }
    }

    fn judge(&self, events: &[ListEvent]) -> Result<(), Breach> {
        for (number, event) in events.iter().enumerate() {
            let step = format!("result {number} ({})", event.display_name);
            let text = || {
                event
                    .diagnostics
                    .iter()
                    .map(ToString::to_string)
                    .collect::<String>()
            };
            check(event.identity.is_some(), &step, text)?;
            let complete = event.resource.is_some() || !self.include_resource;
            check(complete, &step, || "it lacks its resource object")?;
            let mut earlier = events[..number].iter();
            let first = !earlier.any(|other| other.identity == event.identity);
            check(first, &step, || "an earlier result has the same identity")?;
        }
        Ok(())
    }
}

impl<L: ListResource, W: Fn(Faults) -> (L, ProviderOf<L>)> Listing<L, W> {
    async fn import(&self, importer: &Typed<L::Resource>, events: &[ListEvent]) -> Result<(), Breach> {
        let (_, provider) = (self.world)(Faults::default());
        let host = Host::new(
            importer,
            &self.schemas,
            Arc::new(provider),
            CancellationToken::new(),
        );
        for event in events {
            let step = format!("import of {}", event.display_name);
            let failed = |findings: &Diagnostics| {
                let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
                check(!findings.has_errors(), &step, || lines.join("; "))
            };
            let identity = event.identity.clone().unwrap_or(Value::Null);
            let imported = host.import_by_identity(identity).await?;
            failed(&imported.diagnostics)?;
            let read = host.read(&imported.into()).await?;
            failed(&read.diagnostics)?;
            check(!read.state.is_null(), &step, || "the object is not there")?;
            let listed = event.resource.as_ref().unwrap_or(&read.state);
            let others = different(listed, &read.state);
            check(others.is_empty(), &step, || {
                let names = others.join(", ");
                format!("the list has another object than a read gives: {names}")
            })?;
        }
        Ok(())
    }
}

/// The attributes of an object that another has otherwise.
fn different(listed: &Value, read: &Value) -> Vec<String> {
    let all = read.as_map().into_iter().flatten();
    let other = all.filter(|(name, value)| listed.get(name) != *value);
    other.map(|(name, _)| name.clone()).collect()
}

/// The typed form of a result that was judged, so that it has an identity.
fn result<R: Resource>(event: &ListEvent) -> Option<ListResult<R>> {
    let identity = typed::read(event.identity.as_ref()?).ok()?;
    let mut result = ListResult::new(identity, &event.display_name);
    result.resource = event
        .resource
        .as_ref()
        .and_then(|object| typed::read(object).ok());
    result.diagnostics = event.diagnostics.clone();
    Some(result)
}

impl<L: ListResource, W> std::fmt::Debug for Listing<L, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing").finish_non_exhaustive()
    }
}
