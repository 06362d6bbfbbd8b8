//! Bottlerocket's settings as an object: just the TOML that we render, which is tables of texts, numbers and booleans.

use std::collections::BTreeMap;

use tfplug::Value;
use tfplug::model::Dynamic;
use tfplug::ty::Type;

/// The tables of a text as one object.
pub(super) fn object(text: &str) -> Dynamic {
    let mut root = BTreeMap::new();
    let mut table: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            table = name.split('.').collect();
        } else if let Some((key, value)) = line.split_once(" = ") {
            insert(&mut root, &table, key.trim_matches('"'), scalar(value));
        }
    }
    let value = Value::Map(root);
    Dynamic {
        ty: type_of(&value),
        value,
    }
}

fn insert(object: &mut BTreeMap<String, Value>, table: &[&str], key: &str, value: Value) {
    let Some((first, rest)) = table.split_first() else {
        object.insert(key.to_owned(), value);
        return;
    };
    let inner = object
        .entry((*first).to_owned())
        .or_insert_with(|| Value::Map(BTreeMap::new()));
    if let Value::Map(inner) = inner {
        insert(inner, rest, key, value);
    }
}

fn scalar(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => text.trim_matches('"').into(),
        },
    }
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Bool(_) => Type::Bool,
        Value::Number(_) => Type::Number,
        Value::Map(all) => Type::Object(
            all.iter()
                .map(|(name, one)| (name.clone(), type_of(one)))
                .collect(),
        ),
        _ => Type::String,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_nest() {
        let text = "[settings.a-b.nvidia]\nstrategy = \"mig\"\n\n[settings.a-b.nvidia.mig.profile]\n\"h100.80gb\" = \"1g.10gb\"\n\n\
                    [settings.a-b.nvidia.time-slicing]\nrename = false\nreplicas = 4\n";
        let found = object(text);
        let nvidia = found.value.get("settings").get("a-b").get("nvidia");
        assert_eq!(nvidia.get("strategy"), &Value::from("mig"));
        assert_eq!(
            nvidia.get("mig").get("profile").get("h100.80gb"),
            &Value::from("1g.10gb")
        );
        assert_eq!(nvidia.get("time-slicing").get("replicas"), &Value::from(4));
        assert_eq!(nvidia.get("time-slicing").get("rename"), &Value::from(false));
    }
}
