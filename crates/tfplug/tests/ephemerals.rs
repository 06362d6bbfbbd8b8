//! What the engine makes of ephemeral resources, and what `tfplug::testing` finds wrong with them.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

mod vault;

use std::future::Future;
use std::time::{Duration, SystemTime};

use tfplug::testing::{Breach, Closed, Opening};
use tfplug::unstable::rpc::{self, Deferral, OpenResponse, ProviderServer};
use tfplug::*;

use vault::*;

fn block_on<T>(call: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(call)
}

fn whole(registry: &mut Registry<Vault>) {
    registry
        .ephemeral_resource(KeyResource(Flaw::None))
        .ephemeral_resource(Bare);
}

fn server() -> Server<Keys> {
    server_of(&Vault::default())
}

fn server_of(vault: &Vault) -> Server<Keys> {
    let server = Server::new(Keys(whole, vault.clone())).unwrap();
    let (cx, settings) = (CallContext::default(), Value::object::<&str>([]));
    assert!(block_on(server.configure(&cx, "1.11.4", &settings)).is_empty());
    server
}

fn config(lock: impl Into<Value>, seconds: impl Into<Value>) -> Value {
    let Value::Map(mut fields) = key("any").to_value() else {
        panic!("a model is an object")
    };
    fields.insert("lock".into(), lock.into());
    fields.insert("seconds".into(), seconds.into());
    Value::Map(fields)
}

fn open_with(server: &Server<Keys>, cx: &CallContext, config: Value) -> OpenResponse {
    block_on(server.open(cx, rpc::OpenRequest::new("vault_key", config)))
}

fn open(config: Value) -> OpenResponse {
    open_with(&server(), &CallContext::default(), config)
}

fn summaries(findings: &Diagnostics) -> Vec<String> {
    findings.iter().map(|finding| finding.summary.clone()).collect()
}

#[test]
fn a_key_is_opened_renewed_and_closed() {
    let (server, cx) = (server(), CallContext::default());
    let opened = open_with(&server, &cx, config("front", Value::Null));
    assert!(opened.diagnostics.is_empty(), "{opened:?}");
    let result = opened.result.unwrap();
    assert_eq!(*result.get("seconds"), 60.into(), "defaults are filled in");
    assert_eq!(*result.get("shape"), "shape 100".into());
    let in_time = SystemTime::now() + Duration::from_secs(30);
    assert!(opened.renew_at.unwrap() > in_time);

    let request = rpc::RenewRequest::new("vault_key", opened.private.clone());
    let renewed = block_on(server.renew(&cx, request));
    assert!(renewed.diagnostics.is_empty() && renewed.private != opened.private);
    assert!(
        renewed.renew_at.unwrap() > SystemTime::now(),
        "never at a time that is past"
    );
    let request = rpc::CloseRequest::new("vault_key", opened.private);
    assert!(block_on(server.close(&cx, request)).is_empty());
}

#[test]
fn renewals_hand_their_data_on() {
    let (server, cx) = (server(), CallContext::default());
    let opened = open_with(&server, &cx, config("front", -1));
    let mut due = opened.renew_at;
    let (mut private, mut times) = (opened.private, 0);
    while let Some(time) = due {
        assert!(time > SystemTime::now());
        let request = rpc::RenewRequest::new("vault_key", private);
        let renewed = block_on(server.renew(&cx, request));
        (due, private) = (renewed.renew_at, renewed.private);
        times += 1;
    }
    assert_eq!(times, 3);
}

#[test]
fn a_name_is_registered_once() {
    let twice = |registry: &mut Registry<Vault>| {
        whole(registry);
        whole(registry);
    };
    let twice = Server::new(Keys(twice, Vault::default()));
    let said = twice.err().unwrap().to_string();
    assert!(said.contains("the ephemeral resource vault_key twice"), "{said}");
    assert_eq!(schema::lint_provider(server().schemas()), []);
}

#[test]
fn configurations_are_checked() {
    for (config, said) in [
        (config("front", 1), None),
        (config(Value::unknown(), Value::unknown()), None),
        (config("bad", 1), Some("A bad lock")),
        (config("", 1), Some("Invalid value of lock")),
        (Value::Null, Some("lock is null")),
    ] {
        let found = server().validate_ephemeral_resource("vault_key", &config);
        assert_eq!(summaries(&found), said.into_iter().collect::<Vec<_>>());
    }
    for config in [Value::Null, config(Value::Null, 1)] {
        let refused = open(config);
        assert_eq!(summaries(&refused.diagnostics), ["lock is null"]);
        assert_eq!(refused.result, None);
    }
}

