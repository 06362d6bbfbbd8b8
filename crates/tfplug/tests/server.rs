//! What the server makes of a provider that misbehaves.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

use std::future::Future;

use tfplug::ReadRequest;
use tfplug::schema::{FunctionSignature, lint_provider};
use tfplug::ty::Type;
use tfplug::unstable::rpc::{
    ApplyRequest, ApplyResponse, MoveRequest, MoveResponse, Outcome, PlanRequest, ProviderServer,
};
use tfplug::*;

fn block_on<T>(call: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(call)
}

/// What to do.
#[derive(Clone, Model)]
struct Order {
    /// One word.
    #[attr(default = "good")]
    act: Attr<String>,
    /// Kept from the host.
    #[attr(write_only)]
    secret: Attr<String>,
    /// What came of it.
    #[attr(computed)]
    result: Attr<String>,
}

/// What is looked at, and configured.
#[derive(Clone, Model)]
struct Look {
    /// One word.
    #[attr(default = "good")]
    act: Attr<String>,
    /// What came of it.
    #[attr(computed)]
    result: Attr<String>,
}

fn obey(act: &Attr<String>) -> Result<Attr<String>, Diagnostics> {
    match act.as_str() {
        Some("panic") => panic!("ordered to"),
        Some("fail silently") => Err(Diagnostics::new()),
        Some("unknown") => Ok(Attr::Unknown),
        Some(act) => Ok(act.into()),
        None => Ok("nothing".into()),
    }
}

struct Unruly;

#[async_trait]
impl Provider for Unruly {
    type Config = Look;
    type Configured = String;

    fn type_name(&self) -> &'static str {
        "unruly"
    }

    async fn configure(
        &self,
        cx: &Context<()>,
        request: ConfigureRequest<Look>,
    ) -> Result<String, Diagnostics> {
        if request.config.act.as_str() == Some("warn") {
            cx.warn(Diagnostic::warning("An old host", request.terraform_version));
        }
        Ok(obey(&request.config.act)?.into_known().unwrap_or_default())
    }

    fn register(&self, registry: &mut Registry<String>) {
        registry.resource(Thing).data_source(Sight).function(Shout);
    }
}

/// Its name.
#[derive(Clone, Model)]
struct Name {
    /// One word.
    #[attr(required)]
    act: Attr<String>,
}

struct Thing;

#[async_trait]
impl Resource for Thing {
    type Provider = String;
    type Model = Order;
    type Identity = Name;
    type Private = u32;

    fn type_name(&self) -> &'static str {
        "unruly_thing"
    }

    async fn plan(&self, _: &Context<String>, plan: &mut Plan<Order, u32>) -> Result<(), Diagnostics> {
        plan.private += 1;
        Ok(())
    }

    async fn create(
        &self,
        cx: &Context<String>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let CreateRequest { planned, slot, .. } = request;
        let result = format!("{} {}", cx.provider()?, slot.recall::<u32>()?).into();
        slot.exists(&Order { result, ..planned });
        Ok(())
    }

    async fn read(
        &self,
        _: &Context<String>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Order>, Diagnostics> {
        let state = request.state;
        Ok((state.act.as_str() != Some("gone")).then_some(state))
    }

    async fn update(
        &self,
        cx: &Context<String>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let UpdateRequest {
            config,
            planned,
            slot,
            ..
        } = request;
        self.create(cx, CreateRequest::new(config, planned, slot)).await
    }

    async fn delete(&self, _: &Context<String>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn move_from(&self, source: &MoveSource) -> Option<Result<Order, Diagnostics>> {
        let name = source.identity.as_ref()?["name"].as_str()?;
        Some(Ok(Order {
            act: name.into(),
            secret: "hush".into(),
            result: String::from_utf8_lossy(&source.private).into_owned().into(),
        }))
    }

    fn identity(&self, state: &Order) -> Option<Name> {
        assert_ne!(state.act.as_str(), Some("no name"));
        Some(Name {
            act: state.act.clone(),
        })
    }
}

struct Sight;

#[async_trait]
impl DataSource for Sight {
    type Provider = String;
    type Model = Look;

    fn type_name(&self) -> &'static str {
        "unruly_sight"
    }

    async fn read(&self, _: &Context<String>, config: Look) -> Result<Look, Diagnostics> {
        let result = obey(&config.act)?;
        let act = config.act.map(|act| act.to_uppercase());
        Ok(Look { act, result })
    }
}

struct Shout;

impl Function for Shout {
    fn name(&self) -> &'static str {
        "shout"
    }

    fn signature(&self) -> FunctionSignature {
        FunctionSignature::new("Fails.", [], Type::String)
    }

    fn call(&self, _: &[Value]) -> Result<Value, FunctionError> {
        panic!("too loud")
    }
}

