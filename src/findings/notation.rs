//! How a value is written in the language of a front end.

use mig::finding::Remedy;
use serde_json::Value;

/// A language in which attributes are given.
pub(super) struct Notation {
    /// What stands between a name and its value.
    assign: &'static str,
    /// What stands inside the braces of an object that has fields.
    padding: &'static str,
}

/// HCL, as Terraform has it.
pub(super) const HCL: Notation = Notation {
    assign: " = ",
    padding: " ",
};

/// YAML and, but for quotes, the languages of programs.
pub(super) const PROGRAM: Notation = Notation {
    assign: ": ",
    padding: "",
};

impl Notation {
    /// A way out that gives a value; none of another kind.
    pub(super) fn given(&self, remedy: &Remedy) -> Option<String> {
        let assignment =
            |attribute: &String, value| format!("{attribute}{}{}", self.assign, self.expression(value));
        Some(match remedy {
            Remedy::Write(attribute, value) => format!("set {}", assignment(attribute, value)),
            Remedy::Example(attribute, value) => format!("an example is {}", assignment(attribute, value)),
            Remedy::Add(attribute, value) => format!("add {} to {attribute}", self.expression(value)),
            _ => return None,
        })
    }

    fn expression(&self, value: &Value) -> String {
        let all = |parts: Vec<String>| parts.join(", ");
        match value {
            Value::Array(items) => {
                format!(
                    "[{}]",
                    all(items.iter().map(|item| self.expression(item)).collect())
                )
            }
            Value::Object(fields) if fields.is_empty() => "{}".into(),
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| self.field(name, value));
                let Self { padding, .. } = self;
                format!("{{{padding}{}{padding}}}", all(fields.collect()))
            }
            // Numbers, words, true and false, and null are written as in JSON.
            plain => plain.to_string(),
        }
    }

    fn field(&self, name: &str, value: &Value) -> String {
        let (assign, value) = (self.assign, self.expression(value));
        match name.bytes().all(is_plain) {
            true => format!("{name}{assign}{value}"),
            false => format!("{name:?}{assign}{value}"),
        }
    }
}

/// Whether a name has this letter without quotes; `1g.10gb` needs them.
fn is_plain(letter: u8) -> bool {
    letter.is_ascii_lowercase() || letter == b'_'
}
