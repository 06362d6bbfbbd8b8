//! The Kubernetes objects, their names in state, and the order in which they are applied.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::kube::{ObjectRef, Resource, kinds};

/// Objects as state holds them: JSON by `KIND/NAME`.
pub type Manifests = BTreeMap<String, String>;

/// The kinds in the order in which they are applied.
const KINDS: [Resource; 6] = [
    kinds::SERVICE_ACCOUNT,
    kinds::CONFIG_MAP,
    kinds::DAEMON_SET,
    kinds::EC2_NODE_CLASS,
    kinds::NODE_POOL,
    kinds::NODE_OVERLAY,
];

/// One object: what it is called in state, and where it is in the API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    rank: usize,
    name: String,
}

impl Key {
    /// Reads `DaemonSet/mig-device-plugin-mixed`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/')?;
        Self::new(kind, name)
    }

    /// The key of an object of a kind that is used here.
    pub(crate) fn new(kind: &str, name: &str) -> Option<Self> {
        Some(Self {
            rank: rank(kind)?,
            name: name.to_owned(),
        })
    }

    /// Its name in the API.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where it is in the API; the namespace is for kinds that have one.
    pub(crate) fn object<'a>(&'a self, namespace: Option<&'a str>) -> ObjectRef<'a> {
        let resource = self.resource();
        ObjectRef {
            resource,
            namespace: namespace.filter(|_| resource.namespaced),
            name: &self.name,
        }
    }

    /// `DaemonSet/mig-device-plugin-mixed`
    pub(crate) fn text(&self) -> String {
        format!("{}/{}", self.resource().kind, self.name)
    }

    /// Its kind.
    pub(crate) fn resource(&self) -> Resource {
        KINDS[self.rank]
    }
}

fn rank(kind: &str) -> Option<usize> {
    KINDS.iter().position(|known| known.kind == kind)
}

/// Objects as state holds them.
pub fn manifests(objects: &[Json]) -> Manifests {
    let word = |object: &Json, pointer: &str| {
        object
            .pointer(pointer)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let entry = |object: &Json| {
        (
            format!("{}/{}", word(object, "/kind"), word(object, "/metadata/name")),
            object.to_string(),
        )
    };
    objects.iter().map(entry).collect()
}

/// State's objects in the order in which they are applied. What is not of our making is left out.
pub fn in_order(manifests: &Manifests) -> Vec<(Key, Json)> {
    let entry = |(key, text): (&String, &String)| Some((Key::parse(key)?, serde_json::from_str(text).ok()?));
    let mut all: Vec<(Key, Json)> = manifests.iter().filter_map(entry).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn applied_in_order_whatever_the_names() {
        let object = |kind: &str| json!({"kind": kind, "metadata": {"name": "p"}});
        let manifests = manifests(&[object("DaemonSet"), object("ConfigMap"), object("ServiceAccount")]);
        let order: Vec<_> = in_order(&manifests).iter().map(|(key, _)| key.text()).collect();
        assert_eq!(order, ["ServiceAccount/p", "ConfigMap/p", "DaemonSet/p"]);
    }
}
