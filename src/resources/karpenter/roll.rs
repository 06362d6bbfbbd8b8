//! Which changes make Karpenter replace nodes.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::kube;

/// The fields below `at` (a JSON pointer) in which two objects differ, without those named in `except`, as
/// `userData` or `template.spec.taints`.
pub(crate) fn changed_fields(before: &Json, after: &Json, at: &str, except: &[&str]) -> Vec<String> {
    let part = |object: &Json| object.pointer(at).cloned().unwrap_or_else(|| json!({}));
    let parent = at.trim_start_matches("/spec").trim_start_matches('/');
    let parent = parent.replace('/', ".");
    let changes = kube::diff(&part(after), &part(before));
    let names = changes
        .iter()
        .filter_map(|change| change.path.split(['.', '[']).next());
    let names: BTreeSet<&str> = names.filter(|name| !except.contains(name)).collect();
    let shown = |name: &str| format!("{parent}.{name}").trim_start_matches('.').to_owned();
    names.into_iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_differs() {
        let before = json!({"spec": {"userData": "a", "role": "r", "template": {"spec": {"taints": []}}}});
        let after = json!({"spec": {"userData": "b", "tags": {"a": "b"}, "kubelet": {}, "template": {"spec": {"taints": [1]}}}});
        let all = changed_fields(&before, &after, "/spec", &["role", "template"]);
        assert_eq!(all, ["tags", "userData"]);
        let below = changed_fields(&before, &after, "/spec/template/spec", &[]);
        assert_eq!(below, ["template.spec.taints"]);
        assert!(changed_fields(&before, &before, "/spec", &[]).is_empty());
        let labelled = json!({"spec": {"template": {"metadata": {"labels": {"a": "b"}}}}});
        let appeared = changed_fields(&before, &labelled, "/spec/template/metadata", &[]);
        assert_eq!(appeared, ["template.metadata.labels"]);
    }
}
