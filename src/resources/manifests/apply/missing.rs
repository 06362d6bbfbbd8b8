//! Kinds that the API server does not know: not yet, or no more.

use std::collections::BTreeSet;

use tfplug::{Context, Diagnostic, Diagnostics};

use super::super::ManifestModel;
use super::super::object;
use crate::connections::Connections;
use crate::kube::{self, KubeApi, KubeError, KubeErrorKind, ObjectRef, Resource, WaitOptions};

const CRD: Resource = Resource {
    group: "apiextensions.k8s.io",
    version: "v1",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false,
};

/// Waits until the API server knows the kinds that are wanted: the same apply may be installing them.
pub(super) async fn wait_for_kinds<M: ManifestModel>(
    cx: &Context<Connections>,
    api: &dyn KubeApi,
    planned: &M,
) -> Result<(), Diagnostics> {
    if M::MISSING_KIND.is_empty() {
        return Ok(());
    }
    let mut seen = BTreeSet::new();
    for (key, _) in object::in_order(&planned.wanted()) {
        if !seen.insert(key.resource()) {
            continue;
        }
        let options = WaitOptions {
            timeout: planned.crd_timeout(),
            cancel: cx.cancel().clone(),
        };
        let waited = kube::wait_until_served(api, &key.object(planned.namespace()), &options).await;
        waited.map_err(|error| not_served::<M>(key.resource(), &error))?;
    }
    Ok(())
}

fn not_served<M: ManifestModel>(resource: Resource, error: &KubeError) -> Diagnostic {
    let summary = format!(
        "The cluster does not know {} of {}",
        resource.kind,
        resource.api_version()
    );
    Diagnostic::error(summary, format!("{error}\n\n{}", M::MISSING_KIND))
}

/// Whether a failed call failed because the kind was taken away, and all objects with it. A kind that is only not served
/// in our version still has its objects.
pub(super) async fn is_kind_gone(api: &dyn KubeApi, object: &ObjectRef<'_>, error: &KubeError) -> bool {
    if error.kind != KubeErrorKind::CrdMissing {
        return false;
    }
    let name = format!("{}.{}", object.resource.plural, object.resource.group);
    let definition = ObjectRef {
        resource: CRD,
        namespace: None,
        name: &name,
    };
    api.get(&definition)
        .await
        .is_err_and(|error| error.is_not_found())
}
