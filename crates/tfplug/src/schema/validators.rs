//! Checks of known values. Null and unknown values are never passed to a check.

use std::fmt;
use std::sync::Arc;

use crate::diag::Diagnostics;
use crate::path::Path;
use crate::value::Value;

type Check = dyn Fn(&Value, &Path, &mut Diagnostics) + Send + Sync;

/// A check, and the sentence about it in the documentation.
#[derive(Clone)]
pub struct Validator {
    /// What is allowed, as a sentence for the reference: "One of `a`, `b`."
    pub description: String,
    check: Arc<Check>,
}

impl Validator {
    /// A check from a function that reports what is wrong with a known value.
    pub fn new(
        description: impl Into<String>,
        check: impl Fn(&Value, &Path, &mut Diagnostics) + Send + Sync + 'static,
    ) -> Self {
        Self {
            description: description.into(),
            check: Arc::new(check),
        }
    }

    /// A check of a string; the function gives what is wrong and what to do.
    pub fn string(
        description: impl Into<String>,
        check: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self::new(description, move |value, path, diags| {
            if let Some(Err(detail)) = value.as_str().map(&check) {
                diags.error_at(path.clone(), format!("Invalid value of {path}"), detail);
            }
        })
    }

    /// Runs the check, if the value is known and not null.
    pub fn run(&self, value: &Value, path: &Path, diags: &mut Diagnostics) {
        if value.is_known() && !value.is_null() {
            (self.check)(value, path, diags);
        }
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Validator({:?})", self.description)
    }
}

/// The string is one of these.
pub fn one_of(allowed: &'static [&'static str]) -> Validator {
    let list = allowed
        .iter()
        .map(|a| format!("`{a}`"))
        .collect::<Vec<_>>()
        .join(", ");
    Validator::string(format!("One of {list}."), move |found| {
        if allowed.contains(&found) {
            return Ok(());
        }
        Err(format!("Found {found:?}; allowed are {}.", allowed.join(", ")))
    })
}

/// The whole number lies between these two, both included.
pub fn between(least: i64, greatest: i64) -> Validator {
    Validator::new(
        format!("From {least} to {greatest}."),
        move |value, path, diags| {
            let found = if let Value::Number(n) = value {
                n.to_i64()
            } else {
                None
            };
            if !found.is_some_and(|n| (least..=greatest).contains(&n)) {
                let text = if let Value::Number(n) = value {
                    n.to_string()
                } else {
                    value.kind_name().into()
                };
                diags.error_at(
                    path.clone(),
                    format!("Invalid value of {path}"),
                    format!("Found {text}; allowed are whole numbers from {least} to {greatest}."),
                );
            }
        },
    )
}

/// The string has between these many characters, both included.
pub fn length(least: usize, greatest: usize) -> Validator {
    Validator::string(format!("{least} to {greatest} characters."), move |found| {
        let count = found.chars().count();
        if (least..=greatest).contains(&count) {
            return Ok(());
        }
        Err(format!(
            "It has {count} characters; allowed are {least} to {greatest}."
        ))
    })
}

/// The list, set or map is not empty.
pub fn not_empty() -> Validator {
    Validator::new("At least one element.", |value, path, diags| {
        let empty = match value {
            Value::List(v) | Value::Set(v) => v.is_empty(),
            Value::Map(m) => m.is_empty(),
            _ => false,
        };
        if empty {
            diags.error_at(
                path.clone(),
                format!("{path} is empty"),
                "Give at least one element, or leave it out.",
            );
        }
    })
}
