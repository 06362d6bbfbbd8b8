//! Calls: their values, their failures, many at once.

use futures::future::join_all;
use tfplug::ty::Type;
use tfplug::unstable::codec::msgpack;
use tfplug::unstable::protobuf::tfplugin6 as pb;
use tfplug::value::Value;
use tonic::Code;
use tonic::transport::Channel;

use super::host::{Peer, block_on, calls};
use super::peer::{PARTY, did, thing, thing_identity};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("every_schema_is_told", every_schema_is_told),
        ("a_resource_goes_round", a_resource_goes_round),
        ("import_and_move", import_and_move),
        (
            "json_is_read_and_msgpack_answered",
            json_is_read_and_msgpack_answered,
        ),
        ("findings_carry_their_path", findings_carry_their_path),
        (
            "values_that_do_not_fit_are_told_with_their_paths",
            values_that_do_not_fit,
        ),
        (
            "unserved_calls_are_unimplemented",
            unserved_calls_are_unimplemented,
        ),
        ("calls_run_side_by_side", calls_run_side_by_side),
        (
            "stop_cancels_what_runs_and_nothing_else",
            stop_cancels_what_runs_and_nothing_else,
        ),
        ("messages_may_be_large", messages_may_be_large),
        (
            "function_errors_name_their_argument",
            function_errors_name_their_argument,
        ),
        ("a_panic_ends_its_own_call_only", a_panic_ends_its_own_call_only),
        (
            "a_failed_update_keeps_the_object",
            a_failed_update_keeps_the_object,
        ),
        (
            "a_value_of_the_wrong_type_does_not_lose_the_object",
            wrong_result_keeps_the_object,
        ),
        (
            "apply_goes_on_when_the_host_hangs_up",
            apply_goes_on_when_the_host_hangs_up,
        ),
    ]
}

fn thing_ty() -> Type {
    thing().ty()
}

fn written(value: &Value) -> Option<pb::DynamicValue> {
    Some(pb::DynamicValue {
        msgpack: msgpack::encode(value, &thing_ty()).unwrap(),
        json: Vec::new(),
    })
}

#[track_caller]
fn read(sent: &Option<pb::DynamicValue>) -> Value {
    let sent = sent.as_ref().unwrap();
    assert!(sent.json.is_empty(), "answers are always MessagePack");
    msgpack::decode(&sent.msgpack, &thing_ty()).unwrap()
}

fn identity(name: &str) -> Option<pb::ResourceIdentityData> {
    let value = Value::object([("name", name.into())]);
    let msgpack = msgpack::encode(&value, &thing_identity().ty()).unwrap();
    Some(pb::ResourceIdentityData {
        identity_data: Some(pb::DynamicValue {
            msgpack,
            json: Vec::new(),
        }),
    })
}

fn type_name() -> String {
    "peer_thing".into()
}

/// Reads the data source that does this, and gives its result.
pub(crate) async fn read_data(channel: Channel, act: &str) -> String {
    let config = written(&did(act, Value::Null));
    let request = pb::read_data_source::Request {
        type_name: type_name(),
        config,
        ..Default::default()
    };
    let answer = calls(channel)
        .read_data_source(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.diagnostics, []);
    read(&answer.state).get("result").as_str().unwrap().to_owned()
}

async fn apply(channel: Channel, prior: &Value, planned: &Value) -> pb::apply_resource_change::Response {
    let request = pb::apply_resource_change::Request {
        type_name: type_name(),
        prior_state: written(prior),
        planned_state: written(planned),
        config: written(planned),
        planned_private: b"mine".to_vec(),
        planned_identity: identity("it"),
        provider_meta: None,
    };
    calls(channel)
        .apply_resource_change(request)
        .await
        .unwrap()
        .into_inner()
}

