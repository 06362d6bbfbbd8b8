//! What Terraform will do with a plan: which attributes force a new object, and which action follows.

use super::at::{At, Findings};
use super::equality::same;
use super::rule::{Rule, Violation};
use super::write_only;
use crate::path::{Path, Step};
use crate::schema::Schema;
use crate::value::Value;

/// What Terraform does with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Nothing.
    NoOp,
    /// Make it.
    Create,
    /// Change it in place.
    Update,
    /// Delete it and make another.
    Replace,
    /// Delete it.
    Delete,
}

/// The value at a path, unknown inside an unknown value; none where the path leads nowhere. A step to an element
/// of a set ends at the set, because Terraform's own paths cannot go further.
pub fn resolve<'a>(value: &'a Value, path: &Path) -> Option<&'a Value> {
    let mut value = value;
    for step in path.steps() {
        if let Value::Dynamic(typed) = value {
            value = &typed.1;
        }
        value = match (value, step) {
            (Value::Unknown(_), _) | (Value::Set(_), Step::Element(_)) => return Some(value),
            (Value::Map(m), Step::Attribute(name) | Step::Key(name)) => m.get(name)?,
            (Value::List(vs), Step::Index(i)) => vs.get(*i)?,
            _ => return None,
        };
    }
    Some(value)
}

/// Every path that leads nowhere in both the prior and the planned object (P10). On create none is looked at.
pub fn assert_replace_paths(prior: &Value, planned: &Value, requires_replace: &[Path]) -> Vec<Violation> {
    let lost = |path: &&Path| resolve(prior, path).is_none() && resolve(planned, path).is_none();
    let violation = |path: &Path| Violation {
        path: path.clone(),
        rule: Rule::ReplacePathUnresolved,
    };
    if prior.is_null() {
        return Vec::new();
    }
    requires_replace.iter().filter(lost).map(violation).collect()
}

/// The paths that do force a new object: those at which the planned value differs from the prior one or is
/// unknown, and those of write-only attributes, of which nothing is stored to compare.
pub fn effective_replacements<'a>(
    schema: &Schema,
    prior: &Value,
    planned: &Value,
    requires_replace: &'a [Path],
) -> Vec<&'a Path> {
    if prior.is_null() {
        return Vec::new();
    }
    let changed = |path: &&Path| {
        let (before, after) = (resolve(prior, path), resolve(planned, path));
        let null = Value::Null;
        let (p, q) = (before.unwrap_or(&null), after.unwrap_or(&null));
        !equal(p, q) || write_only::is_write_only(schema, path)
    };
    requires_replace.iter().filter(changed).collect()
}

/// What Terraform will do.
pub fn action(schema: &Schema, prior: &Value, planned: &Value, requires_replace: &[Path]) -> Action {
    if planned.is_null() {
        return if prior.is_null() {
            Action::NoOp
        } else {
            Action::Delete
        };
    }
    if prior.is_null() {
        return Action::Create;
    }
    if !effective_replacements(schema, prior, planned, requires_replace).is_empty() {
        return Action::Replace;
    }
    if equal(prior, planned) {
        Action::NoOp
    } else {
        Action::Update
    }
}

/// Equal for certain: an unknown value is equal to nothing.
fn equal(a: &Value, b: &Value) -> bool {
    same(a, b) && a.is_wholly_known()
}

/// Compares the actions of the two plans of one apply. An update may turn out to be none.
pub(super) fn assert_same_action(initial: Action, last: Action, found: &mut Findings) {
    if initial != last && (initial, last) != (Action::Update, Action::NoOp) {
        found.add(&At::Root, Rule::ActionChanged { initial, last });
    }
}
