//! Calls that answer with a stream: listing, and invoking an action.

use pb::invoke_action::event::Type as Said;
use tfplug::ty::Type;
use tfplug::unstable::codec::msgpack;
use tfplug::unstable::protobuf::tfplugin6 as pb;
use tfplug::value::Value;
use tonic::Streaming;
use tonic::transport::Channel;

use super::host::{Peer, block_on, calls};
use super::peer::{ROLE, did, thing};
use super::streamer;

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        ("lists_and_actions_are_told", lists_and_actions_are_told),
        ("results_come_in_order", results_come_in_order),
        ("a_limit_ends_the_list", a_limit_ends_the_list),
        ("a_listing_that_breaks_says_so", a_listing_that_breaks_says_so),
        ("a_stop_ends_the_listing", a_stop_ends_the_listing),
        (
            "a_host_that_hangs_up_ends_the_listing",
            a_host_that_hangs_up_ends_the_listing,
        ),
        (
            "configurations_of_lists_are_checked",
            configurations_of_lists_are_checked,
        ),
        ("an_action_tells_its_progress", an_action_tells_its_progress),
        (
            "an_action_that_breaks_is_completed",
            an_action_that_breaks_is_completed,
        ),
        ("an_action_hears_of_a_stop", an_action_hears_of_a_stop),
        ("an_action_hears_of_a_hang_up", an_action_hears_of_a_hang_up),
        (
            "actions_are_validated_and_planned",
            actions_are_validated_and_planned,
        ),
        ("an_unknown_name_is_told", an_unknown_name_is_told),
        (
            "a_panic_of_the_server_is_the_last_event",
            a_panic_of_the_server_is_the_last_event,
        ),
    ]
}

const WORD: &str = "stream_word";
const SAY: &str = "stream_say";

fn start() -> Peer {
    Peer::start(&[(ROLE, streamer::ROLE)])
}

fn script_ty() -> Type {
    Type::object([("words", Type::String), ("times", Type::Number)])
}

fn encoded(value: &Value, ty: &Type) -> Option<pb::DynamicValue> {
    Some(pb::DynamicValue {
        msgpack: msgpack::encode(value, ty).unwrap(),
        json: Vec::new(),
    })
}

fn script(words: impl Into<Value>, times: impl Into<Value>) -> Option<pb::DynamicValue> {
    let value = Value::object([("words", words.into()), ("times", times.into())]);
    encoded(&value, &script_ty())
}

fn listing(words: &str) -> pb::list_resource::Request {
    pb::list_resource::Request {
        type_name: WORD.into(),
        config: script(words, Value::Null),
        limit: 100,
        ..Default::default()
    }
}

type Listed = Streaming<pb::list_resource::Event>;

async fn list(channel: &Channel, request: pb::list_resource::Request) -> Listed {
    calls(channel.clone())
        .list_resource(request)
        .await
        .unwrap()
        .into_inner()
}

/// All events to the end of the stream.
async fn all<E>(mut events: Streaming<E>) -> Vec<E> {
    let mut seen = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        seen.push(event);
    }
    seen
}

/// What an event says, in one line.
fn line(event: &pb::list_resource::Event) -> String {
    let identity = event.identity.as_ref().map(|identity| {
        let sent = identity.identity_data.as_ref().unwrap();
        let ty = Type::object([("text", Type::String)]);
        let value = msgpack::decode(&sent.msgpack, &ty).unwrap();
        value.get("text").as_str().unwrap().to_owned()
    });
    let object = event.resource_object.as_ref().map(|sent| {
        let ty = Type::object([("text", Type::String), ("length", Type::Number)]);
        let object = msgpack::decode(&sent.msgpack, &ty).unwrap();
        let text = object.get("text").as_str().unwrap();
        assert_eq!(
            *object.get("length"),
            Value::from(i64::try_from(text.len()).unwrap())
        );
        format!("({text})")
    });
    let said = event.diagnostic.iter().map(|finding| &finding.summary);
    let name = event.display_name.clone();
    let parts = identity.into_iter().chain([name]).chain(object);
    parts
        .chain(said.cloned())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

async fn lines(channel: &Channel, request: pb::list_resource::Request) -> Vec<String> {
    all(list(channel, request).await).await.iter().map(line).collect()
}

async fn stop(channel: &Channel) {
    let request = pb::stop_provider::Request {};
    calls(channel.clone()).stop_provider(request).await.unwrap();
}

fn lists_and_actions_are_told() {
    let peer = start();
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let request = pb::get_provider_schema::Request {};
        let schema = calls.get_provider_schema(request).await.unwrap().into_inner();
        let list = schema.list_resource_schemas[WORD].block.as_ref().unwrap();
        let action = schema.action_schemas[SAY].schema.as_ref().unwrap();
        assert_eq!(Some(list), action.block.as_ref());
        let names: Vec<_> = list.attributes.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["times", "words"]);

        let request = pb::get_resource_identity_schemas::Request {};
        let identities = calls.get_resource_identity_schemas(request).await.unwrap();
        assert!(identities.into_inner().identity_schemas.contains_key(WORD));

        let request = pb::get_metadata::Request {};
        let metadata = calls.get_metadata(request).await.unwrap().into_inner();
        assert_eq!(metadata.list_resources[0].type_name, WORD);
        assert_eq!(metadata.actions[0].type_name, SAY);
    });
}

