//! Ephemeral resources: what a host is told of them, and their calls.

use tfplug::ty::Type;
use tfplug::unstable::codec::msgpack;
use tfplug::unstable::protobuf::tfplugin6 as pb;
use tfplug::value::Value;
use tonic::transport::Channel;

use super::host::{Peer, block_on, calls, shut_down};
use super::peer::{ROLE, did, thing};
use super::streamer;

pub(crate) fn tests() -> Vec<crate::Test> {
    vec![
        ("ephemeral_resources_are_told", ephemeral_resources_are_told),
        (
            "a_word_is_opened_renewed_and_closed",
            a_word_is_opened_renewed_and_closed,
        ),
        ("an_open_that_fails_is_closed", an_open_that_fails_is_closed),
        ("an_open_hears_of_a_stop", an_open_hears_of_a_stop),
        ("an_open_outlives_a_hang_up", an_open_outlives_a_hang_up),
        (
            "an_unknown_configuration_is_put_off",
            an_unknown_configuration_is_put_off,
        ),
        (
            "configurations_of_ephemerals_are_checked",
            configurations_are_checked,
        ),
        (
            "a_renewal_that_breaks_keeps_its_data",
            a_renewal_that_breaks_keeps_its_data,
        ),
        (
            "what_the_host_leaves_open_is_closed",
            what_the_host_leaves_open_is_closed,
        ),
        ("an_unknown_ephemeral_is_told", an_unknown_ephemeral_is_told),
        ("no_secret_is_in_the_log", no_secret_is_in_the_log),
    ]
}

const WHISPER: &str = "stream_whisper";

fn start() -> Peer {
    Peer::start(&[(ROLE, streamer::ROLE)])
}

fn ty() -> Type {
    Type::object([
        ("act", Type::String),
        ("volume", Type::Number),
        ("word", Type::String),
    ])
}

fn encoded(value: &Value, ty: &Type) -> Option<pb::DynamicValue> {
    Some(pb::DynamicValue {
        msgpack: msgpack::encode(value, ty).unwrap(),
        json: Vec::new(),
    })
}

fn config(act: impl Into<Value>) -> Option<pb::DynamicValue> {
    let fields = [
        ("act", act.into()),
        ("volume", Value::Null),
        ("word", Value::Null),
    ];
    encoded(&Value::object(fields), &ty())
}

fn request(act: impl Into<Value>) -> pb::open_ephemeral_resource::Request {
    pb::open_ephemeral_resource::Request {
        type_name: WHISPER.into(),
        config: config(act),
        client_capabilities: None,
    }
}

async fn open(channel: &Channel, act: &str) -> pb::open_ephemeral_resource::Response {
    let answer = calls(channel.clone()).open_ephemeral_resource(request(act)).await;
    answer.unwrap().into_inner()
}

async fn renew(channel: &Channel, private: Option<Vec<u8>>) -> pb::renew_ephemeral_resource::Response {
    let request = pb::renew_ephemeral_resource::Request {
        type_name: WHISPER.into(),
        private,
    };
    let answer = calls(channel.clone()).renew_ephemeral_resource(request).await;
    answer.unwrap().into_inner()
}

async fn close(channel: &Channel, private: Option<Vec<u8>>) -> Vec<String> {
    let request = pb::close_ephemeral_resource::Request {
        type_name: WHISPER.into(),
        private,
    };
    let answer = calls(channel.clone()).close_ephemeral_resource(request).await;
    summaries(&answer.unwrap().into_inner().diagnostics)
}

fn summaries(found: &[pb::Diagnostic]) -> Vec<String> {
    found.iter().map(|finding| finding.summary.clone()).collect()
}

fn ephemeral_resources_are_told() {
    let peer = start();
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let asked = pb::get_provider_schema::Request {};
        let schema = calls.get_provider_schema(asked).await.unwrap().into_inner();
        let block = schema.ephemeral_resource_schemas[WHISPER].block.as_ref().unwrap();
        let names: Vec<_> = block.attributes.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, ["act", "volume", "word"]);
        assert!(block.attributes[2].computed && block.attributes[2].sensitive);
        let asked = pb::get_metadata::Request {};
        let metadata = calls.get_metadata(asked).await.unwrap().into_inner();
        assert_eq!(metadata.ephemeral_resources[0].type_name, WHISPER);
    });
}

