//! One plugin in a process of its own.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use pulumiplug::wire::r#gen::pulumirpc as pb;
use pulumiplug::wire::r#gen::pulumirpc::resource_provider_client::ResourceProviderClient;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tonic::transport::Channel;

use crate::PLUGIN;
use crate::support::{Heard, URN, engine, left, object};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

struct Plugin {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    client: ResourceProviderClient<Channel>,
}

impl Plugin {
    async fn start(arguments: &[&str], fault: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .env(PLUGIN, fault)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port: u16 = lines.next_line().await.unwrap().unwrap().parse().unwrap();
        let channel = Channel::from_shared(format!("http://127.0.0.1:{port}")).unwrap();
        let client = ResourceProviderClient::new(channel.connect().await.unwrap());
        let client = client.max_decoding_message_size(pulumiplug::wire::MAX_MESSAGE);
        Self { child, lines, client }
    }

    fn interrupt(&self) {
        let id = self.child.id().unwrap().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(LONG, self.child.wait())
            .await
            .unwrap()
            .unwrap()
    }

    /// Inputs that have passed a check, of a provider that is configured.
    async fn inputs(&mut self, news: serde_json::Value) -> Option<prost_types::Struct> {
        self.client
            .configure(pb::ConfigureRequest::default())
            .await
            .unwrap();
        let request = pb::CheckRequest {
            urn: URN.to_owned(),
            news: Some(object(news)),
            ..pb::CheckRequest::default()
        };
        self.client.check(request).await.unwrap().into_inner().inputs
    }
}

async fn until_heard(heard: &Heard, text: &str) -> pb::LogRequest {
    let looking = async {
        loop {
            if let Some(found) = heard.all().into_iter().find(|one| one.message.contains(text)) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONG, looking).await.unwrap()
}

pub async fn the_port_is_the_first_line() {
    let (heard, port, _end) = engine().await;
    let address = format!("127.0.0.1:{port}");
    let mut plugin = Plugin::start(&["--logtostderr", "-v=9", &address], "").await;
    let info = plugin.client.get_plugin_info(()).await.unwrap().into_inner();
    assert_eq!(info.version, "1.2.3");
    plugin
        .client
        .configure(pb::ConfigureRequest::default())
        .await
        .unwrap();
    let told = heard.all();
    assert_eq!(
        (told.len(), told[0].severity()),
        (1, pb::LogSeverity::Warning),
        "{told:?}"
    );
    plugin.interrupt();
    assert!(plugin.ended().await.success());
    assert_eq!(
        plugin.lines.next_line().await.unwrap(),
        None,
        "nothing else is on standard output"
    );
}

pub async fn an_interrupt_ends_it() {
    let mut plugin = Plugin::start(&[], "").await;
    plugin.interrupt();
    assert!(plugin.ended().await.success());
}

pub async fn an_interrupt_waits_for_what_is_made() {
    let (heard, port, _end) = engine().await;
    let mut plugin = Plugin::start(&[&format!("127.0.0.1:{port}")], "1").await;
    let properties = plugin.inputs(json!({"name": "top"})).await;
    let mut client = plugin.client.clone();
    let request = pb::CreateRequest {
        urn: URN.to_owned(),
        properties,
        ..pb::CreateRequest::default()
    };
    let create = tokio::spawn(async move { client.create(request).await });
    let progress = until_heard(&heard, "Still waiting for the hinge").await;
    assert_eq!((progress.urn.as_str(), progress.ephemeral), (URN, true));
    assert_eq!(progress.message, "Still waiting for the hinge (waited_s 30)");
    plugin.interrupt();
    let failed = create.await.unwrap().unwrap_err();
    assert_eq!(left(&failed).unwrap().id, "drawer-1");
    assert!(plugin.ended().await.success());
}

pub async fn it_ends_with_its_engine() {
    let (_heard, port, end) = engine().await;
    let mut plugin = Plugin::start(&[&format!("127.0.0.1:{port}")], "").await;
    plugin
        .client
        .configure(pb::ConfigureRequest::default())
        .await
        .unwrap();
    end.cancel();
    assert!(plugin.ended().await.success());
}

pub async fn it_serves_without_an_engine() {
    let mut plugin = Plugin::start(&[], "").await;
    let hands = plugin
        .client
        .handshake(pb::ProviderHandshakeRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(hands.accept_secrets);
    let (heard, port, _end) = engine().await;
    let address = format!("127.0.0.1:{port}");
    plugin.client.attach(pb::PluginAttach { address }).await.unwrap();
    plugin
        .client
        .configure(pb::ConfigureRequest::default())
        .await
        .unwrap();
    assert_eq!(heard.texts().len(), 1);
}

pub async fn large_messages_pass() {
    let mut plugin = Plugin::start(&[], "").await;
    let label = "x".repeat(6 << 20);
    let properties = plugin.inputs(json!({"name": "top", "labelText": label})).await;
    let request = pb::CreateRequest {
        urn: URN.to_owned(),
        properties,
        ..pb::CreateRequest::default()
    };
    let made = plugin.client.create(request).await.unwrap().into_inner();
    assert_eq!(
        made.properties.unwrap().fields["labelText"],
        pulumiplug::value::text(label)
    );
}
