//! Objects of our names that exist before we make them. They are not taken over unasked, and so not deleted with ours
//! one day.

use serde_json::Value as Json;
use tfplug::{Diagnostic, Path};

use super::super::ManifestModel;
use super::super::object::{self, Key, Manifests};
use super::connect::FIELD_MANAGER;
use super::read;
use crate::kube::{KubeApi, KubeError};
use crate::wording::import_of;

/// The first object that would have to be made and is there already, if any: as an error to fail with. A failure comes
/// with the object that could not be looked for.
pub(super) async fn already_there<M: ManifestModel>(
    api: &dyn KubeApi,
    planned: &M,
    before: Option<&Manifests>,
) -> Result<Option<Diagnostic>, (Key, KubeError)> {
    if planned.force() {
        return Ok(None);
    }
    let known = before.cloned().unwrap_or_default();
    for (key, _) in object::in_order(&planned.wanted()) {
        if known.contains_key(&key.text()) {
            continue;
        }
        let found = read::look_for(api, planned, &key).await;
        let Some(live) = found.map_err(|error| (key.clone(), error))? else {
            continue;
        };
        match before {
            None => return Ok(Some(exists(&key, planned, is_ours(&live)))),
            Some(_) if !is_ours(&live) => return Ok(Some(in_the_way(&key, planned))),
            // Made by an update that was cut off before it could note it.
            Some(_) => {}
        }
    }
    Ok(None)
}

/// Whether this provider has made it, or a part of it.
pub(super) fn is_ours(live: &Json) -> bool {
    let managers = live.pointer("/metadata/managedFields").and_then(Json::as_array);
    managers
        .into_iter()
        .flatten()
        .any(|m| m.get("manager").and_then(Json::as_str) == Some(FIELD_MANAGER))
}

fn exists<M: ManifestModel>(key: &Key, planned: &M, ours: bool) -> Diagnostic {
    let maker = match ours {
        true => "This provider made it, but not from this state: another configuration may manage it.",
        false => "It was not made by this provider.",
    };
    let detail = format!(
        "{maker} To manage it here, import it:\n\n{}{}\n\nOr choose another name, or take it over with force_conflicts = true.",
        import_of(M::TYPE, &planned.import_id()),
        by_provider(planned)
    );
    Diagnostic::error(summary(key, planned), detail).at(Path::attr("name"))
}

/// An import ID can name no cluster but one of EKS.
fn by_provider<M: ManifestModel>(planned: &M) -> &'static str {
    let named = planned.cluster().known();
    if named.is_some_and(|cluster| cluster.name.is_null()) {
        "\n\nAn import ID can name only a cluster of EKS, so this import needs the cluster in `kubernetes` of the provider block. It can \
         go from there once an apply has stored `cluster`."
    } else {
        ""
    }
}

fn in_the_way<M: ManifestModel>(key: &Key, planned: &M) -> Diagnostic {
    let detail = "It was not made by this provider. Remove it, or take it over with force_conflicts = true.";
    Diagnostic::error(summary(key, planned), detail).at(Path::attr(M::PARTS))
}

fn summary<M: ManifestModel>(key: &Key, planned: &M) -> String {
    match planned.namespace() {
        Some(namespace) => format!("{} exists already in {namespace}", key.text()),
        None => format!("{} exists already", key.text()),
    }
}