fn results_come_in_order() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        assert_eq!(lines(&channel, listing("one two")).await, ["one ONE", "two TWO"]);
        let warned = lines(&channel, listing("one warn two warn")).await;
        assert_eq!(warned, ["one ONE", "two TWO An odd word", "An odd word"]);

        let mut request = listing("one");
        request.include_resource_object = true;
        let seen = lines(&channel, request).await;
        assert_eq!(seen, ["one ONE (one)"]);

        let mut request = listing("");
        request.config = script("a", 1000);
        request.limit = 0;
        assert_eq!(lines(&channel, request).await, vec!["a A"; 1000]);
    });
}

fn a_limit_ends_the_list() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let limited = |words: &str, limit| pb::list_resource::Request {
            limit,
            ..listing(words)
        };
        assert_eq!(lines(&channel, limited("a b c", 2)).await, ["a A", "b B"]);
        assert_eq!(lines(&channel, limited("a b", 2)).await, ["a A", "b B"]);
        assert_eq!(lines(&channel, limited("a b", 3)).await, ["a A", "b B"]);
        // What would come after the limit is never asked for.
        assert_eq!(lines(&channel, limited("a wait", 1)).await, ["a A"]);
        assert_eq!(lines(&channel, limited("a panic", 1)).await, ["a A"]);
    });
}

fn a_listing_that_breaks_says_so() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let seen = lines(&channel, listing("a b fail c")).await;
        assert_eq!(seen, ["a A", "b B", "No more words"]);
        let events = all(list(&channel, listing("a panic b")).await).await;
        assert_eq!(
            events.iter().map(line).collect::<Vec<_>>(),
            ["a A", "The provider has a bug"]
        );
        assert!(
            events[1].diagnostic[0].detail.contains("out of words"),
            "{events:?}"
        );
    });
}

fn a_stop_ends_the_listing() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let mut events = list(&channel, listing("a wait b")).await;
        assert_eq!(line(&events.message().await.unwrap().unwrap()), "a A");
        stop(&channel).await;
        let rest = all(events).await;
        assert_eq!(rest.iter().map(line).collect::<Vec<_>>(), ["Interrupted"]);
        assert_eq!(rest[0].diagnostic[0].severity(), pb::diagnostic::Severity::Error);
        // The next one knows nothing of it.
        assert_eq!(lines(&channel, listing("c")).await, ["c C"]);
    });
}

fn a_host_that_hangs_up_ends_the_listing() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        for words in ["a wait", "a"] {
            let mut request = listing("");
            // More than any buffer on the way holds.
            request.config = script(words, 1_000_000);
            request.limit = 0;
            let mut events = list(&channel, request).await;
            assert_eq!(line(&events.message().await.unwrap().unwrap()), "a A");
            drop(events);
            peer.wait_for_line("listing over");
        }
        assert_eq!(lines(&channel, listing("c")).await, ["c C"]);
    });
}

fn configurations_of_lists_are_checked() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        for (config, said) in [
            (script("a", 1), None),
            (script(Value::unknown(), 1), None),
            (script("bad", 1), Some("Bad words")),
            (script("", 1), Some("words")),
            (script(Value::Null, 1), Some("words is null")),
            (None, Some("words is null")),
        ] {
            let request = pb::validate_list_resource_config::Request {
                type_name: WORD.into(),
                config,
                ..Default::default()
            };
            let answer = calls(channel.clone())
                .validate_list_resource_config(request)
                .await;
            let findings = answer.unwrap().into_inner().diagnostics;
            assert_eq!(findings.len(), usize::from(said.is_some()), "{findings:?}");
            assert!(
                findings.iter().all(|f| f.summary.contains(said.unwrap())),
                "{findings:?}"
            );
        }
        let mut request = listing("");
        request.config = script(Value::Null, 1);
        assert_eq!(lines(&channel, request).await, ["words is null"]);
    });
}

fn action(words: &str) -> pb::invoke_action::Request {
    pb::invoke_action::Request {
        action_type: SAY.into(),
        config: script(words, Value::Null),
        client_capabilities: None,
    }
}

async fn invoke(
    channel: &Channel,
    request: pb::invoke_action::Request,
) -> Streaming<pb::invoke_action::Event> {
    calls(channel.clone())
        .invoke_action(request)
        .await
        .unwrap()
        .into_inner()
}

/// What an event says: a message, or what the end is like.
fn said(event: pb::invoke_action::Event) -> String {
    match event.r#type.unwrap() {
        Said::Progress(progress) => progress.message,
        Said::Completed(end) => {
            let findings = end.diagnostics.iter().map(|f| format!("; {}", f.summary));
            format!("end{}", findings.collect::<String>())
        }
    }
}

