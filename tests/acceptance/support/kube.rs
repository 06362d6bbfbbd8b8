//! The cluster of this test process, and its objects past the provider: a colleague with kubectl.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use counterparts::{KubeApiServer, KubeOptions};
use http::Method;
use serde_json::{Value, json};

use super::{MOTO, REGION};

/// The EKS cluster's name.
pub(crate) const CLUSTER: &str = "prod";

/// The cluster that EKS describes as [`CLUSTER`]. Tests keep apart by their namespaces.
pub(crate) static KUBE: LazyLock<KubeApiServer> = LazyLock::new(|| {
    let kube = KubeApiServer::start(&KubeOptions::new(CLUSTER)).unwrap();
    MOTO.add_eks_cluster(&kube.eks_cluster(REGION)).unwrap();
    kube.webhook().trust_issuer(&MOTO.url());
    kube
});

/// Makes a namespace.
pub(crate) fn make_namespace(name: &str) {
    make_namespace_in(&KUBE, name);
}

/// The same in another cluster.
pub(crate) fn make_namespace_in(kube: &KubeApiServer, name: &str) {
    let manifest = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    kube.create("/api/v1/namespaces", &manifest).unwrap();
}

/// Where an object of ours is: `path("ns", "DaemonSet/plugin-mixed")`.
pub(crate) fn path(namespace: &str, object: &str) -> String {
    let (kind, name) = object.split_once('/').unwrap();
    format!("{}/{name}", collection(namespace, kind))
}

/// Where objects of a kind are.
pub(crate) fn collection(namespace: &str, kind: &str) -> String {
    let (root, plural) = match kind {
        "ServiceAccount" => ("api/v1", "serviceaccounts"),
        "ConfigMap" => ("api/v1", "configmaps"),
        "DaemonSet" => ("apis/apps/v1", "daemonsets"),
        other => panic!("{other} is not used here"),
    };
    format!("/{root}/namespaces/{namespace}/{plural}")
}

/// An object as it is, if it is there.
pub(crate) fn live(namespace: &str, object: &str) -> Option<Value> {
    KUBE.get(&path(namespace, object)).unwrap()
}

/// What is in a namespace, as `KIND/NAME`, without what Kubernetes puts there itself.
pub(crate) fn objects(namespace: &str) -> BTreeSet<String> {
    objects_in(&KUBE, namespace)
}

/// The same in another cluster.
pub(crate) fn objects_in(kube: &KubeApiServer, namespace: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for kind in ["ServiceAccount", "ConfigMap", "DaemonSet"] {
        let list = kube.get(&collection(namespace, kind)).unwrap().unwrap();
        for item in list["items"].as_array().unwrap() {
            found.insert(format!("{kind}/{}", item["metadata"]["name"].as_str().unwrap()));
        }
    }
    found.remove("ServiceAccount/default");
    found.remove("ConfigMap/kube-root-ca.crt");
    found
}

/// Changes an object by a strategic merge patch, as `kubectl edit` and `kubectl set image` do.
pub(crate) fn edit(namespace: &str, object: &str, manager: &str, patch: &Value) {
    let at = format!("{}?fieldManager={manager}", path(namespace, object));
    let kind = "application/strategic-merge-patch+json";
    let answer = KUBE
        .request(Method::PATCH, &at, kind, &patch.to_string())
        .unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// The image of a DaemonSet's only container.
pub(crate) fn image(namespace: &str, daemon_set: &str) -> String {
    let live = live(namespace, &format!("DaemonSet/{daemon_set}")).unwrap();
    let image = &live["spec"]["template"]["spec"]["containers"][0]["image"];
    image.as_str().unwrap().to_owned()
}
