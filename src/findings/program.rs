//! What to do about a finding, for the reader of a program. Names of attributes become those of properties where it is told.

use mig::finding::{Listing, Remedy, Unwanted};
use serde_json::Value;

/// A way out, as it is written in YAML and, but for quotes, in other languages.
pub(super) fn say(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Write(attribute, value) => format!("set {attribute}: {}", expression(value)),
        Remedy::Example(attribute, value) => format!("an example is {attribute}: {}", expression(value)),
        Remedy::Add(attribute, value) => format!("add {} to {attribute}", expression(value)),
        Remedy::Clean(Unwanted::CarriageReturns) => "take them away: the text needs line ends of Unix".into(),
        Remedy::Clean(Unwanted::ByteOrderMark) => "take it away: save the text as UTF-8 without it".into(),
        Remedy::Clean(Unwanted::Space) => "take it away".into(),
        Remedy::LookUp(Listing::InstanceTypes) => "see mig:getInstanceTypes, which lists all".into(),
        Remedy::LookUp(Listing::Gpus) => "see mig:getProfiles, which lists the GPUs".into(),
        Remedy::LookUp(Listing::Profiles) => {
            "see mig:getProfiles, which lists what each GPU can be cut into".into()
        }
        Remedy::Remove(_) | Remedy::Words(_) => remedy.to_string(),
    }
}

fn expression(value: &Value) -> String {
    let all = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Array(items) => format!("[{}]", all(items.iter().map(expression).collect())),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| match name.bytes().all(is_plain) {
                true => format!("{name}: {}", expression(value)),
                false => format!("{name:?}: {}", expression(value)),
            };
            format!("{{{}}}", all(fields.iter().map(field).collect()))
        }
        plain => plain.to_string(),
    }
}

/// Whether a name has this letter without quotes; `1g.10gb` needs them.
fn is_plain(letter: u8) -> bool {
    letter.is_ascii_lowercase() || letter == b'_'
}

#[cfg(test)]
mod tests {
    use mig::finding::Advice;
    use serde_json::json;

    use super::*;

    #[test]
    fn ways_out_are_written_as_in_a_program() {
        let remedies = [
            Remedy::write("sharing", json!({"replicas": 4, "strategy": "mps"})),
            Remedy::Add("gpus".into(), json!({"devices": [2, 3], "slices": {}})),
            Remedy::write("slices", json!({"1g.10gb": 7})),
            Remedy::LookUp(Listing::Profiles),
        ];
        assert_eq!(
            Advice::new("It is so.", remedies).in_words(say),
            "It is so. Set sharing: {replicas: 4, strategy: \"mps\"}, or add {devices: [2, 3], slices: {}} to gpus, or set slices: \
             {\"1g.10gb\": 7}, or see mig:getProfiles, which lists what each GPU can be cut into."
        );
    }
}
