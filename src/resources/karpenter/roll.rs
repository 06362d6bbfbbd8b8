//! Which changes make Karpenter replace nodes.

use serde_json::Value as Json;

/// The fields below `at` (a JSON pointer) in which two objects differ, without those named in `except`, as
/// `userData` or `template.spec.taints`.
pub(crate) fn changed_fields(before: &Json, after: &Json, at: &str, except: &[&str]) -> Vec<String> {
    let fields = |object: &Json| {
        let found = object.pointer(at).and_then(Json::as_object);
        found.cloned().unwrap_or_default()
    };
    let (before, after) = (fields(before), fields(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let shown = at
        .trim_start_matches("/spec")
        .trim_start_matches('/')
        .replace('/', ".");
    names
        .into_iter()
        .filter(|name| !except.contains(&name.as_str()) && before.get(*name) != after.get(*name))
        .map(|name| match shown.as_str() {
            "" => name.clone(),
            parent => format!("{parent}.{name}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_what_differs() {
        let before = json!({"spec": {"userData": "a", "role": "r", "template": {"spec": {"taints": []}}}});
        let after = json!({"spec": {"userData": "b", "tags": {}, "template": {"spec": {"taints": [1]}}}});
        let all = changed_fields(&before, &after, "/spec", &["role", "template"]);
        assert_eq!(all, ["tags", "userData"]);
        let below = changed_fields(&before, &after, "/spec/template/spec", &[]);
        assert_eq!(below, ["template.spec.taints"]);
        assert!(changed_fields(&before, &before, "/spec", &[]).is_empty());
    }
}