#[test]
fn what_is_not_known_yet_is_not_opened() {
    let unknown = || config(Value::unknown(), Value::unknown());
    let refused = open(unknown());
    assert_eq!(
        summaries(&refused.diagnostics),
        ["lock is not known yet", "seconds is not known yet"]
    );
    assert_eq!(refused, OpenResponse::failed(refused.diagnostics.clone()));
    assert_eq!(
        summaries(&open(Value::unknown()).diagnostics),
        ["The configuration is not known yet"]
    );

    let mut cx = CallContext::default();
    cx.capabilities.deferral_allowed = true;
    let put_off = open_with(&server(), &cx, unknown());
    assert!(put_off.diagnostics.is_empty());
    assert_eq!(put_off.deferred, Some(Deferral::ResourceConfigUnknown));
    assert_eq!(*put_off.result.unwrap().get("shape"), Value::unknown());
}

/// What is said of an open that must fail, and what the vault has seen of it.
fn failed(lock: &str, cx: &CallContext) -> (Vec<String>, Vec<String>) {
    let vault = Vault::default();
    let opened = open_with(&server_of(&vault), cx, config(lock, 1));
    assert_eq!(opened, OpenResponse::failed(opened.diagnostics.clone()));
    assert_eq!(vault.open(), 0, "no host closes what it was not given");
    (summaries(&opened.diagnostics), vault.done())
}

#[test]
fn what_a_failed_open_leaves_is_closed() {
    let bug = "The provider has a bug";
    for (lock, said) in [
        ("late", "The key broke"),
        ("panic", bug),
        ("wrong", "A wrong lock"),
        ("shapeless", bug),
    ] {
        let (told, done) = failed(lock, &CallContext::default());
        assert_eq!(
            (told, done),
            (vec![said.to_owned()], vec!["close 100".to_owned()]),
            "{lock}"
        );
    }
    let (told, done) = failed("early", &CallContext::default());
    assert_eq!(
        (told, done.len()),
        (vec!["No such lock".to_owned()], 0),
        "nothing was open yet"
    );

    let interrupted = CallContext::default();
    interrupted.cancel.cancel();
    let (told, done) = failed("wait", &interrupted);
    // The close knows nothing of the interrupt that led to it.
    assert_eq!(
        (told, done),
        (vec!["Interrupted".to_owned()], vec!["close 100".to_owned()])
    );
}

#[test]
fn what_the_host_leaves_open_is_closed_at_the_end() {
    let (vault, cx) = (Vault::default(), CallContext::default());
    let server = server_of(&vault);
    let first = open_with(&server, &cx, config("front", 1));
    open_with(&server, &cx, config("back", 1));
    open_with(&server, &cx, config(Value::unknown(), 1));
    let request = rpc::CloseRequest::new("vault_key", first.private);
    assert!(block_on(server.close(&cx, request)).is_empty());
    block_on(server.end());
    assert_eq!(vault.done(), ["close 100", "close 101"]);
    block_on(server.end());
    assert_eq!(vault.done().len(), 2);
}

#[test]
fn a_result_that_is_not_whole_is_named() {
    let opened = open(config("shapeless", 1));
    let finding = opened.diagnostics.iter().next().unwrap();
    assert_eq!(finding.path, Path::attr("shape"));
    assert!(
        finding
            .detail
            .starts_with("After the open this attribute still has no known value.")
    );
    let odd = open(config("odd", 1));
    assert_eq!(summaries(&odd.diagnostics), ["An odd lock"]);
    assert!(odd.result.is_some(), "a warning stops nothing");
}

#[test]
fn a_renewal_that_is_not_written_is_a_bug_and_a_close_is_nothing() {
    let (server, cx) = (server(), CallContext::default());
    let renewed = block_on(server.renew(&cx, rpc::RenewRequest::new("vault_bare", Vec::new())));
    let detail = &renewed.diagnostics.iter().next().unwrap().detail;
    assert!(
        detail.starts_with("The host is to renew vault_bare, which has no renewal."),
        "{detail}"
    );
    assert!(detail.contains("a bug in the provider"));
    let closed = block_on(server.close(&cx, rpc::CloseRequest::new("vault_bare", Vec::new())));
    assert!(closed.is_empty());
}