fn a_word_is_opened_renewed_and_closed() {
    let peer = Peer::start(&[(ROLE, streamer::ROLE), ("TF_LOG", "debug")]);
    block_on(async {
        let channel = peer.plain().await;
        let opened = open(&channel, "often").await;
        assert_eq!(opened.diagnostics, []);
        let result = msgpack::decode(&opened.result.unwrap().msgpack, &ty()).unwrap();
        let expected = [
            ("act", Value::from("often")),
            ("volume", 1.into()),
            ("word", "the secret word".into()),
        ];
        assert_eq!(result, Value::object(expected));
        let due = opened.renew_at.unwrap();
        assert_eq!((due.seconds, due.nanos), (4_000_000_000, 0));
        assert_eq!(opened.deferred, None);

        let first = renew(&channel, opened.private.clone()).await;
        assert_eq!(first.diagnostics, []);
        assert_eq!(first.renew_at.unwrap().seconds, 5_000_000_000);
        let second = renew(&channel, first.private.clone()).await;
        assert_eq!(second.private.unwrap(), br#""often secret, again, again""#);

        assert_eq!(close(&channel, opened.private).await, [""; 0]);
        let line = peer.wait_for_line("\"closed\"");
        assert!(
            line.contains("often") && line.contains("CloseEphemeralResource"),
            "{line}"
        );

        let last = open(&channel, "last").await;
        assert_eq!(last.renew_at, None);
        let stuck = open(&channel, "stuck").await;
        assert_eq!(close(&channel, stuck.private).await, ["It cannot be unsaid"]);
        let once = renew(&channel, open(&channel, "once").await.private).await;
        assert_eq!(once.renew_at, None);
    });
}

fn an_open_that_fails_is_closed() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let failed = open(&channel, "panic").await;
        assert_eq!(summaries(&failed.diagnostics), ["The provider has a bug"]);
        assert!(failed.diagnostics[0].detail.contains("out of breath"));
        assert_eq!((failed.private, failed.renew_at), (None, None));
        peer.wait_for_line("closed");
        assert_eq!(open(&channel, "last").await.diagnostics, []);
    });
}

fn an_open_hears_of_a_stop() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let waiting = tokio::spawn({
            let channel = channel.clone();
            async move { open(&channel, "wait").await }
        });
        peer.wait_for_line("an open waits");
        let stopped = calls(channel.clone())
            .stop_provider(pb::stop_provider::Request {})
            .await;
        assert_eq!(stopped.unwrap().into_inner().error, "");
        assert_eq!(summaries(&waiting.await.unwrap().diagnostics), ["Interrupted"]);
        let line = peer.wait_for_line("closed");
        assert!(line.contains("\"stopped\":false"), "{line}");
    });
}

fn an_open_outlives_a_hang_up() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let lingering = tokio::spawn(async move { open(&channel, "linger").await });
        peer.wait_for_line("an open lingers");
        lingering.abort();
        let channel = peer.plain().await;
        assert_eq!(open(&channel, "last").await.diagnostics, []);
    });
}

fn an_unknown_configuration_is_put_off() {
    let peer = start();
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let mut asked = request(Value::unknown());
        let refused = calls
            .open_ephemeral_resource(asked.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(summaries(&refused.diagnostics), ["act is not known yet"]);
        assert!(refused.diagnostics[0].attribute.is_some());
        assert_eq!(refused.deferred, None);

        asked.client_capabilities = Some(pb::ClientCapabilities {
            deferral_allowed: true,
            ..Default::default()
        });
        let put_off = calls.open_ephemeral_resource(asked).await.unwrap().into_inner();
        assert_eq!(put_off.diagnostics, []);
        assert_eq!(
            put_off.deferred.unwrap().reason(),
            pb::deferred::Reason::ResourceConfigUnknown
        );
        let result = msgpack::decode(&put_off.result.unwrap().msgpack, &ty()).unwrap();
        assert_eq!(*result.get("volume"), 1.into());
        assert!(!result.get("word").is_known());
    });
}

