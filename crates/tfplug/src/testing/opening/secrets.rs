//! Sensitive values that must not be told.

use super::super::Breach;
use crate::diag::Diagnostics;
use crate::schema::{Attribute, AttributeType, Nesting, Schema};
use crate::value::Value;

/// A text shorter than this may be in a sentence by chance.
const SHORTEST: usize = 4;

/// Looks for the sensitive texts of these objects in what is said.
pub(super) fn check<'v>(
    schema: &Schema,
    objects: impl IntoIterator<Item = &'v Value>,
    findings: &Diagnostics,
    step: &str,
) -> Result<(), Breach> {
    let mut secrets = Vec::new();
    for object in objects {
        collect(&schema.attributes, object, &mut secrets);
    }
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let secret = secrets
        .iter()
        .any(|secret| said.iter().any(|text| text.contains(secret.as_str())));
    super::check(!secret, step, || "a diagnostic tells a sensitive value")
}

fn collect(attributes: &[Attribute], object: &Value, secrets: &mut Vec<String>) {
    for attribute in attributes {
        let value = object.get(&attribute.name);
        match &attribute.ty {
            _ if attribute.sensitive => texts(value, secrets),
            AttributeType::Nested(Nesting::Single, inner) => collect(inner, value, secrets),
            AttributeType::Nested(_, inner) => {
                elements(value).for_each(|element| collect(inner, element, secrets));
            }
            AttributeType::Plain(_) => {}
        }
    }
}

fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    let listed = value.as_elements().into_iter().flatten();
    listed.chain(value.as_map().into_iter().flat_map(|map| map.values()))
}

fn texts(value: &Value, secrets: &mut Vec<String>) {
    if let Value::Dynamic(dynamic) = value {
        texts(&dynamic.1, secrets);
    }
    let long = value.as_str().filter(|text| text.chars().count() >= SHORTEST);
    secrets.extend(long.map(str::to_owned));
    elements(value).for_each(|element| texts(element, secrets));
}