fn look(act: impl Into<Value>) -> Value {
    Value::object([("act", act.into()), ("result", Value::Null)])
}

fn order(act: &str, secret: impl Into<Value>) -> Value {
    Value::object([
        ("act", act.into()),
        ("secret", secret.into()),
        ("result", Value::Null),
    ])
}

fn read(act: impl Into<Value>) -> Outcome<Value> {
    let server = Server::new(Unruly).unwrap();
    block_on(server.read_data_source(&CallContext::default(), "unruly_sight", &look(act)))
}

fn configure(server: &Server<Unruly>, act: impl Into<Value>) -> Diagnostics {
    block_on(server.configure(&CallContext::default(), "1.11.4", &look(act)))
}

#[track_caller]
fn only(findings: &Diagnostics, said: &str) {
    let all: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert!(
        all.len() == 1 && findings.has_errors() && all[0].contains(said),
        "{all:?}"
    );
}

/// Plans and applies a create.
fn create(server: &Server<Unruly>, act: &str) -> ApplyResponse {
    let (cx, type_name) = (CallContext::default(), "unruly_thing".to_owned());
    let config = order(act, Value::Null);
    let plan = block_on(server.plan(
        &cx,
        PlanRequest {
            type_name: type_name.clone(),
            prior: Value::Null,
            proposed: config.clone(),
            config: config.clone(),
            private: Vec::new(),
            identity: None,
        },
    ));
    block_on(server.apply(
        &cx,
        ApplyRequest {
            type_name,
            prior: Value::Null,
            planned: plan.planned,
            config,
            private: plan.private,
            identity: plan.identity,
        },
    ))
}

#[test]
fn its_schemas_are_fine() {
    assert_eq!(lint_provider(Server::new(Unruly).unwrap().schemas()), []);
}

#[test]
fn a_data_source_gives_back_what_was_written() {
    let found = read("Mixed").value.unwrap();
    assert_eq!(
        (found.get("act"), found.get("result")),
        (&"Mixed".into(), &"Mixed".into())
    );
    let found = read(Value::Null).value.unwrap();
    assert_eq!(
        (found.get("act"), found.get("result")),
        (&"good".into(), &"good".into())
    );
}

#[test]
fn a_data_source_that_fails_gives_an_error() {
    for (act, said) in [("panic", "ordered to"), ("fail silently", "without saying why")] {
        let failed = read(act);
        assert_eq!(failed.value, None);
        only(&failed.diagnostics, said);
    }
    let open = read("unknown");
    only(&open.diagnostics, "result");
    assert_eq!(open.value.unwrap().get("result"), &Value::Null);
}

#[test]
fn a_provider_is_configured_again_and_again() {
    let server = Server::new(Unruly).unwrap();
    only(
        &create(&server, "early").diagnostics,
        "before it sent the provider block",
    );
    for act in ["first", "second"] {
        assert!(configure(&server, act).is_empty());
        let created = create(&server, "x");
        assert_eq!(
            created.state.get("result"),
            &format!("{act} 1").into(),
            "{created:?}"
        );
    }
    for (act, said) in [("panic", "ordered to"), ("fail silently", "without saying why")] {
        only(&configure(&server, act), said);
    }
    assert!(configure(&server, Value::Null).is_empty());
    assert_eq!(create(&server, "x").state.get("result"), &"good 1".into());
}

#[test]
fn a_provider_block_is_warned_of_and_still_counts() {
    let server = Server::new(Unruly).unwrap();
    let told: Vec<_> = configure(&server, "warn").into_iter().collect();
    assert_eq!(told, [Diagnostic::warning("An old host", "1.11.4")]);
    assert_eq!(create(&server, "x").state.get("result"), &"warn 1".into());
}

/// Registers one of them twice.
struct Twice(&'static str);

#[async_trait]
impl Provider for Twice {
    type Config = Look;
    type Configured = String;

    fn type_name(&self) -> &'static str {
        "unruly"
    }

    async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Look>) -> Result<String, Diagnostics> {
        Ok(String::new())
    }

    fn register(&self, registry: &mut Registry<String>) {
        registry.resource(Thing).data_source(Sight).function(Shout);
        match self.0 {
            "resource" => registry.resource(Thing),
            "data source" => registry.data_source(Sight),
            _ => registry.function(Shout),
        };
    }
}

#[test]
fn a_name_that_is_registered_twice_is_refused() {
    for (kind, name) in [
        ("resource", "unruly_thing"),
        ("data source", "unruly_sight"),
        ("function", "shout"),
    ] {
        let refused = Server::new(Twice(kind)).err().unwrap().to_string();
        let expected =
            format!("the provider registers the {kind} {name} twice: give one of them another name");
        assert_eq!(refused, expected);
    }
}