fn every_schema_is_told() {
    let peer = Peer::start(&[]);
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let schema = calls
            .get_provider_schema(pb::get_provider_schema::Request {})
            .await
            .unwrap()
            .into_inner();
        let block = schema.resource_schemas["peer_thing"].block.as_ref().unwrap();
        let [act, result] = &block.attributes[..] else {
            panic!("{block:?}")
        };
        assert_eq!(
            (act.name.as_str(), act.required, act.computed),
            ("act", true, false)
        );
        assert_eq!(
            (result.name.as_str(), result.optional, result.computed),
            ("result", false, true)
        );
        assert_eq!(result.r#type, b"\"string\"");
        assert!(schema.data_source_schemas.contains_key("peer_thing"));
        assert_eq!(schema.functions["echo"].parameters[0].name, "text");
        let capabilities = schema.server_capabilities.unwrap();
        assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);

        let request = pb::get_resource_identity_schemas::Request {};
        let identities = calls
            .get_resource_identity_schemas(request)
            .await
            .unwrap()
            .into_inner();
        let name = &identities.identity_schemas["peer_thing"].identity_attributes[0];
        assert!(name.required_for_import && !name.optional_for_import);

        let functions = calls
            .get_functions(pb::get_functions::Request {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!(functions.functions, schema.functions);
        let metadata = calls
            .get_metadata(pb::get_metadata::Request {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!(metadata.resources[0].type_name, "peer_thing");
    });
}

fn a_resource_goes_round() {
    let peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        let proposed = did("rest", Value::unknown());
        let request = pb::plan_resource_change::Request {
            type_name: type_name(),
            prior_state: written(&Value::Null),
            proposed_new_state: written(&proposed),
            config: written(&did("rest", Value::Null)),
            ..Default::default()
        };
        let plan = calls(channel.clone())
            .plan_resource_change(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(read(&plan.planned_state), proposed);
        assert_eq!(plan.planned_private, b"planned");
        assert_eq!(plan.requires_replace.len(), 1);
        assert!(!plan.legacy_type_system);

        let applied = apply(channel.clone(), &Value::Null, &proposed).await;
        assert_eq!(read(&applied.new_state), did("rest", "nothing"));
        assert_eq!(
            (applied.private.as_slice(), applied.new_identity),
            (&b"mine"[..], identity("it"))
        );

        let request = pb::read_resource::Request {
            type_name: type_name(),
            current_state: applied.new_state,
            private: b"kept".to_vec(),
            ..Default::default()
        };
        let found = calls(channel).read_resource(request).await.unwrap().into_inner();
        assert_eq!(read(&found.new_state), did("rest", "nothing"));
        assert_eq!(
            (found.private.as_slice(), found.new_identity),
            (&b"kept"[..], identity("it"))
        );
    });
}

fn import_and_move() {
    let peer = Peer::start(&[]);
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let request = pb::import_resource_state::Request {
            type_name: type_name(),
            id: "i-1".into(),
            identity: identity("other"),
            ..Default::default()
        };
        let imported = calls
            .import_resource_state(request)
            .await
            .unwrap()
            .into_inner()
            .imported_resources;
        assert_eq!(imported.len(), 1);
        assert_eq!(imported[0].type_name, "peer_thing");
        assert_eq!(read(&imported[0].state), did("i-1", Value::Null));
        assert_eq!(imported[0].identity, identity("other"));

        let request = pb::move_resource_state::Request {
            source_type_name: "null_resource".into(),
            source_state: Some(pb::RawState {
                json: b"{}".to_vec(),
                ..Default::default()
            }),
            target_type_name: type_name(),
            ..Default::default()
        };
        let moved = calls.move_resource_state(request).await.unwrap().into_inner();
        assert_eq!(read(&moved.target_state), did("null_resource", "{}"));
    });
}

fn json_is_read_and_msgpack_answered() {
    let peer = Peer::start(&[]);
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let json = br#"{"act": "rest", "result": null, "forgotten": 1}"#.to_vec();
        let request = pb::upgrade_resource_state::Request {
            type_name: type_name(),
            version: 0,
            raw_state: Some(pb::RawState {
                json,
                ..Default::default()
            }),
        };
        let upgraded = calls.upgrade_resource_state(request).await.unwrap().into_inner();
        assert_eq!(read(&upgraded.upgraded_state), did("rest", Value::Null));

        let flatmap = pb::RawState {
            flatmap: [("act".into(), "rest".into())].into(),
            ..Default::default()
        };
        let request = pb::upgrade_resource_state::Request {
            type_name: type_name(),
            version: 0,
            raw_state: Some(flatmap),
        };
        let refused = calls.upgrade_resource_state(request).await.unwrap().into_inner();
        assert!(refused.upgraded_state.is_none());
        assert_eq!(refused.diagnostics[0].summary, "State of an old form");
    });
}

fn findings_carry_their_path() {
    let peer = Peer::start(&[]);
    block_on(async {
        let request = pb::validate_resource_config::Request {
            type_name: type_name(),
            config: written(&did("bad", Value::Null)),
            ..Default::default()
        };
        let answer = calls(peer.plain().await)
            .validate_resource_config(request)
            .await
            .unwrap()
            .into_inner();
        let [finding] = &answer.diagnostics[..] else {
            panic!("{answer:?}")
        };
        assert_eq!(finding.severity(), pb::diagnostic::Severity::Error);
        assert_eq!(
            (finding.summary.as_str(), finding.detail.as_str()),
            ("Bad act", "Choose another.")
        );
        assert_eq!(finding.attribute.as_ref().unwrap().steps.len(), 1);
    });
}

fn values_that_do_not_fit() {
    let peer = Peer::start(&[]);
    block_on(async {
        let ty = Type::object([("act", Type::Bool), ("result", Type::Number)]);
        let value = Value::object([("act", true.into()), ("result", 1.into())]);
        let config = pb::DynamicValue {
            msgpack: msgpack::encode(&value, &ty).unwrap(),
            json: Vec::new(),
        };
        let mut request = pb::validate_resource_config::Request {
            type_name: type_name(),
            config: Some(config),
            ..Default::default()
        };
        let mut calls = calls(peer.plain().await);
        let answer = calls
            .validate_resource_config(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.diagnostics.len(), 2, "{answer:?}");
        assert!(
            answer
                .diagnostics
                .iter()
                .all(|finding| finding.attribute.is_some())
        );

        request.type_name = "peer_other".into();
        let answer = calls
            .validate_resource_config(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.diagnostics[0].summary, "Unknown resource");
    });
}

