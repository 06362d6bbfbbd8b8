//! Closed sets, ranges and sizes as data: validation, documentation and generated code read the same declaration.

use std::fmt;

use crate::value::Value;

/// What a known value must satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// The string is one of these.
    OneOf(Vec<String>),
    /// The number is whole and lies between these two, both included.
    Between {
        /// The least number.
        least: i64,
        /// The greatest number.
        greatest: i64,
    },
    /// The string has between these many characters, both included.
    Length {
        /// The least number of characters.
        least: usize,
        /// The greatest number of characters.
        greatest: usize,
    },
    /// The list, set or map has an element.
    NotEmpty,
}

impl Constraint {
    /// What is wrong with a known value: what was found and what is allowed. `None` if nothing is, and for a value of a type
    /// that the constraint does not concern.
    pub fn breach(&self, value: &Value) -> Option<String> {
        match self {
            Self::OneOf(allowed) => not_among(allowed, value.as_str()?),
            Self::Between { least, greatest } => outside(*least, *greatest, value),
            Self::Length { least, greatest } => wrong_length(*least, *greatest, value.as_str()?),
            Self::NotEmpty => {
                is_empty(value).then(|| "Give at least one element, or leave it out.".to_owned())
            }
        }
    }
}

/// The constraint as a sentence for the reference.
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(allowed) => {
                let quoted: Vec<String> = allowed.iter().map(|one| format!("`{one}`")).collect();
                write!(f, "One of {}.", quoted.join(", "))
            }
            Self::Between { least, greatest } => write!(f, "From {least} to {greatest}."),
            Self::Length { least, greatest } => write!(f, "{least} to {greatest} characters."),
            Self::NotEmpty => f.write_str("At least one element."),
        }
    }
}

fn not_among(allowed: &[String], found: &str) -> Option<String> {
    let refused = !allowed.iter().any(|one| one == found);
    refused.then(|| format!("Found {found:?}; allowed are {}.", allowed.join(", ")))
}

fn outside(least: i64, greatest: i64, value: &Value) -> Option<String> {
    let (number, text) = match value {
        Value::Number(number) => (number.to_i64(), number.to_string()),
        other => (None, other.kind_name().to_owned()),
    };
    let refused = !number.is_some_and(|n| (least..=greatest).contains(&n));
    refused.then(|| format!("Found {text}; allowed are whole numbers from {least} to {greatest}."))
}

fn wrong_length(least: usize, greatest: usize, found: &str) -> Option<String> {
    let count = found.chars().count();
    let refused = !(least..=greatest).contains(&count);
    refused.then(|| format!("It has {count} characters; allowed are {least} to {greatest}."))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::List(all) | Value::Set(all) => all.is_empty(),
        Value::Map(all) => all.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constraint_says_what_it_allows_and_refuses_the_rest() {
        let one_of = Constraint::OneOf(vec!["a".to_owned(), "b".to_owned()]);
        let between = Constraint::Between {
            least: 1,
            greatest: 3,
        };
        let length = Constraint::Length {
            least: 1,
            greatest: 2,
        };
        let told = |constraint: &Constraint| constraint.to_string();
        assert_eq!(told(&one_of), "One of `a`, `b`.");
        assert_eq!(told(&between), "From 1 to 3.");
        assert_eq!(told(&length), "1 to 2 characters.");
        assert_eq!(told(&Constraint::NotEmpty), "At least one element.");
        assert_eq!(one_of.breach(&Value::from("b")), None);
        assert_eq!(between.breach(&Value::from(3)), None);
        assert_eq!(length.breach(&Value::from("éé")), None);
        assert_eq!(Constraint::NotEmpty.breach(&Value::from(1)), None);
        let breach = |constraint: &Constraint, value: Value| constraint.breach(&value).unwrap();
        assert_eq!(
            breach(&one_of, Value::from("c")),
            "Found \"c\"; allowed are a, b."
        );
        assert_eq!(
            breach(&between, Value::from(4)),
            "Found 4; allowed are whole numbers from 1 to 3."
        );
        assert_eq!(
            breach(&length, Value::from("")),
            "It has 0 characters; allowed are 1 to 2."
        );
        let empty = breach(&Constraint::NotEmpty, Value::List(Vec::new()));
        assert_eq!(empty, "Give at least one element, or leave it out.");
    }
}