#[test]
fn a_panic_over_its_name_does_not_lose_an_object() {
    let server = Server::new(Unruly).unwrap();
    assert!(configure(&server, "p").is_empty());
    let created = create(&server, "no name");
    assert_eq!(created.state.get("result"), &"p 1".into());
    only(&created.diagnostics, "panic");
}

#[test]
fn what_is_gone_has_no_name() {
    let request = unstable::rpc::ReadRequest {
        type_name: "unruly_thing".into(),
        state: order("gone", Value::Null),
        private: Vec::new(),
        identity: None,
    };
    let found = block_on(
        Server::new(Unruly)
            .unwrap()
            .read(&CallContext::default(), request),
    );
    assert_eq!((found.state, found.identity), (Value::Null, None));
}

#[test]
fn a_function_may_panic() {
    let error = Server::new(Unruly)
        .unwrap()
        .call_function("shout", Vec::new())
        .unwrap_err();
    assert!(error.text.contains("too loud"), "{error}");
}

#[test]
fn an_old_host_is_kept_from_storing_secrets() {
    let server = Server::new(Unruly).unwrap();
    let validate = |secret: Value, write_only_attributes_allowed| {
        let mut capabilities = ClientCapabilities::default();
        capabilities.write_only_attributes_allowed = write_only_attributes_allowed;
        server.validate_resource("unruly_thing", &order("x", secret), capabilities)
    };
    assert!(validate("hush".into(), true).is_empty());
    assert!(validate(Value::Null, false).is_empty());
    only(&validate("hush".into(), false), "secret is write-only");
    only(&validate(Value::unknown(), false), "secret is write-only");
}

#[test]
fn a_secret_that_was_stored_once_is_dropped() {
    let stored = br#"{"act": "x", "secret": "hush", "result": null, "forgotten": 1}"#;
    let upgraded = Server::new(Unruly)
        .unwrap()
        .upgrade_state("unruly_thing", 0, stored);
    assert!(upgraded.diagnostics.is_empty());
    assert_eq!(upgraded.value, Some(order("x", Value::Null)));
}

/// The state that a move gives where the other provider's object has this name.
fn moved(server: &Server<Unruly>, identity: &[u8]) -> MoveResponse {
    let request = MoveRequest {
        source_provider: "registry.terraform.io/other/other".into(),
        source_type: "other_thing".into(),
        source_version: 3,
        source_json: b"{}".to_vec(),
        source_private: b"memory".to_vec(),
        source_identity_json: identity.to_vec(),
        target_type: "unruly_thing".into(),
    };
    block_on(server.move_state(&CallContext::default(), request))
}

#[test]
fn a_move_may_use_all_that_the_other_provider_kept() {
    let server = Server::new(Unruly).unwrap();
    let found = moved(&server, br#"{"name": "n"}"#);
    assert_eq!(
        (found.state.get("act"), found.state.get("result")),
        (&"n".into(), &"memory".into())
    );
    assert_eq!(found.state.get("secret"), &Value::Null);
    assert_eq!(found.identity, Some(Value::object([("act", Value::from("n"))])));
    only(
        &moved(&server, b"").diagnostics,
        "cannot take over the state of other_thing",
    );
    only(&moved(&server, b"{").diagnostics, "is not JSON");
}

#[test]
fn nothing_is_planned_for_moved_state_before_its_object_was_seen() {
    let server = Server::new(Unruly).unwrap();
    assert!(configure(&server, "p").is_empty());
    let cx = CallContext::default();
    let read = |state: &Value, private: &[u8]| {
        let request = unstable::rpc::ReadRequest {
            type_name: "unruly_thing".into(),
            state: state.clone(),
            private: private.to_vec(),
            identity: None,
        };
        block_on(server.read(&cx, request))
    };
    let plan = |prior: &Value, private: &[u8], proposed: Value| {
        let request = PlanRequest {
            type_name: "unruly_thing".into(),
            prior: prior.clone(),
            config: proposed.clone(),
            proposed,
            private: private.to_vec(),
            identity: None,
        };
        block_on(server.plan(&cx, request))
    };

    let gone = moved(&server, br#"{"name": "gone"}"#);
    for proposed in [order("x", Value::Null), Value::Null] {
        only(
            &plan(&gone.state, &gone.private, proposed).diagnostics,
            "has not been read since",
        );
    }
    let sought = read(&gone.state, &gone.private);
    only(&sought.diagnostics, "was not found");
    assert_eq!((&sought.state, &sought.private), (&gone.state, &gone.private));

    let there = moved(&server, br#"{"name": "there"}"#);
    let seen = read(&there.state, &there.private);
    assert!(seen.diagnostics.is_empty(), "{:?}", seen.diagnostics);
    assert_ne!(seen.private, there.private);
    assert!(
        plan(&seen.state, &seen.private, order("x", Value::Null))
            .diagnostics
            .is_empty()
    );
}
