//! The API server, and its verdict on an object.

use std::sync::LazyLock;

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::kube::{KubeApiServer, KubeOptions, object_path};
use http::Method;
use mig::manifests::yaml;
use serde_json::Value;

static SERVER: LazyLock<KubeApiServer> = LazyLock::new(|| {
    let mut options = KubeOptions::new("crds");
    options.controllers = false;
    let server = KubeApiServer::start(&options).unwrap();
    server.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
    server
});

/// What would become of the object, or the server's reason to refuse it: server-side apply as a dry run, unknown fields
/// refused, in the YAML that `manifests::yaml` writes.
pub(crate) fn apply(object: &Value) -> Result<Value, String> {
    let path = format!(
        "{}?dryRun=All&fieldManager=crds&force=true&fieldValidation=Strict",
        object_path(object)
    );
    let body = yaml::document(object);
    let answer = SERVER
        .request(Method::PATCH, &path, "application/apply-patch+yaml", &body)
        .unwrap();
    let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
    match answer.status {
        200 | 201 => Ok(answer.json()),
        400 | 422 => Err(message),
        // What the schema does not know, or has twice in a set, server-side apply reports as a fault of its own.
        500 if message.contains("failed to create typed patch object") => Err(message),
        status => panic!("{path}: {status} {}\n{body}", answer.body),
    }
}

/// The first refusal of several objects.
pub(crate) fn apply_all(objects: &[Value]) -> Result<(), String> {
    objects.iter().try_for_each(|object| apply(object).map(drop))
}
