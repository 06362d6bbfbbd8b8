//! A way to the API server of the tests that can be made slow, broken or lossy. It speaks plain HTTP to the provider.

use counterparts::FaultProxy;

use super::kube::KUBE;

/// A proxy that lets everything through.
pub(crate) fn to_cluster() -> FaultProxy {
    FaultProxy::to_kube(|| &*KUBE).unwrap()
}

/// Whether a request changes something; a dry run does not.
pub(crate) fn is_change(method: &str, target: &str) -> bool {
    method != "GET" && !target.contains("dryRun=")
}