fn configurations_are_checked() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        for (config, said) in [
            (config("often"), None),
            (config(Value::unknown()), None),
            (config("bad"), Some("A bad act")),
            (config(Value::Null), Some("act is null")),
            (None, Some("act is null")),
        ] {
            let request = pb::validate_ephemeral_resource_config::Request {
                type_name: WHISPER.into(),
                config,
            };
            let answer = calls(channel.clone())
                .validate_ephemeral_resource_config(request)
                .await;
            let found = summaries(&answer.unwrap().into_inner().diagnostics);
            assert_eq!(found, said.into_iter().collect::<Vec<_>>());
        }
    });
}

/// The server of the other tests turns the panics of its provider's code into findings itself; the peer's does not.
fn a_renewal_that_breaks_keeps_its_data() {
    let peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let opened = open(&channel, "break").await;
        let broken = renew(&channel, opened.private.clone()).await;
        assert_eq!(summaries(&broken.diagnostics), ["The provider has a bug"]);
        assert_eq!((broken.private, broken.renew_at), (opened.private, None));
        // A host may not show it.
        peer.wait_for_line("a renewal failed");
    });
    let peer = Peer::start(&[]);
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let request = pb::renew_ephemeral_resource::Request {
            type_name: "peer_thing".into(),
            private: Some(b"panic out of cheese".to_vec()),
        };
        let broken = calls
            .renew_ephemeral_resource(request)
            .await
            .unwrap()
            .into_inner();
        assert!(broken.diagnostics[0].detail.contains("out of cheese"));
        assert_eq!(broken.private.unwrap(), b"panic out of cheese");

        let request = pb::open_ephemeral_resource::Request {
            type_name: "peer_thing".into(),
            config: encoded(&did("lie", Value::Null), &thing().ty()),
            client_capabilities: None,
        };
        let lied = calls.open_ephemeral_resource(request).await.unwrap().into_inner();
        assert_eq!((lied.diagnostics.len(), lied.result), (1, None));
    });
}

fn an_unknown_ephemeral_is_told() {
    let peer = start();
    block_on(async {
        let mut calls = calls(peer.plain().await);
        let mut other = request("last");
        other.type_name = "stream_word".into();
        let answer = calls.open_ephemeral_resource(other).await.unwrap().into_inner();
        assert_eq!(summaries(&answer.diagnostics), ["Unknown ephemeral resource"]);
        let request = pb::renew_ephemeral_resource::Request {
            type_name: "stream_word".into(),
            private: Some(b"mine".to_vec()),
        };
        let answer = calls
            .renew_ephemeral_resource(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(summaries(&answer.diagnostics), ["Unknown ephemeral resource"]);
        assert_eq!(answer.private.unwrap(), b"mine");
    });
}

fn what_the_host_leaves_open_is_closed() {
    let mut peer = start();
    block_on(async {
        let channel = peer.plain().await;
        let often = open(&channel, "often").await;
        open(&channel, "last").await;
        assert_eq!(close(&channel, often.private).await, [""; 0]);
        shut_down(channel).await;
    });
    assert!(peer.end().success());
    let log = peer.rest_of_log();
    let closed = |act: &str| {
        let act = format!("\"act\":\"{act}\"");
        log.iter().filter(|line| line.contains(&act)).count()
    };
    assert_eq!((closed("often"), closed("last")), (1, 1), "{log:#?}");
}

fn no_secret_is_in_the_log() {
    let mut peer = Peer::start(&[(ROLE, streamer::ROLE), ("TF_LOG", "trace")]);
    block_on(async {
        let channel = peer.plain().await;
        for act in ["often", "break", "panic"] {
            let opened = open(&channel, act).await;
            renew(&channel, opened.private.clone()).await;
            close(&channel, opened.private).await;
        }
        shut_down(channel).await;
    });
    peer.end();
    let log = peer.rest_of_log();
    assert!(
        log.iter().any(|line| line.contains("OpenEphemeralResource")),
        "{log:#?}"
    );
    assert!(!log.iter().any(|line| line.contains("secret")), "{log:#?}");
}