fn unserved_calls_are_unimplemented() {
    let peer = Peer::start(&[]);
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let stores = calls.get_states(pb::get_states::Request::default()).await;
        assert_eq!(stores.unwrap_err().code(), Code::Unimplemented);
    });
}

fn calls_run_side_by_side() {
    let peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        // Each answers only when all of them run.
        let results = join_all((0..PARTY).map(|_| read_data(channel.clone(), "meet"))).await;
        assert_eq!(results, vec!["met"; PARTY]);
    });
}

fn stop_cancels_what_runs_and_nothing_else() {
    let peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        for _ in 0..2 {
            let waiting = tokio::spawn(read_data(channel.clone(), "wait"));
            peer.wait_for_line("waiting");
            let stopped = calls(channel.clone())
                .stop_provider(pb::stop_provider::Request {})
                .await
                .unwrap();
            assert_eq!(stopped.into_inner().error, "");
            assert_eq!(waiting.await.unwrap(), "cancelled");
            assert_eq!(read_data(channel.clone(), "rest").await, "nothing");
        }
    });
}

async fn echo(channel: Channel, text: &str) -> pb::call_function::Response {
    let msgpack = msgpack::encode(&text.into(), &Type::String).unwrap();
    let arguments = vec![pb::DynamicValue {
        msgpack,
        json: Vec::new(),
    }];
    let request = pb::call_function::Request {
        name: "echo".into(),
        arguments,
    };
    calls(channel).call_function(request).await.unwrap().into_inner()
}

fn messages_may_be_large() {
    let peer = Peer::start(&[]);
    block_on(async {
        let text = "x".repeat(9 << 20);
        let answer = echo(peer.plain().await, &text).await;
        let back = msgpack::decode(&answer.result.unwrap().msgpack, &Type::String).unwrap();
        assert!(back == Value::from(text), "the text came back changed");
    });
}

fn function_errors_name_their_argument() {
    let peer = Peer::start(&[]);
    block_on(async {
        let error = echo(peer.plain().await, "refuse").await.error.unwrap();
        assert_eq!(
            (error.text.as_str(), error.function_argument),
            ("refused", Some(0))
        );
    });
}

fn a_panic_ends_its_own_call_only() {
    let peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        let waiting = tokio::spawn(read_data(channel.clone(), "wait"));
        peer.wait_for_line("waiting");
        let config = written(&did("panic out of cheese", Value::Null));
        let request = pb::read_data_source::Request {
            type_name: type_name(),
            config,
            ..Default::default()
        };
        let answer = calls(channel.clone())
            .read_data_source(request)
            .await
            .unwrap()
            .into_inner();
        assert!(
            answer.diagnostics[0].detail.contains("out of cheese"),
            "{answer:?}"
        );
        calls(channel)
            .stop_provider(pb::stop_provider::Request {})
            .await
            .unwrap();
        assert_eq!(waiting.await.unwrap(), "cancelled");
    });
    assert_eq!(peer.wait_for_line("panic: "), "panic: out of cheese");
}

fn a_failed_update_keeps_the_object() {
    let peer = Peer::start(&[]);
    block_on(async {
        let prior = did("rest", "here");
        let answer = apply(peer.plain().await, &prior, &did("panic", Value::unknown())).await;
        assert_eq!(answer.diagnostics.len(), 1);
        assert_eq!(read(&answer.new_state), prior);
        assert_eq!(
            (answer.private.as_slice(), answer.new_identity),
            (&b"mine"[..], identity("it"))
        );
    });
}

fn wrong_result_keeps_the_object() {
    let peer = Peer::start(&[]);
    block_on(async {
        let answer = apply(peer.plain().await, &Value::Null, &did("lie", Value::unknown())).await;
        assert_eq!(answer.diagnostics.len(), 1);
        assert_eq!(
            read(&answer.new_state),
            did("lie", Value::Null),
            "what fits is stored"
        );
    });
}

fn apply_goes_on_when_the_host_hangs_up() {
    let peer = Peer::start(&[]);
    let act = format!("exchange {}", peer.dir.path().display());
    block_on(async {
        let channel = peer.plain().await;
        let planned = did(&act, Value::unknown());
        let applying = tokio::spawn(async move { apply(channel, &Value::Null, &planned).await });
        peer.wait_for_line("exchanging");
        applying.abort();
        assert!(applying.await.unwrap_err().is_cancelled());
        // The provider serves others meanwhile, so it has seen the end of that connection.
        assert_eq!(read_data(peer.plain().await, "rest").await, "nothing");
        std::fs::write(peer.dir.path().join("go"), "").unwrap();
        while !peer.dir.path().join("done").exists() {
            tokio::task::yield_now().await;
        }
    });
}
