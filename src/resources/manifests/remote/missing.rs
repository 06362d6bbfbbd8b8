//! Kinds that the API server does not know: not yet, or no more.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tfplug::{Context, Diagnostic, Diagnostics};

use super::super::ManifestModel;
use super::super::object;
use crate::connections::Connections;
use crate::kube::{self, KubeApi, KubeError, KubeErrorKind, ObjectRef, Resource, kinds};
use crate::wait::WaitOptions;

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
        if let Err(error) = waited {
            let older = served_versions(api, key.resource()).await;
            return Err(not_served::<M>(key.resource(), &error, &older).into());
        }
    }
    Ok(())
}

/// The versions in which the API server serves a kind, where it has the kind at all; none where it cannot be asked.
pub(super) async fn served_versions(api: &dyn KubeApi, resource: Resource) -> Vec<String> {
    let name = definition_name(resource);
    let definition = ObjectRef {
        resource: kinds::CUSTOM_RESOURCE_DEFINITION,
        namespace: None,
        name: &name,
    };
    let found = api.get(&definition).await.unwrap_or_default();
    let versions = found.pointer("/spec/versions").and_then(Json::as_array);
    let served = versions
        .into_iter()
        .flatten()
        .filter(|version| version["served"] == true);
    let names = served.filter_map(|version| version["name"].as_str().map(str::to_owned));
    names.collect()
}

/// What a kind that is served in other versions only means.
pub(super) fn other_versions(resource: Resource, served: &[String]) -> Option<String> {
    if served.is_empty() || served.iter().any(|version| version == resource.version) {
        return None;
    }
    let older = served.iter().all(|version| age(version) < age(resource.version));
    let step = match older {
        true => "Its chart is too old: upgrade it.",
        false => "Its chart is newer than this provider: upgrade the provider.",
    };
    Some(format!(
        "The cluster has {} in the version {}, and not in {}. {step}",
        resource.kind,
        served.join(" and "),
        resource.version
    ))
}

/// What versions of an API are ordered by, the oldest first: `v1alpha1`, `v1beta1`, `v1`, `v2alpha1`.
fn age(version: &str) -> (u32, u32, u32) {
    let number = |text: &str| text.parse().unwrap_or(0);
    let rest = version.trim_start_matches('v');
    for (stage, word) in ["alpha", "beta"].into_iter().enumerate() {
        if let Some((major, minor)) = rest.split_once(word) {
            return (number(major), u32::from(stage == 1), number(minor));
        }
    }
    (number(rest), 2, 0)
}

fn definition_name(resource: Resource) -> String {
    format!("{}.{}", resource.plural, resource.group)
}

fn not_served<M: ManifestModel>(resource: Resource, error: &KubeError, served: &[String]) -> Diagnostic {
    let summary = format!(
        "The cluster does not know {} of {}",
        resource.kind,
        resource.api_version()
    );
    let step = other_versions(resource, served).unwrap_or_else(|| M::MISSING_KIND.to_owned());
    Diagnostic::error(summary, format!("{error}\n\n{step}"))
}

/// Whether a failed call failed because the kind was taken away, and all objects with it. A kind that is only not served
/// in our version still has its objects.
pub(super) async fn is_kind_gone(api: &dyn KubeApi, object: &ObjectRef<'_>, error: &KubeError) -> bool {
    if error.kind != KubeErrorKind::CrdMissing {
        return false;
    }
    let name = definition_name(object.resource);
    let definition = ObjectRef {
        resource: kinds::CUSTOM_RESOURCE_DEFINITION,
        namespace: None,
        name: &name,
    };
    api.get(&definition)
        .await
        .is_err_and(|error| error.is_not_found())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_to_be_upgraded() {
        let told = |served: &[&str]| {
            let served: Vec<String> = served.iter().map(|version| (*version).to_owned()).collect();
            other_versions(kinds::NODE_POOL, &served)
        };
        assert_eq!(told(&[]), None);
        assert_eq!(told(&["v1", "v1beta1"]), None);
        assert!(
            told(&["v1beta1", "v1alpha5"])
                .unwrap()
                .contains("chart is too old")
        );
        assert!(told(&["v2"]).unwrap().contains("upgrade the provider"));
        assert!(
            age("v1alpha2") > age("v1alpha1") && age("v1beta1") < age("v1") && age("v1") < age("v2alpha1")
        );
    }
}
