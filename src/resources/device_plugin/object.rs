//! The Kubernetes objects, their names in state, and the order in which they are applied.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::kube::{ObjectRef, Resource};

/// Objects as state holds them: JSON by `KIND/NAME`.
pub(super) type Manifests = BTreeMap<String, String>;

/// The kinds in the order in which they are applied.
const KINDS: [Resource; 3] = [
    Resource {
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts",
        namespaced: true,
    },
    Resource {
        group: "",
        version: "v1",
        kind: "ConfigMap",
        plural: "configmaps",
        namespaced: true,
    },
    Resource {
        group: "apps",
        version: "v1",
        kind: "DaemonSet",
        plural: "daemonsets",
        namespaced: true,
    },
];

/// One object: what it is called in state, and where it is in the API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    rank: usize,
    name: String,
}

impl Key {
    /// Reads `DaemonSet/mig-device-plugin-mixed`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/')?;
        Some(Self {
            rank: rank(kind)?,
            name: name.to_owned(),
        })
    }

    /// Whether its pods roll out.
    pub(super) fn is_daemon_set(&self) -> bool {
        self.kind().kind == "DaemonSet"
    }

    /// Where it is in the API.
    pub(super) fn object<'a>(&'a self, namespace: &'a str) -> ObjectRef<'a> {
        ObjectRef {
            resource: self.kind(),
            namespace: Some(namespace),
            name: &self.name,
        }
    }

    /// `DaemonSet/mig-device-plugin-mixed`
    pub(super) fn text(&self) -> String {
        format!("{}/{}", self.kind().kind, self.name)
    }

    fn kind(&self) -> Resource {
        KINDS[self.rank]
    }
}

fn rank(kind: &str) -> Option<usize> {
    KINDS.iter().position(|known| known.kind == kind)
}

/// Objects as state holds them.
pub(super) fn manifests(objects: &[Json]) -> Manifests {
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
pub(super) fn in_order(manifests: &Manifests) -> Vec<(Key, Json)> {
    let entry = |(key, text): (&String, &String)| Some((Key::parse(key)?, serde_json::from_str(text).ok()?));
    let mut all: Vec<(Key, Json)> = manifests.iter().filter_map(entry).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// The objects that a plugin of this name always has, from which the others are found at import.
pub(super) fn roots(name: &str) -> [Key; 2] {
    [
        Key {
            rank: 0,
            name: name.to_owned(),
        },
        Key {
            rank: 1,
            name: name.to_owned(),
        },
    ]
}

/// The DaemonSets that a ConfigMap's files belong to: the plugin's, and for MPS its control daemon.
pub(super) fn daemon_sets(name: &str, config_map: &Json) -> Vec<Key> {
    let files = config_map
        .get("data")
        .and_then(Json::as_object)
        .into_iter()
        .flatten();
    let configs = files.filter_map(|(file, content)| Some((file.strip_suffix(".yaml")?, content.as_str()?)));
    let sets = configs.flat_map(|(config, content)| {
        let plugin = format!("{name}-{config}");
        let control = content
            .contains("  mps:\n")
            .then(|| format!("{name}-{config}-mps"));
        std::iter::once(plugin).chain(control)
    });
    sets.map(|name| Key {
        rank: KINDS.len() - 1,
        name,
    })
    .collect()
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

    #[test]
    fn finds_the_daemon_sets_of_a_config_map() {
        let map = json!({"data": {"mixed.yaml": "version: v1\n", "none-1.yaml": "sharing:\n  mps:\n"}});
        let names: Vec<_> = daemon_sets("p", &map).iter().map(Key::text).collect();
        assert_eq!(
            names,
            [
                "DaemonSet/p-mixed",
                "DaemonSet/p-none-1",
                "DaemonSet/p-none-1-mps"
            ]
        );
    }
}
