//! A reader of JSON Schema, for the few words of it that ours has.

use serde_json::Value;

/// What the schema says against a value, for the few words of JSON Schema that ours has. Another word fails.
pub(crate) fn against(schema: &Value, part: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    for (word, said) in part.as_object().unwrap() {
        let fits = match word.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let name = said.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                against(schema, &schema["$defs"][name], value, at, faults);
                true
            }
            "type" => is_of_type(value, said),
            "enum" => said.as_array().unwrap().contains(value),
            "const" => said == value,
            "minimum" => value
                .as_i64()
                .is_none_or(|number| number >= said.as_i64().unwrap()),
            "required" => said
                .as_array()
                .unwrap()
                .iter()
                .all(|key| value.get(key.as_str().unwrap()).is_some()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    against(schema, said, item, &format!("{at}[{index}]"), faults);
                }
                true
            }
            "properties" => {
                for (key, inner) in said.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        against(schema, inner, value, &format!("{at}.{key}"), faults);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = part.get("properties").and_then(Value::as_object);
                let more = value.as_object().into_iter().flatten();
                let more: Vec<_> = more
                    .filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key)))
                    .collect();
                if said.is_object() {
                    for (key, value) in &more {
                        against(schema, said, value, &format!("{at}.{key}"), faults);
                    }
                }
                said != &Value::Bool(false) || more.is_empty()
            }
            other => panic!("the schema has {other:?}, which this test does not know"),
        };
        if !fits {
            faults.push(format!("{at}: {word} is {said}, found {value}"));
        }
    }
}

fn is_of_type(value: &Value, wanted: &Value) -> bool {
    let names = wanted.as_array().cloned().unwrap_or_else(|| vec![wanted.clone()]);
    names.iter().any(|name| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    })
}
