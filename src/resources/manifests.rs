//! What all resources on Kubernetes have in common: objects that are rendered at plan and kept in state as JSON, applied
//! server-side, tried out at plan, and read back field by field.
//!
//! A resource gives its [`ManifestModel`]; `remote` does the rest.

mod imported;
mod object;
pub(crate) mod remote;
mod renderable;
mod resource;

use std::time::Duration;

use serde_json::Value as Json;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

pub use imported::{Importable, Live};
pub(crate) use imported::{given, gives, imported, json_text, rest, without};
pub use object::{Key, Manifests, in_order, manifests};
pub use renderable::{Renderable, WithoutApplying};
pub use resource::{ManifestLife, ManifestResource, Named};

use crate::checked::{Checked, OrDeferred, Withheld};
use crate::kube::Resource;
use crate::models::ClusterModel;

/// A resource's values whose remote objects are Kubernetes objects. Everything here is pure.
pub trait ManifestModel: Model {
    /// The resource type, for the import block that messages offer.
    const TYPE: &'static str;

    /// What users can do where the API server does not know the kinds; nothing for kinds that every cluster has.
    const MISSING_KIND: &'static str = "";

    /// The attribute that decides which objects there are, besides the name.
    const PARTS: &'static str = "layout";

    /// The cluster; the provider's if null.
    fn cluster(&self) -> &Attr<ClusterModel>;

    /// The namespace of those objects that have one.
    fn namespace(&self) -> Option<&str> {
        None
    }

    /// The objects of plan or state.
    fn manifests(&self) -> &Attr<Manifests>;

    /// The same values with these objects, and with everything that is computed from them.
    fn with_manifests(&self, manifests: Manifests) -> Self;

    /// Whether fields that others hold are taken over.
    fn force(&self) -> bool;

    /// The import ID within the cluster.
    fn object_id(&self) -> String;

    /// The objects that are looked for at import.
    fn roots(&self) -> Vec<Key>;

    /// Further objects that an imported one names.
    fn branches(&self, root: &Key, live: &Json) -> Vec<Key> {
        let _ = (root, live);
        Vec::new()
    }

    /// A kind whose objects are all looked at on import; those that [`ManifestModel::is_part`] are ours.
    fn listed(&self) -> Option<Resource> {
        None
    }

    /// Whether an object of the [`ManifestModel::listed`] kind belongs to this resource.
    fn is_part(&self, live: &Json) -> bool {
        let _ = live;
        false
    }

    /// What others have added to a live object, so that it no longer does what it is for, in words for the user.
    fn undone_by_others(&self, key: &Key, desired: &Json, live: &Json) -> Option<Diagnostic> {
        let _ = (key, desired, live);
        None
    }

    /// The attribute that makes a field of the API, `spec.template.spec.taints`; the whole resource where none does.
    fn attribute_of(field: &str) -> Path {
        let _ = field;
        Path::root()
    }

    /// How long the API server may take to know the kinds.
    fn crd_timeout(&self) -> Duration {
        Duration::ZERO
    }

    /// How long finalizers may hold a deleted object.
    fn deletion_timeout(&self) -> Duration {
        Duration::from_secs(120)
    }

    /// Labels of the NodeClaims that live by these objects, for those that have some.
    fn claims(&self) -> Option<String> {
        None
    }

    /// The objects; none while they are unknown.
    fn wanted(&self) -> Manifests {
        self.manifests().known().cloned().unwrap_or_default()
    }

    /// What `terraform import` takes for it. Clusters that are not EKS's are named by the provider block alone.
    fn import_id(&self) -> String {
        let cluster = self.cluster().known();
        let name = cluster.and_then(|cluster| cluster.name.as_str());
        let region = cluster.and_then(|cluster| cluster.region.as_str());
        let object = self.object_id();
        match (name, region) {
            (Some(name), Some(region)) => format!("{name}@{region}/{object}"),
            (Some(name), None) => format!("{name}/{object}"),
            (None, _) => object,
        }
    }
}

/// An EKS cluster and its region, read from the front of an import ID: `CLUSTER` or `CLUSTER@REGION`.
pub(crate) fn cluster_of_id(text: Option<&str>) -> (Attr<String>, Attr<String>) {
    match text.map(|text| text.split_once('@').unwrap_or((text, ""))) {
        Some((cluster, "")) => (cluster.into(), Attr::Null),
        Some((cluster, region)) => (cluster.into(), region.into()),
        None => (Attr::Null, Attr::Null),
    }
}

/// The cluster of an identity's parts.
pub(crate) fn cluster_of_identity(name: Attr<String>, region: Attr<String>) -> Attr<ClusterModel> {
    if name.is_null() {
        return Attr::Null;
    }
    ClusterModel {
        name,
        region,
        ..ClusterModel::default()
    }
    .into()
}

/// Parses a text as a JSON object. Gives an empty map where the text is left out, and `None` where it is unknown or wrong;
/// `diags` then holds the fault.
pub(crate) fn json_object(
    text: &Attr<String>,
    at: &Path,
    diags: &mut Diagnostics,
) -> Checked<serde_json::Map<String, Json>> {
    let Some(text) = text.settled().or_deferred()? else {
        return Ok(serde_json::Map::new());
    };
    let object = serde_json::from_str(text);
    if object.is_err() {
        let detail = "Give it an object by jsonencode({ ... }).";
        diags.error_at(at.clone(), "The text is not a JSON object", detail);
    }
    object.map_err(|_| Withheld::Invalid)
}

/// An import ID of another form.
pub(crate) fn bad_id(found: &str, object: &str) -> Diagnostic {
    let detail = format!(
        "Found {found:?}. Give {object} for the provider's cluster, or CLUSTER/{object} or CLUSTER@REGION/{object} for an \
         EKS cluster."
    );
    Diagnostic::error("The import ID is not of the expected form", detail).at(Path::attr("id"))
}
