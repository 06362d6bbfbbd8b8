//! Handshake, TLS, signals, the end of the process, logs.

use std::os::unix::fs::PermissionsExt;

use tfplug::unstable::protobuf::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplug::unstable::protobuf::tfplugin6 as pb;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::calls::read_data;
use super::host::{COOKIE, HostCertificate, Peer, block_on, calls, command, output, shut_down};

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    vec![
        (
            "started_by_hand_it_explains_itself",
            started_by_hand_it_explains_itself,
        ),
        (
            "a_host_of_another_protocol_is_refused",
            a_host_of_another_protocol_is_refused,
        ),
        (
            "a_broken_certificate_ends_the_start",
            a_broken_certificate_ends_the_start,
        ),
        (
            "plaintext_where_no_certificate_is_offered",
            plaintext_where_no_certificate_is_offered,
        ),
        (
            "multiplexing_is_declined_when_asked_for",
            multiplexing_is_declined_when_asked_for,
        ),
        ("the_hosts_certificate_is_let_in", the_hosts_certificate_is_let_in),
        (
            "other_certificates_and_none_are_refused",
            other_certificates_and_none_are_refused,
        ),
        ("a_silent_client_holds_up_nobody", a_silent_client_holds_up_nobody),
        (
            "plaintext_is_refused_where_tls_is_agreed",
            plaintext_is_refused_where_tls_is_agreed,
        ),
        ("ctrl_c_is_survived", ctrl_c_is_survived),
        ("shutdown_ends_the_process", shutdown_ends_the_process),
        (
            "shutdown_does_not_wait_for_a_call",
            shutdown_does_not_wait_for_a_call,
        ),
        ("health_is_served", health_is_served),
        ("logs_are_hclog_lines", logs_are_hclog_lines),
        ("debugging_prints_how_to_attach_and_ends_with_ctrl_c", debugging),
    ]
}

async fn has_schema(channel: tonic::transport::Channel) -> bool {
    let request = pb::get_provider_schema::Request {};
    let schema = calls(channel).get_provider_schema(request).await;
    schema.is_ok_and(|schema| schema.into_inner().resource_schemas.contains_key("peer_thing"))
}

fn started_by_hand_it_explains_itself() {
    for vars in [&[][..], &[("TF_PLUGIN_MAGIC_COOKIE", "biscuit")]] {
        let out = output(vars);
        assert_eq!(out.status.code(), Some(1));
        assert!(out.stdout.is_empty());
        let text = String::from_utf8(out.stderr).unwrap();
        assert!(
            text.contains("source = \"example/peer\"") && text.contains("terraform init"),
            "{text}"
        );
    }
}

fn a_host_of_another_protocol_is_refused() {
    let out = output(&[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "4,5")]);
    assert_eq!(out.status.code(), Some(1));
    assert!(out.stdout.is_empty());
    assert!(String::from_utf8(out.stderr).unwrap().contains("was offered 4,5"));
}

fn a_broken_certificate_ends_the_start() {
    let out = output(&[COOKIE, ("PLUGIN_CLIENT_CERT", "-----BEGIN NONSENSE-----")]);
    assert_eq!(out.status.code(), Some(1));
    assert!(out.stdout.is_empty(), "it must not fall back to plaintext");
}

fn plaintext_where_no_certificate_is_offered() {
    let peer = Peer::start(&[]);
    assert_eq!(peer.handshake.len(), 6);
    assert_eq!(peer.handshake[..3], ["1", "6", "unix"]);
    assert_eq!(peer.handshake[4..], ["grpc", ""]);
    assert!(peer.socket().starts_with(peer.dir.path()));
    let mode = std::fs::metadata(peer.socket()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only the owner may connect");
    assert!(block_on(async { has_schema(peer.plain().await).await }));
}

fn multiplexing_is_declined_when_asked_for() {
    assert_eq!(
        Peer::start(&[("PLUGIN_MULTIPLEX_GRPC", "true")]).handshake[6],
        "false"
    );
}

fn the_hosts_certificate_is_let_in() {
    let certificate = HostCertificate::new();
    let peer = Peer::start(&[("PLUGIN_CLIENT_CERT", &certificate.pem)]);
    // go-plugin takes shorter fields for none.
    assert!(peer.handshake[5].len() > 50);
    block_on(async {
        for _ in 0..2 {
            assert!(has_schema(peer.tls(Some(&certificate)).await.unwrap()).await);
        }
    });
}

fn other_certificates_and_none_are_refused() {
    let certificate = HostCertificate::new();
    let peer = Peer::start(&[("PLUGIN_CLIENT_CERT", &certificate.pem)]);
    block_on(async {
        for intruder in [Some(&HostCertificate::new()), None] {
            // In TLS 1.3 a client only learns of it when it first reads.
            let served = match peer.tls(intruder).await {
                Ok(channel) => has_schema(channel).await,
                Err(_) => false,
            };
            assert!(!served, "with a certificate: {}", intruder.is_some());
        }
        assert!(
            has_schema(peer.tls(Some(&certificate)).await.unwrap()).await,
            "the host is still served"
        );
    });
    peer.wait_for_line("refused a connection");
}

fn a_silent_client_holds_up_nobody() {
    let certificate = HostCertificate::new();
    let peer = Peer::start(&[("PLUGIN_CLIENT_CERT", &certificate.pem)]);
    let _silent = std::os::unix::net::UnixStream::connect(peer.socket()).unwrap();
    block_on(async { assert!(has_schema(peer.tls(Some(&certificate)).await.unwrap()).await) });
}

fn plaintext_is_refused_where_tls_is_agreed() {
    let peer = Peer::start(&[("PLUGIN_CLIENT_CERT", &HostCertificate::new().pem)]);
    block_on(async { assert!(!has_schema(peer.plain().await).await) });
}

fn ctrl_c_is_survived() {
    let peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        let waiting = tokio::spawn(read_data(channel.clone(), "wait"));
        peer.wait_for_line("waiting");
        peer.interrupt();
        assert!(has_schema(channel.clone()).await);
        // The call went on; only StopProvider ends it.
        calls(channel)
            .stop_provider(pb::stop_provider::Request {})
            .await
            .unwrap();
        assert_eq!(waiting.await.unwrap(), "cancelled");
    });
}

