//! What a list says of an object is what an import of it reads: the provider in process, beside real Terraform or OpenTofu.

use std::collections::BTreeMap;
use std::sync::Mutex;

use provider::list_resources::karpenter::NodeClassFilter;
use provider::models::ProviderClusterModel;
use provider::provider::{Mig, ProviderModel};
use tfplug::unstable::rpc::{
    CallContext, EventSink, ImportRequest, ListEvent, ListRequest, ProviderServer, ReadRequest,
};
use tfplug::{Diagnostics, Model, Path, Server, Value, async_trait};

use crate::karpenter::{configuration, everything};
use crate::support::karpenter::know_karpenter;
use crate::support::kube::KUBE;
use crate::support::{Ground, with_a_cli};

#[derive(Default)]
struct Kept(Mutex<Vec<ListEvent>>);

#[async_trait]
impl EventSink<ListEvent> for Kept {
    async fn send(&self, event: ListEvent) -> bool {
        self.0.lock().unwrap().push(event);
        true
    }
}

/// A provider block that leads to the cluster of the tests.
fn block() -> Value {
    let parts = [
        ("host", KUBE.url()),
        ("cluster_ca_certificate", KUBE.ca_pem()),
        ("token", KUBE.admin_token()),
    ];
    let parts: BTreeMap<_, _> = parts
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    let cluster = ProviderClusterModel::decode_object(&parts, &Path::root(), &mut Diagnostics::new());
    let block = ProviderModel {
        kubernetes: cluster.into(),
        ..ProviderModel::default()
    };
    block.to_value()
}

/// The object of that name as a list has it, with its identity.
async fn listed(server: &Server<Mig>, cx: &CallContext, type_name: &str, name: &str) -> (Value, Value) {
    let kept = Kept::default();
    // The list resources of Karpenter have the same configuration.
    let mut request = ListRequest::new(type_name, NodeClassFilter::default().to_value());
    request.include_resource = true;
    let said = server.list(cx, request, &kept).await;
    // Other tests have objects in the cluster, of which there may be something to say.
    assert!(!said.has_errors(), "{said:?}");
    let mut events = kept.0.into_inner().unwrap();
    events.retain(|event| event.display_name == name);
    assert_eq!(events.len(), 1, "{type_name}");
    let event = events.remove(0);
    (event.identity.unwrap(), event.resource.unwrap())
}

/// The same object, imported and read.
async fn read(server: &Server<Mig>, cx: &CallContext, type_name: &str, identity: Value) -> Value {
    let request = ImportRequest {
        type_name: type_name.to_owned(),
        id: String::new(),
        identity: Some(identity),
    };
    let imported = server.import(cx, request).await;
    let request = ReadRequest {
        type_name: type_name.to_owned(),
        state: imported.state,
        private: imported.private,
        identity: imported.identity,
    };
    server.read(cx, request).await.state
}

#[test]
fn karpenters_objects_are_listed_as_an_import_reads_them() {
    know_karpenter();
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "listed-whole", |name| configuration(name, &everything()));
        ground.apply();
        let server = Server::new(Mig::default()).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let cx = CallContext::new(tokio_util::sync::CancellationToken::new());
            let said = server.configure(&cx, "", &block()).await;
            assert!(said.is_empty(), "{said:?}");
            for kind in ["nodeclass", "nodepool", "nodeoverlay"] {
                let type_name = format!("mig_karpenter_{kind}");
                let (identity, whole) = listed(&server, &cx, &type_name, &ground.name).await;
                assert_eq!(whole, read(&server, &cx, &type_name, identity).await, "{kind}");
                let layout = whole.get("layout").get("slices").get("1g");
                assert_eq!(*layout, Value::from(7), "{kind}");
            }
        });
    });
}
