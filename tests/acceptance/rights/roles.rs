//! The guide's roles, and users who have them.

use std::time::Duration;

use counterparts::{KubeApiServer, wait_for};
use serde_json::{Value, json};

const GUIDE: &str = include_str!("../../../docs/guides/rights.md");
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
pub(super) const LIMIT: Duration = Duration::from_secs(240);

/// One right: a verb on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Right {
    pub(super) group: String,
    pub(super) resource: String,
    pub(super) verb: String,
}

/// A role as a list of single rights.
#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: String,
    /// Whether it is for a namespace alone.
    namespaced: bool,
    pub(super) rights: Vec<Right>,
}

/// All roles of the guide, as the API server understands its YAML.
pub(super) fn documented(kube: &KubeApiServer) -> Vec<Role> {
    let blocks = GUIDE.split("```yaml\n").skip(1);
    let texts = blocks.map(|block| block.split("```").next().unwrap());
    let roles: Vec<Role> = texts.map(|text| read(kube, text)).collect();
    assert!(!roles.is_empty());
    roles
}

/// The guide's role of that name.
pub(super) fn role(kube: &KubeApiServer, name: &str) -> Role {
    let found = documented(kube).into_iter().find(|role| role.name == name);
    found.unwrap_or_else(|| panic!("the guide has no role {name}"))
}

fn read(kube: &KubeApiServer, text: &str) -> Role {
    let value = |key: &str| {
        let mut lines = text.lines().map(str::trim);
        let found = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        found.unwrap_or_else(|| panic!("no {key} in:\n{text}")).to_owned()
    };
    let namespaced = value("kind") == "Role";
    let path = if namespaced {
        format!("{RBAC}/namespaces/{}/roles/{}", value("namespace"), value("name"))
    } else {
        format!("{RBAC}/clusterroles/{}", value("name"))
    };
    let role = kube.apply_yaml(&path, "guide", text).unwrap();
    Role {
        name: value("name"),
        namespaced,
        rights: rights(&role),
    }
}

fn rights(role: &Value) -> Vec<Right> {
    let list = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    let mut rights = Vec::new();
    for rule in role["rules"].as_array().unwrap() {
        assert_eq!(rule.as_object().unwrap().len(), 3, "only plain rules: {rule}");
        for group in list(&rule["apiGroups"]) {
            for resource in list(&rule["resources"]) {
                rights.extend(list(&rule["verbs"]).into_iter().map(|verb| Right {
                    group: group.clone(),
                    resource: resource.clone(),
                    verb,
                }));
            }
        }
    }
    rights
}

impl Role {
    /// The same without one right.
    pub(super) fn without(&self, right: &Right) -> Self {
        let mut less = self.clone();
        less.rights.retain(|other| other != right);
        assert_eq!(less.rights.len() + 1, self.rights.len());
        less
    }

    /// The same with some verbs alone.
    pub(super) fn only(&self, verbs: &[&str]) -> Self {
        let mut less = self.clone();
        less.rights.retain(|right| verbs.contains(&right.verb.as_str()));
        less
    }

    /// Gives it to a user, and waits until the API server knows.
    pub(super) fn grant(&self, kube: &KubeApiServer, user: &str, namespace: &str) {
        let rules: Vec<Value> = self
            .rights
            .iter()
            .map(|right| json!({"apiGroups": [right.group], "resources": [right.resource], "verbs": [right.verb]}))
            .collect();
        let (prefix, kind, at) = if self.namespaced {
            ("", "Role", format!("{RBAC}/namespaces/{namespace}"))
        } else {
            ("Cluster", "ClusterRole", RBAC.to_owned())
        };
        let name = format!("{user}-{}", self.name);
        let lower = prefix.to_lowercase();
        let version = "rbac.authorization.k8s.io/v1";
        let role = json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}, "rules": rules});
        kube.create(&format!("{at}/{lower}roles"), &role).unwrap();
        let binding = json!({
            "apiVersion": version, "kind": format!("{prefix}RoleBinding"), "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
            "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": user}],
        });
        kube.create(&format!("{at}/{lower}rolebindings"), &binding)
            .unwrap();
        if let Some(right) = self.rights.first() {
            wait_until_allowed(kube, user, namespace, right);
        }
    }
}

/// RBAC takes effect when the API server's own watch has brought it.
fn wait_until_allowed(kube: &KubeApiServer, user: &str, namespace: &str, right: &Right) {
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": {
            "namespace": namespace, "verb": right.verb, "group": right.group, "resource": right.resource,
        }},
    });
    wait_for("the role", LIMIT, || {
        let answer = kube.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", &review);
        let answer = answer.map_err(|error| error.to_string())?;
        (answer["status"]["allowed"] == true)
            .then_some(())
            .ok_or_else(|| answer.to_string())
    })
    .unwrap();
}
