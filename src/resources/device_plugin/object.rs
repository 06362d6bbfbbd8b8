//! Which objects a plugin has.

use serde_json::Value as Json;
use tfplug::Diagnostic;

use crate::resources::manifests::Key;

/// The objects that a plugin of this name always has, from which the others are found at import.
pub(super) fn roots(name: &str) -> Vec<Key> {
    let kinds = ["ServiceAccount", "ConfigMap"];
    kinds.iter().filter_map(|kind| Key::new(kind, name)).collect()
}

/// The DaemonSets that a ConfigMap's files belong to: the plugin's, for MPS its control daemon, and that of feature
/// discovery, of which no file tells whether it is there.
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
        let discovery = format!("{name}-{config}-gfd");
        [plugin, discovery].into_iter().chain(control)
    });
    sets.filter_map(|name| Key::new("DaemonSet", &name)).collect()
}

/// A warning where another manager added a node selector or a required node affinity to a DaemonSet. Its pods may then be
/// missing on nodes of the layouts. Fields of other managers are no drift: they stay as they are.
pub(super) fn turned_off(key: &Key, desired: &Json, live: &Json) -> Option<Diagnostic> {
    let pod = |object: &Json| object.pointer("/spec/template/spec").cloned();
    let (ours, theirs) = (pod(desired)?, pod(live)?);
    let labels = |pod: &Json| pod.get("nodeSelector").and_then(Json::as_object).cloned();
    let own = labels(&ours).unwrap_or_default();
    let mut added: Vec<String> = labels(&theirs)
        .into_iter()
        .flatten()
        .filter(|(label, _)| !own.contains_key(label))
        .map(|(label, value)| format!("nodeSelector {label}={}", value.as_str().unwrap_or_default()))
        .collect();
    let rule = "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution";
    if theirs.pointer(rule).is_some() && ours.pointer(rule).is_none() {
        added.push("a required node affinity".to_owned());
    }
    if added.is_empty() {
        return None;
    }
    let detail = format!(
        "Found {}, which is not in this configuration. Nodes of the layouts that do not fit it have no device plugin, and no \
         slices. Take it away (kubectl edit), or give it as node_selector.",
        added.join(" and ")
    );
    let summary = format!("{} is kept from nodes by another's rule", key.text());
    Some(Diagnostic::warning(summary, detail))
}

/// The attribute that makes a field of one of the objects.
pub(super) fn attribute(field: &str) -> Option<&'static str> {
    let name = |text: &str| text.split(['.', '[']).next().unwrap_or_default().to_owned();
    if let Some(rest) = field.strip_prefix("metadata.") {
        return metadata(&name(rest));
    }
    let template = field.strip_prefix("spec.template.")?;
    if let Some(rest) = template.strip_prefix("metadata.") {
        return metadata(&name(rest));
    }
    let pod = template.strip_prefix("spec.")?;
    let known = match name(pod).as_str() {
        // After the index or, in conflicts, the name in brackets.
        "containers" | "initContainers" => match name(pod.split_once("].")?.1).as_str() {
            "image" => "image",
            "imagePullPolicy" => "image_pull_policy",
            "resources" => "resources",
            "env" => "env",
            _ => return None,
        },
        "imagePullSecrets" => "image_pull_secrets",
        "tolerations" => "tolerations",
        "nodeSelector" => "node_selector",
        "priorityClassName" => "priority_class_name",
        "runtimeClassName" => "runtime_class_name",
        _ => return None,
    };
    Some(known)
}

fn metadata(name: &str) -> Option<&'static str> {
    match name {
        "labels" => Some("labels"),
        "annotations" => Some("annotations"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_the_api_have_their_attributes() {
        let expected = [
            ("metadata.labels", Some("labels")),
            ("metadata.name", None),
            ("spec.template.metadata.annotations[a/b]", Some("annotations")),
            (
                "spec.template.spec.containers[0].resources.requests",
                Some("resources"),
            ),
            ("spec.template.spec.containers[0].env[2].value", Some("env")),
            ("spec.template.spec.containers[0].volumeMounts[0].name", None),
            ("spec.template.spec.tolerations[0].effect", Some("tolerations")),
            (
                "spec.template.spec.priorityClassName",
                Some("priority_class_name"),
            ),
            ("spec.selector", None),
            ("", None),
        ];
        for (field, name) in expected {
            assert_eq!(attribute(field), name, "{field}");
        }
    }

    #[test]
    fn what_others_add_to_the_selection_of_nodes_is_told() {
        let set = |pod: Json| json!({"spec": {"template": {"spec": pod}}});
        let key = Key::new("DaemonSet", "p-mixed").unwrap();
        let ours = set(json!({"nodeSelector": {"mig.eks/device-plugin": "mixed"}}));
        assert!(turned_off(&key, &ours, &ours).is_none());
        let selected = set(json!({"nodeSelector": {"mig.eks/device-plugin": "mixed", "off": "true"}}));
        let told = turned_off(&key, &ours, &selected).unwrap();
        assert!(told.detail.contains("nodeSelector off=true"), "{told}");
        let affinity = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}});
        let affine = set(json!({"nodeSelector": {"mig.eks/device-plugin": "mixed"}, "affinity": affinity}));
        assert!(turned_off(&key, &ours, &affine).is_some());
        assert!(
            turned_off(&key, &json!({}), &selected).is_none(),
            "imported, and not known yet"
        );
    }

    #[test]
    fn finds_the_daemon_sets_of_a_config_map() {
        let map = json!({"data": {"mixed.yaml": "version: v1\n", "none-1.yaml": "sharing:\n  mps:\n"}});
        let names: Vec<_> = daemon_sets("p", &map).iter().map(Key::text).collect();
        assert_eq!(
            names,
            [
                "DaemonSet/p-mixed",
                "DaemonSet/p-mixed-gfd",
                "DaemonSet/p-none-1",
                "DaemonSet/p-none-1-gfd",
                "DaemonSet/p-none-1-mps"
            ]
        );
    }
}
