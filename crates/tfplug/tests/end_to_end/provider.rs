//! A provider with one of everything, whose objects exist only in the state.

use std::process::ExitCode;

use tfplug::schema::{FunctionSignature, Parameter, validators};
use tfplug::ty::Type;
use tfplug::value::Number;
use tfplug::wire::{Options, serve};
use tfplug::*;

pub(crate) fn main() -> ExitCode {
    serve(
        Server::new(Probe).unwrap(),
        &Options::from_args("registry.terraform.io/example/probe"),
    )
}

struct Probe;

/// Nothing to configure.
#[derive(Clone, Model)]
pub(crate) struct Config {}

#[async_trait]
impl Provider for Probe {
    type Config = Config;
    type Configured = ();

    fn type_name(&self) -> &'static str {
        "probe"
    }

    async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Config>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn register(&self, registry: &mut Registry<()>) {
        registry
            .resource(ThingResource)
            .data_source(EchoDataSource)
            .list_resource(ThingList)
            .action(Ring)
            .function(Describe)
            .function(Plain);
    }
}

/// One of everything.
#[derive(Clone, Model)]
struct Thing {
    /// Its name.
    #[attr(required)]
    name: Attr<String>,
    /// Reaches the provider and nobody else.
    #[attr(write_only)]
    secret: Attr<String>,
    /// Which secret it is.
    secret_version: Attr<i64>,
    /// How long the secret was when it was last sent.
    #[attr(computed, depends_on("secret_version"))]
    secret_length: Attr<i64>,
    /// A value of any type.
    any: Attr<Dynamic>,
    /// An exact number.
    number: Attr<Number>,
    /// A float.
    ratio: Attr<f64>,
    /// Without order.
    rules: Attr<SetOf<Rule>>,
    /// With order.
    parts: Attr<Vec<Part>>,
    /// Given once.
    #[attr(computed, stable)]
    id: Attr<String>,
    /// How often it was written.
    #[attr(computed)]
    revision: Attr<i64>,
}

/// A rule.
#[derive(Clone, Model)]
struct Rule {
    /// Where.
    #[attr(required)]
    port: Attr<i64>,
    /// What.
    #[attr(computed, stable)]
    id: Attr<String>,
}

/// A part.
#[derive(Clone, Model)]
struct Part {
    /// How much.
    #[attr(required)]
    size: Attr<i64>,
    /// Where.
    #[attr(computed, stable)]
    place: Attr<String>,
}

/// What names it.
#[derive(Clone, Model)]
struct ThingIdentity {
    /// Given once.
    #[attr(required)]
    id: Attr<String>,
}

/// Kept beside the state.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Memory {
    written: i64,
}

struct ThingResource;

/// A thing without any value.
fn nothing() -> Thing {
    Thing::from_value(&Value::Null, &mut Diagnostics::new())
}

fn filled(mut thing: Thing, config: &Thing, memory: &Memory) -> Thing {
    if thing.id.is_unknown() {
        thing.id = format!("id-{}", thing.name.as_str().unwrap_or_default()).into();
    }
    if thing.secret_length.is_unknown() {
        thing.secret_length = config.secret.as_ref().map(|s| s.len() as i64);
    }
    thing.revision = memory.written.into();
    thing.rules = thing.rules.map(|SetOf(rules)| {
        let id = |port: &Attr<i64>| format!("rule-{}", port.known().unwrap_or(&0)).into();
        SetOf(rules.into_iter().map(|r| Rule { id: id(&r.port), ..r }).collect())
    });
    thing.parts = thing.parts.map(|parts| {
        let place = |part: Part| match part.place {
            Attr::Unknown => format!("place-{}", part.size.known().unwrap_or(&0)).into(),
            known => known,
        };
        let filled = |part: Part| Part {
            size: part.size,
            place: place(part.clone()),
        };
        parts.into_iter().map(filled).collect()
    });
    thing
}

#[async_trait]
impl Resource for ThingResource {
    type Provider = ();
    type Model = Thing;
    type Identity = ThingIdentity;
    type Private = Memory;

