//! Checks of known values. Null and unknown values are never passed to a check.

use std::fmt;
use std::sync::Arc;

use super::Constraint;
use crate::diag::Diagnostics;
use crate::path::Path;
use crate::value::Value;

type Check = dyn Fn(&Value, &Path, &mut Diagnostics) + Send + Sync;

/// A check, and the sentence about it in the documentation.
#[derive(Clone)]
#[non_exhaustive]
pub struct Validator {
    /// What is allowed, as a sentence for the reference: "One of `a`, `b`."
    pub description: String,
    rule: Rule,
}

#[derive(Clone)]
enum Rule {
    Constraint(Constraint),
    Declared(Constraint),
    Check(Arc<Check>),
}

impl From<Constraint> for Validator {
    fn from(constraint: Constraint) -> Self {
        Self {
            description: constraint.to_string(),
            rule: Rule::Constraint(constraint),
        }
    }
}

impl Validator {
    /// A check from a function that reports what is wrong with a known value.
    pub fn new(
        description: impl Into<String>,
        check: impl Fn(&Value, &Path, &mut Diagnostics) + Send + Sync + 'static,
    ) -> Self {
        Self {
            description: description.into(),
            rule: Rule::Check(Arc::new(check)),
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

    /// A constraint that is declared, and that the provider checks itself, in words of its own.
    pub fn declared(constraint: Constraint) -> Self {
        Self {
            description: constraint.to_string(),
            rule: Rule::Declared(constraint),
        }
    }

    /// Runs the check, if the value is known and not null.
    pub fn run(&self, value: &Value, path: &Path, diags: &mut Diagnostics) {
        if !value.is_known() || value.is_null() {
            return;
        }
        match &self.rule {
            Rule::Check(check) => check(value, path, diags),
            Rule::Declared(_) => {}
            Rule::Constraint(constraint) => {
                if let Some(detail) = constraint.breach(value) {
                    let summary = match constraint {
                        Constraint::NotEmpty => format!("{path} is empty"),
                        _ => format!("Invalid value of {path}"),
                    };
                    diags.error_at(path.clone(), summary, detail);
                }
            }
        }
    }

    /// The closed set, range or size that it checks or declares. `None` for a check that is code.
    pub fn constraint(&self) -> Option<&Constraint> {
        match &self.rule {
            Rule::Constraint(constraint) | Rule::Declared(constraint) => Some(constraint),
            Rule::Check(_) => None,
        }
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Validator({:?})", self.description)
    }
}

/// The string is one of these.
pub fn one_of(allowed: &[&str]) -> Validator {
    Constraint::OneOf(allowed.iter().map(|&one| one.to_owned()).collect()).into()
}

/// The whole number lies between these two, both included.
pub fn between(least: i64, greatest: i64) -> Validator {
    Constraint::Between { least, greatest }.into()
}

/// The string has between these many characters, both included.
pub fn length(least: usize, greatest: usize) -> Validator {
    Constraint::Length { least, greatest }.into()
}

/// The list, set or map is not empty.
pub fn not_empty() -> Validator {
    Constraint::NotEmpty.into()
}

/// The string is one of these, which the provider checks itself: see [`Validator::declared`].
pub fn declared_one_of(allowed: &[&str]) -> Validator {
    Validator::declared(Constraint::OneOf(
        allowed.iter().map(|&one| one.to_owned()).collect(),
    ))
}

/// The whole number lies between these two, both included, which the provider checks itself: see [`Validator::declared`].
pub fn declared_between(least: i64, greatest: i64) -> Validator {
    Validator::declared(Constraint::Between { least, greatest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_documented_and_not_checked_here() {
        let declared = declared_one_of(&["a", "b"]);
        assert_eq!(declared.description, "One of `a`, `b`.");
        assert_eq!(declared.constraint(), one_of(&["a", "b"]).constraint());
        let mut diags = Diagnostics::new();
        declared.run(&Value::from("c"), &Path::root(), &mut diags);
        assert!(diags.is_empty());
    }
}