#[test]
fn private_data_of_another_shape_are_not_quoted() {
    let request = rpc::CloseRequest::new("vault_key", br#"{"number":"hush"}"#.to_vec());
    let found = block_on(server().close(&CallContext::default(), request));
    assert_eq!(summaries(&found), ["The provider has a bug"]);
    assert!(!format!("{found:?}").contains("hush"));
}

#[test]
fn nothing_is_shown_for_debugging() {
    let slot = OpenSlot::<Loan>::new();
    assert_eq!(slot.noted().unwrap(), None);
    let loan = || Loan {
        number: 4711,
        renewals: 0,
    };
    slot.opened(&loan());
    assert_eq!(slot.noted().unwrap(), Some(loan()));
    let mut renewed = loan();
    let opened = open(config("4711", 1));
    let shown = [
        format!("{:?}", OpenRequest::<KeyResource>::new(key("4711"), &slot)),
        format!("{:?}", RenewRequest::<KeyResource>::new(&mut renewed)),
        format!("{:?}", CloseRequest::<KeyResource>::new(loan())),
        format!("{:?}", Opened::new(key("4711"))),
        format!("{opened:?}"),
        format!("{:?}", rpc::OpenRequest::new("vault_key", config("4711", 1))),
        format!(
            "{:?}",
            rpc::RenewRequest::new("vault_key", opened.private.clone())
        ),
        format!(
            "{:?}",
            rpc::RenewResponse::of(opened.private.clone(), Diagnostics::new())
        ),
        format!("{:?}", rpc::CloseRequest::new("vault_key", opened.private)),
    ];
    for text in shown {
        assert!(!text.contains("4711") && !text.contains("[123"), "{text}");
    }
}

#[test]
fn unknown_types_are_told() {
    let (server, cx) = (server(), CallContext::default());
    let opened = block_on(server.open(&cx, rpc::OpenRequest::new("vault_door", Value::Null)));
    assert_eq!(summaries(&opened.diagnostics), ["Unknown ephemeral resource"]);
    let renewed = block_on(server.renew(&cx, rpc::RenewRequest::new("vault_door", b"mine".to_vec())));
    assert_eq!(summaries(&renewed.diagnostics), ["Unknown ephemeral resource"]);
    assert_eq!(renewed.private, b"mine");
    let closed = block_on(server.close(&cx, rpc::CloseRequest::new("vault_door", Vec::new())));
    assert_eq!(summaries(&closed), ["Unknown ephemeral resource"]);
}

fn opening(flaw: Flaw, key: Key) -> Result<Closed<Key>, Breach> {
    let opening = Opening::new(key, move |faults| (KeyResource(flaw), Vault::with(faults)));
    block_on(opening.counting(Vault::open).run())
}

#[test]
fn a_right_life_is_led_to_its_end() {
    let closed = opening(Flaw::None, key("front")).unwrap();
    assert_eq!(closed.result.as_ref().unwrap().shape.as_str(), Some("shape 100"));
    assert!(closed.diagnostics.is_empty(), "{closed:?}");
    // Two calls of the open, one of the first renewal, one of the close, with three faults.
    assert_eq!((closed.renewals, closed.faults), (2, 12));
    assert!(!format!("{closed:?}").contains("shape"));
    let lasting = Key {
        seconds: 0.into(),
        ..key("front")
    };
    let closed = opening(Flaw::None, lasting).unwrap();
    assert_eq!((closed.renewals, closed.faults), (0, 9));
    let refused = opening(Flaw::None, key("bad")).unwrap();
    assert!(refused.result.is_none() && refused.diagnostics.has_errors());
    let broken = opening(Flaw::None, key("late")).unwrap();
    assert_eq!(summaries(&broken.diagnostics), ["The key broke"]);
}

#[test]
fn a_wrong_life_is_found() {
    for (flaw, said) in [
        (
            Flaw::NotNoted,
            "close: 1 still open, though this close says that all went well",
        ),
        (
            Flaw::CloseIgnored,
            "close with Error at call 0: a call failed, and nothing is said",
        ),
        (
            Flaw::RenewalIgnored,
            "renew with Error at call 0: a call failed, and nothing is said",
        ),
        (
            Flaw::ClosedByRenewal,
            "close: 1 still open, though this close says that all went well",
        ),
        (
            Flaw::SecretTold,
            "renew with Error at call 0: a diagnostic tells a sensitive value",
        ),
        (
            Flaw::KnownOnly,
            "validate while nothing is known: Which lock: Say it.",
        ),
    ] {
        assert_eq!(
            opening(flaw, key("front")).unwrap_err().to_string(),
            said,
            "{flaw:?}"
        );
    }
}

#[test]
fn what_a_failed_open_leaves_open_is_found() {
    /// One that notes what it opened only when it is done.
    struct Late;

    #[async_trait]
    impl EphemeralResource for Late {
        type Provider = Vault;
        type Model = Key;
        type Private = Loan;

        fn type_name(&self) -> &'static str {
            "vault_late"
        }

        async fn open(
            &self,
            cx: &Context<Vault>,
            request: OpenRequest<'_, Self>,
        ) -> Result<Opened<Key>, Diagnostics> {
            let (loan, shape) = cx.provider()?.borrow().await?;
            request.slot.opened(&loan);
            Ok(Opened::new(Key {
                shape,
                ..request.config
            }))
        }

        async fn close(&self, cx: &Context<Vault>, request: CloseRequest<Self>) -> Result<(), Diagnostics> {
            cx.provider()?.give_back(request.private.number).await
        }
    }

    let opening = Opening::new(key("front"), |faults| (Late, Vault::with(faults)));
    let breach = block_on(opening.counting(Vault::open).run()).unwrap_err();
    assert_eq!(
        breach.to_string(),
        "open with Error at call 1: 1 still open, though this open failed, and no host closes it"
    );
}