    fn type_name(&self) -> &'static str {
        "probe_thing"
    }

    fn schema_version(&self) -> i64 {
        1
    }

    async fn create(&self, _: &Context<()>, request: CreateRequest<'_, Self>) -> Result<(), Diagnostics> {
        let CreateRequest {
            config,
            planned,
            slot,
            ..
        } = request;
        let memory = Memory {
            written: slot.recall::<Memory>()?.written + 1,
        };
        slot.exists(&filled(planned, &config, &memory));
        slot.remember(&memory);
        Ok(())
    }

    async fn read(
        &self,
        _: &Context<()>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Thing>, Diagnostics> {
        let state = request.state;
        let named = state.name.is_null();
        let name = if named { state.id.clone() } else { state.name };
        Ok(Some(Thing { name, ..state }))
    }

    async fn update(&self, cx: &Context<()>, request: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> {
        let UpdateRequest {
            config,
            planned,
            slot,
            ..
        } = request;
        self.create(cx, CreateRequest::new(config, planned, slot)).await
    }

    async fn delete(&self, _: &Context<()>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn identity(&self, state: &Thing) -> Option<ThingIdentity> {
        Some(ThingIdentity { id: state.id.clone() })
    }

    async fn import(
        &self,
        _: &Context<()>,
        target: ImportTarget<ThingIdentity>,
    ) -> Result<Thing, Diagnostics> {
        let id = match target {
            ImportTarget::Id(id) => id.into(),
            ImportTarget::Identity(identity) => identity.id,
        };
        Ok(Thing { id, ..nothing() })
    }

    /// Version 0 called the name `title`.
    fn upgrade(&self, version: i64, mut state: serde_json::Value) -> Result<serde_json::Value, Diagnostics> {
        if version != 0 {
            return Err(Diagnostic::error("Unknown version", version.to_string()).into());
        }
        if let Some(object) = state.as_object_mut() {
            let title = object.remove("title").unwrap_or_default();
            object.insert("name".into(), title);
        }
        Ok(state)
    }

    fn move_from(&self, source: &MoveSource) -> Option<Result<Thing, Diagnostics>> {
        if source.type_name != "terraform_data" || !source.provider.ends_with("builtin/terraform") {
            return None;
        }
        let text = |json: &serde_json::Value| Attr::from(json.as_str().map(str::to_owned));
        Some(Ok(Thing {
            name: text(&source.state["input"]["value"]),
            id: text(&source.state["id"]),
            revision: 0.into(),
            ..nothing()
        }))
    }
}

/// How many things a list finds.
#[derive(Clone, Model)]
struct ThingFilter {
    /// Their number.
    #[attr(required, validate = validators::between(0, 1_000_000))]
    number: Attr<i64>,
}

struct ThingList;

#[async_trait]
impl ListResource for ThingList {
    type Resource = ThingResource;
    type Config = ThingFilter;

    fn type_name(&self) -> &'static str {
        "probe_thing"
    }

    async fn list(&self, _: &Context<()>, request: ListRequest<'_, Self>) -> Result<(), Diagnostics> {
        for number in 0..*request.config.number.known().unwrap_or(&0) {
            let id: Attr<String> = format!("id-{number}").into();
            let mut found = ListResult::new(ThingIdentity { id: id.clone() }, format!("thing {number}"));
            if request.include_resource {
                found = found.with_resource(Thing {
                    name: id.clone(),
                    id,
                    revision: 1.into(),
                    ..nothing()
                });
            }
            request.results.push(found).await;
        }
        Ok(())
    }
}

/// How often a bell is rung.
#[derive(Clone, Model)]
struct Ringing {
    /// The number of rings; the thirteenth breaks the bell.
    #[attr(required, validate = validators::between(1, 100))]
    times: Attr<i64>,
}

struct Ring;

#[async_trait]
impl Action for Ring {
    type Provider = ();
    type Config = Ringing;

    fn type_name(&self) -> &'static str {
        "probe_ring"
    }

    async fn invoke(
        &self,
        _: &Context<()>,
        request: InvokeActionRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        for number in 1..=*request.config.times.known().unwrap_or(&0) {
            if number == 13 {
                return Err(Diagnostic::error("The bell is broken", "It was rung too often.").into());
            }
            request.progress.report(format!("ring {number}")).await;
        }
        Ok(())
    }
}

/// Gives back what it is given.
#[derive(Clone, Model)]
struct Echo {
    /// A value of any type.
    #[attr(required)]
    input: Attr<Dynamic>,
    /// A float with a default.
    #[attr(default = Value::Number(Number::from_f64(0.5).unwrap()))]
    ratio: Attr<f64>,
    /// The value.
    #[attr(computed)]
    output: Attr<Dynamic>,
    /// Twice the float.
    #[attr(computed)]
    twice: Attr<f64>,
}

struct EchoDataSource;

#[async_trait]
impl DataSource for EchoDataSource {
    type Provider = ();
    type Model = Echo;

    fn type_name(&self) -> &'static str {
        "probe_echo"
    }

    async fn read(&self, _: &Context<()>, config: Echo) -> Result<Echo, Diagnostics> {
        Ok(Echo {
            output: config.input.clone(),
            twice: config.ratio.map(|ratio| ratio * 2.0),
            ..config
        })
    }
}

/// Says what it was given, null and unknown included.
struct Describe;

impl Function for Describe {
    fn name(&self) -> &'static str {
        "describe"
    }

    fn signature(&self) -> FunctionSignature {
        let value = Parameter::new("value", Type::Dynamic, "Any value.")
            .with_null()
            .with_unknown();
        FunctionSignature::new("Says what a value is.", [value], Type::String)
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let [value] = arguments else {
            return Err(FunctionError::argument(0, "missing"));
        };
        Ok(if value.is_known() {
            value.kind_name().into()
        } else {
            Value::unknown_not_null()
        })
    }
}

/// Takes neither null nor unknown; fails over one word.
struct Plain;

impl Function for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn signature(&self) -> FunctionSignature {
        let text = Parameter::new("text", Type::String, "A text.");
        FunctionSignature::new("Gives a text back.", [text], Type::String)
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        assert_ne!(arguments, [Value::from("panic")], "asked to");
        Ok(arguments[0].clone())
    }
}
