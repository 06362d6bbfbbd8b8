//! Fields of an object's spec that have no option here: merged into what is rendered, and managed with it.

use serde_json::{Map, Value};

/// Fields beside ours, as they stand below `spec`. Null is left out.
pub type Extra = Map<String, Value>;

/// Why a field cannot be merged; the path is below `spec`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An option says it.
    HasOption(String),
    /// The rendering says it.
    IsRendered(String),
}

impl Refusal {
    pub(super) fn summary(&self) -> String {
        match self {
            Self::HasOption(field) => format!("spec.{field} has an attribute of its own"),
            Self::IsRendered(field) => format!("spec.{field} is rendered already"),
        }
    }

    pub(super) fn detail(&self) -> &'static str {
        match self {
            Self::HasOption(_) => "Give it by that attribute, which is checked. Leave it out here.",
            Self::IsRendered(_) => {
                "It follows from the layout or from another attribute. Only fields that are not rendered can be given here."
            }
        }
    }
}

/// Merges `extra` into a rendered spec. Objects are merged field by field, lists of named objects by their names, as
/// Kubernetes merges them; nothing that is rendered is changed. `options` are the fields that have an option, with `.`
/// between the parts of their paths.
pub(super) fn merge(spec: &mut Value, extra: &Extra, options: &[&str]) -> Vec<Refusal> {
    let mut merger = Merger {
        options,
        refusals: Vec::new(),
    };
    if let Value::Object(spec) = spec {
        merger.object(spec, extra, "");
    }
    merger.refusals
}

/// Adds what is given in the API's form and not rendered: fields that no rule here reads, save those of elements
/// of a list that is rendered. What is empty says nothing.
pub(super) fn complete(rendered: &mut Value, given: &Value) {
    let (Value::Object(rendered), Value::Object(given)) = (rendered, given) else {
        return;
    };
    for (key, value) in given {
        match rendered.get_mut(key) {
            Some(rendered) => complete(rendered, value),
            None if says_something(value) => {
                rendered.insert(key.clone(), value.clone());
            }
            None => {}
        }
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => map.values().any(says_something),
        _ => true,
    }
}

struct Merger<'a> {
    options: &'a [&'a str],
    refusals: Vec<Refusal>,
}

impl Merger<'_> {
    fn object(&mut self, into: &mut Map<String, Value>, extra: &Extra, path: &str) {
        for (key, value) in extra {
            let path = match path {
                "" => key.clone(),
                path => format!("{path}.{key}"),
            };
            if value.is_null() {
                continue;
            }
            if self.options.contains(&path.as_str()) {
                self.refusals.push(Refusal::HasOption(path));
                continue;
            }
            match into.get_mut(key) {
                Some(rendered) => self.value(rendered, value, path),
                None => self.absent(into, key, value, &path),
            }
        }
    }

    /// What is not rendered may still hold a field that has an option.
    fn absent(&mut self, into: &mut Map<String, Value>, key: &str, value: &Value, path: &str) {
        let mut fresh = value.clone();
        if let Value::Object(fields) = value {
            let mut empty = Map::new();
            self.object(&mut empty, fields, path);
            fresh = Value::Object(empty);
        }
        into.insert(key.to_owned(), fresh);
    }

    fn value(&mut self, rendered: &mut Value, extra: &Value, path: String) {
        match (rendered, extra) {
            (Value::Object(rendered), Value::Object(extra)) => self.object(rendered, extra, &path),
            (Value::Array(rendered), Value::Array(extra)) if all_named(rendered) && all_named(extra) => {
                self.named(rendered, extra, &path);
            }
            _ => self.refusals.push(Refusal::IsRendered(path)),
        }
    }

    fn named(&mut self, rendered: &mut Vec<Value>, extra: &[Value], path: &str) {
        for element in extra {
            let name = name(element);
            let same = rendered.iter_mut().find(|other| self::name(other) == name);
            match (same, element) {
                (Some(Value::Object(same)), Value::Object(fields)) => {
                    let mut fields = fields.clone();
                    fields.remove("name");
                    let path = format!("{path}[{}]", name.unwrap_or_default());
                    self.object(same, &fields, &path);
                }
                _ => rendered.push(element.clone()),
            }
        }
    }
}

fn name(element: &Value) -> Option<&str> {
    element.get("name")?.as_str()
}

fn all_named(list: &[Value]) -> bool {
    list.iter().all(|element| name(element).is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_given_and_not_rendered_is_added() {
        let mut rendered = json!({"a": 1, "b": {"c": [1]}});
        let given =
            json!({"a": 2, "b": {"c": [2], "d": true, "e": []}, "f": {"g": {"h": null}}, "i": {"j": 0}});
        complete(&mut rendered, &given);
        assert_eq!(
            rendered,
            json!({"a": 1, "b": {"c": [1], "d": true}, "i": {"j": 0}})
        );
    }

    fn merged(spec: Value, extra: Value, options: &[&str]) -> (Value, Vec<Refusal>) {
        let mut spec = spec;
        let Value::Object(extra) = extra else {
            panic!("{extra}")
        };
        let refusals = merge(&mut spec, &extra, options);
        (spec, refusals)
    }

    #[test]
    fn objects_and_named_lists_are_merged() {
        let spec = json!({
            "template": {"spec": {"containers": [{"name": "plugin", "image": "i"}], "volumes": [{"name": "a"}]}},
        });
        let extra = json!({
            "minReadySeconds": 10,
            "template": {"spec": {
                "containers": [{"name": "plugin", "livenessProbe": {"exec": {"command": ["true"]}}}, {"name": "second"}],
                "volumes": [{"name": "b", "emptyDir": {}}],
                "dnsPolicy": null,
            }},
        });
        let (spec, refusals) = merged(spec, extra, &[]);
        assert_eq!(refusals, []);
        let expected = json!({
            "minReadySeconds": 10,
            "template": {"spec": {
                "containers": [
                    {"name": "plugin", "image": "i", "livenessProbe": {"exec": {"command": ["true"]}}},
                    {"name": "second"},
                ],
                "volumes": [{"name": "a"}, {"name": "b", "emptyDir": {}}],
            }},
        });
        assert_eq!(spec, expected);
    }

    #[test]
    fn what_is_rendered_or_has_an_option_is_refused() {
        let spec = json!({"userData": "x", "kubelet": {"maxPods": 1}, "terms": [{"id": "1"}], "list": [{"name": "a", "v": 1}]});
        let extra = json!({
            "userData": "y", "kubelet": {"maxPods": 2, "new": 1}, "terms": [{"id": "2"}], "role": "r", "cpu": {"nested": true},
            "list": [{"name": "a", "v": 2}],
        });
        let before = spec.clone();
        let (mut spec, refusals) = merged(spec, extra, &["role", "cpu.nested"]);
        let expected = [
            Refusal::HasOption("cpu.nested".into()),
            Refusal::IsRendered("kubelet.maxPods".into()),
            Refusal::IsRendered("list[a].v".into()),
            Refusal::HasOption("role".into()),
            Refusal::IsRendered("terms".into()),
            Refusal::IsRendered("userData".into()),
        ];
        assert_eq!(refusals, expected);
        assert_eq!(spec["kubelet"]["new"], json!(1));
        spec["kubelet"].as_object_mut().unwrap().remove("new");
        spec.as_object_mut().unwrap().remove("cpu");
        assert_eq!(spec, before, "nothing that is rendered changes");
    }
}
