//! The fact behind a finding, and what to do about it: as data, since each front end writes values in its own language.

use std::fmt;

use serde_json::Value;

/// One way out. Attributes have the names of this crate's options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// An attribute gets this value.
    Write(String, Value),
    /// An attribute gets a value like this one.
    Example(String, Value),
    /// A list gets this element as well.
    Add(String, Value),
    /// An attribute is left out.
    Remove(String),
    /// A text is freed of something.
    Clean(Unwanted),
    /// A list of the catalog has what is possible.
    LookUp(Listing),
    /// Anything else: a sentence without its capital and its full stop.
    Words(String),
}

impl Remedy {
    /// An attribute gets this value.
    pub fn write(attribute: &str, value: impl Into<Value>) -> Self {
        Self::Write(attribute.to_owned(), value.into())
    }
}

/// What a text is freed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwanted {
    /// Every carriage return.
    CarriageReturns,
    /// The byte order mark at its beginning.
    ByteOrderMark,
    /// The space around it.
    Space,
}

/// What the catalog lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Instance types with GPUs.
    InstanceTypes,
    /// GPUs with MIG, by their identities.
    Gpus,
    /// What each GPU can be cut into.
    Profiles,
}

/// In no language: a front end has its own words where it can write a value or a call.
impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(attribute, value) => write!(f, "set {attribute} to {value}"),
            Self::Example(attribute, value) => write!(f, "an example of {attribute} is {value}"),
            Self::Add(attribute, value) => write!(f, "add {value} to {attribute}"),
            Self::Remove(attribute) => write!(f, "leave {attribute} out"),
            Self::Clean(Unwanted::CarriageReturns) => f.write_str("take the carriage returns away"),
            Self::Clean(Unwanted::ByteOrderMark) => f.write_str("take the mark away"),
            Self::Clean(Unwanted::Space) => f.write_str("take the space away"),
            Self::LookUp(Listing::InstanceTypes) => f.write_str("the catalog lists all instance types"),
            Self::LookUp(Listing::Gpus) => f.write_str("the catalog lists its GPUs"),
            Self::LookUp(Listing::Profiles) => f.write_str("the catalog lists the profiles of each GPU"),
            Self::Words(words) => f.write_str(words),
        }
    }
}

/// A reason in whole sentences, and the ways out, of which one is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    pub(super) reason: String,
    pub(super) remedies: Vec<Remedy>,
}

impl Advice {
    /// A reason with ways out.
    pub fn new(reason: impl Into<String>, remedies: impl Into<Vec<Remedy>>) -> Self {
        Self {
            reason: reason.into(),
            remedies: remedies.into(),
        }
    }

    /// The reason, and the ways out as `say` puts them.
    pub fn in_words(&self, say: impl Fn(&Remedy) -> String) -> String {
        let ways: Vec<String> = self.remedies.iter().map(say).collect();
        let ways = ways.join(", or ");
        let mut letters = ways.chars();
        match letters.next() {
            Some(first) => {
                let (reason, first) = (&self.reason, first.to_ascii_uppercase());
                format!("{reason} {first}{}.", letters.as_str())
            }
            None => self.reason.clone(),
        }
    }
}

impl<T: Into<String>> From<T> for Advice {
    fn from(reason: T) -> Self {
        Self::new(reason, [])
    }
}

impl From<&Self> for Advice {
    fn from(advice: &Self) -> Self {
        advice.clone()
    }
}