fn shutdown_ends_the_process() {
    let mut peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        // Hosts read this stream all the time; it must not keep the process.
        let mut stdio = GrpcStdioClient::new(channel.clone())
            .stream_stdio(())
            .await
            .unwrap()
            .into_inner();
        shut_down(channel).await;
        assert!(
            stdio.message().await.is_ok_and(|message| message.is_none()),
            "the stream ends in order"
        );
    });
    assert!(peer.end().success());
    assert!(!peer.socket().exists());
}

fn shutdown_does_not_wait_for_a_call() {
    let mut peer = Peer::start(&[]);
    block_on(async {
        let channel = peer.plain().await;
        let hanging = tokio::spawn(read_data(channel.clone(), "hang"));
        peer.wait_for_line("hanging");
        shut_down(channel).await;
        hanging.abort();
    });
    assert!(peer.end().success());
}

fn health_is_served() {
    let peer = Peer::start(&[]);
    block_on(async {
        let mut health = HealthClient::new(peer.plain().await);
        let status = health
            .check(HealthCheckRequest {
                service: "plugin".into(),
            })
            .await
            .unwrap();
        assert_eq!(status.into_inner().status(), ServingStatus::Serving);
        let other = health
            .check(HealthCheckRequest {
                service: "other".into(),
            })
            .await;
        assert_eq!(other.unwrap_err().code(), Code::NotFound);
    });
}

fn logs_are_hclog_lines() {
    let peer = Peer::start(&[("TF_LOG_PROVIDER_PEER", "debug")]);
    block_on(async {
        let request = pb::configure_provider::Request {
            terraform_version: "1.16.0".into(),
            ..Default::default()
        };
        calls(peer.plain().await)
            .configure_provider(request)
            .await
            .unwrap();
    });
    let line: serde_json::Value = serde_json::from_str(&peer.wait_for_line("configured")).unwrap();
    assert_eq!(line["@level"], "info");
    assert_eq!(line["@module"], "provider.peer");
    assert_eq!(line["tf_rpc"], "ConfigureProvider");
    assert_eq!(line["terraform_version"], "1.16.0");
    assert_eq!(line["api_token"], "***");
    peer.wait_for_line("call answered");
}

fn debugging() {
    let dir = tempfile::tempdir().unwrap();
    let command = command("debug", dir.path());
    let mut peer = Peer::spawn(command, dir, 3);
    let config = peer.handshake[0]
        .trim()
        .strip_prefix("TF_REATTACH_PROVIDERS='")
        .unwrap();
    let config: serde_json::Value = serde_json::from_str(config.strip_suffix('\'').unwrap()).unwrap();
    let config = &config["registry.terraform.io/example/peer"];
    assert_eq!(config["Pid"], peer.pid());
    assert_eq!(config["ProtocolVersion"], 6);
    let socket = config["Addr"]["String"].as_str().unwrap().to_owned();
    peer.handshake = vec![String::new(), String::new(), String::new(), socket];
    block_on(async {
        // A host that is done leaves it running for the next.
        for _ in 0..2 {
            let channel = peer.plain().await;
            assert!(has_schema(channel.clone()).await);
            shut_down(channel).await;
        }
    });
    peer.interrupt();
    assert!(peer.end().success());
    assert!(!peer.socket().exists());
}
