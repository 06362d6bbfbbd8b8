//! Which fields of a live object are ours, and how they differ from what we want. Pure.

mod compare;
mod lists;
mod managed;
mod people;
#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

pub use compare::diff;
pub use managed::{given, owned};
pub use people::{is_deployment_tool, is_persons_client};

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDiff {
    /// The field's path as the API server writes it, such as
    /// `spec.template.spec.containers[name="ctr"].image`.
    pub path: String,
    /// What it is; `None` where it is not there.
    pub old: Option<Value>,
    /// What it shall be; `None` where it shall not be there.
    pub new: Option<Value>,
}

impl fmt::Display for FieldDiff {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Option<Value>| value.as_ref().map_or("(none)".to_owned(), Value::to_string);
        write!(out, "{}: {} -> {}", self.path, show(&self.old), show(&self.new))
    }
}

/// A live object seen from our own fields only: those that we want, with their live values whoever
/// set them, and those that `manager` still holds and we want no more. Defaults of the server and
/// fields of others do not show.
pub fn observed(desired: &Value, live: &Value, manager: &str) -> Value {
    compare::overlay(&owned(live, manager), &compare::along(desired, live))
}

/// How a live object differs from what we want, as far as [`observed`] shows it.
pub fn drift(desired: &Value, live: &Value, manager: &str) -> Vec<FieldDiff> {
    diff(desired, &observed(desired, live, manager))
}