async fn invoked(channel: &Channel, words: &str) -> Vec<String> {
    let events = all(invoke(channel, action(words)).await).await;
    events.into_iter().map(said).collect()
}

fn an_action_tells_its_progress() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let seen = invoked(&channel, "ready steady go").await;
        assert_eq!(seen, ["ready", "steady", "go", "end; All said"]);
        // It is seen before the action goes on.
        let mut events = invoke(&channel, action("a wait")).await;
        assert_eq!(said(events.message().await.unwrap().unwrap()), "a");
    });
}

fn an_action_that_breaks_is_completed() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        assert_eq!(invoked(&channel, "a fail b").await, ["a", "end; No more words"]);
        let seen = invoked(&channel, "a panic b").await;
        assert_eq!(seen, ["a", "end; The provider has a bug"]);
        let request = pb::invoke_action::Request {
            config: None,
            ..action("")
        };
        let events = all(invoke(&channel, request).await).await;
        let seen: Vec<_> = events.into_iter().map(said).collect();
        assert_eq!(seen, ["end; words is null"]);
    });
}

fn an_action_hears_of_a_stop() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let mut events = invoke(&channel, action("a wait b")).await;
        assert_eq!(said(events.message().await.unwrap().unwrap()), "a");
        stop(&channel).await;
        let rest: Vec<_> = all(events).await.into_iter().map(said).collect();
        assert_eq!(rest, ["end; Interrupted"]);
    });
}

fn an_action_hears_of_a_hang_up() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let mut events = invoke(&channel, action("a wait b")).await;
        assert_eq!(said(events.message().await.unwrap().unwrap()), "a");
        drop(events);
        peer.wait_for_line("action told to stop");
    });
}

fn actions_are_validated_and_planned() {
    let peer = start();
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let request = pb::validate_action_config::Request {
            type_name: SAY.into(),
            config: script("bad", 1),
        };
        let answer = calls.validate_action_config(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics[0].summary, "Bad words");
        assert_eq!(answer.diagnostics[0].attribute.as_ref().unwrap().steps.len(), 1);

        for (words, said) in [
            (Value::from("a"), None),
            (Value::unknown(), Some("Words to come")),
            (Value::from("never"), Some("Not to be said")),
            (Value::from("panic"), Some("The provider has a bug")),
            (Value::Null, Some("words is null")),
        ] {
            let request = pb::plan_action::Request {
                action_type: SAY.into(),
                config: script(words, Value::unknown()),
                client_capabilities: None,
            };
            let answer = calls.plan_action(request).await.unwrap().into_inner();
            let summaries: Vec<_> = answer.diagnostics.iter().map(|f| f.summary.as_str()).collect();
            assert_eq!(summaries, said.into_iter().collect::<Vec<_>>());
            assert_eq!(answer.deferred, None);
        }
    });
}

fn an_unknown_name_is_told() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let mut request = listing("a");
        request.type_name = "stream_other".into();
        assert_eq!(lines(&channel, request).await, ["Unknown list resource"]);
        let mut request = action("a");
        request.action_type = WORD.into();
        let events = all(invoke(&channel, request).await).await;
        let seen: Vec<_> = events.into_iter().map(said).collect();
        assert_eq!(seen, ["end; Unknown action"]);
        let request = pb::plan_action::Request {
            action_type: "stream_other".into(),
            ..Default::default()
        };
        let answer = calls(channel).plan_action(request).await.unwrap().into_inner();
        assert_eq!(answer.diagnostics[0].summary, "Unknown action");
    });
}

/// The server of the other tests turns the panics of its provider's code into findings itself; this one does not.
fn a_panic_of_the_server_is_the_last_event() {
    let peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        let config = encoded(&did("panic out of cheese", Value::Null), &thing().ty());
        let request = pb::list_resource::Request {
            type_name: "peer_thing".into(),
            config: config.clone(),
            ..Default::default()
        };
        let events = all(list(&channel, request).await).await;
        assert_eq!(events.len(), 2, "{events:?}");
        assert_eq!(events[0].display_name, "before");
        assert!(
            events[1].diagnostic[0].detail.contains("out of cheese"),
            "{events:?}"
        );

        let request = pb::invoke_action::Request {
            action_type: "peer_thing".into(),
            config,
            client_capabilities: None,
        };
        let events = all(invoke(&channel, request).await).await;
        let seen: Vec<_> = events.into_iter().map(said).collect();
        assert_eq!(seen, ["before", "end; The provider has a bug"]);

        // A value that does not fit its type is told beside the result.
        let request = pb::list_resource::Request {
            type_name: "peer_thing".into(),
            config: encoded(&did("lie", Value::Null), &thing().ty()),
            ..Default::default()
        };
        let events = all(list(&channel, request).await).await;
        assert_eq!((events.len(), events[1].diagnostic.len()), (2, 1), "{events:?}");
    });
}
