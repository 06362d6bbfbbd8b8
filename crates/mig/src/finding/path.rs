//! Where in what a user wrote a value stands.

use std::fmt;
use std::ops::Deref;

/// One step to a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathStep {
    /// An attribute of an object.
    Attribute(String),
    /// A key of a map.
    Key(String),
    /// An index of a list, from 0.
    Index(usize),
}

/// The steps from what was checked to a value; none for the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<PathStep>);

impl FieldPath {
    /// An attribute of the whole.
    pub fn of(attribute: &str) -> Self {
        Self::default().attr(attribute)
    }

    /// An attribute of what is here.
    #[must_use]
    pub fn attr(&self, attribute: &str) -> Self {
        self.with(PathStep::Attribute(attribute.to_owned()))
    }

    /// A key of the map that is here.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(PathStep::Key(key.to_owned()))
    }

    /// An element of the list that is here.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(PathStep::Index(index))
    }

    /// The way that goes on from here.
    #[must_use]
    pub fn join(&self, rest: &[PathStep]) -> Self {
        Self([self.0.as_slice(), rest].concat())
    }

    /// The name of the last attribute on the way.
    pub fn last_attribute(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            PathStep::Attribute(name) => Some(name.as_str()),
            PathStep::Key(_) | PathStep::Index(_) => None,
        })
    }

    fn with(&self, step: PathStep) -> Self {
        self.join(&[step])
    }
}

impl Deref for FieldPath {
    type Target = [PathStep];

    fn deref(&self) -> &[PathStep] {
        &self.0
    }
}

/// The attribute of that name, or the whole where it is empty.
impl From<&str> for FieldPath {
    fn from(attribute: &str) -> Self {
        if attribute.is_empty() {
            Self::default()
        } else {
            Self::of(attribute)
        }
    }
}

impl From<&FieldPath> for FieldPath {
    fn from(path: &FieldPath) -> Self {
        path.clone()
    }
}

impl From<Vec<PathStep>> for FieldPath {
    fn from(steps: Vec<PathStep>) -> Self {
        Self(steps)
    }
}

/// `gpus[0].slices["1g.10gb"]`
impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Attribute(name) if index == 0 => f.write_str(name)?,
                PathStep::Attribute(name) => write!(f, ".{name}")?,
                PathStep::Key(key) => write!(f, "[{key:?}]")?,
                PathStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl<'a> IntoIterator for &'a FieldPath {
    type Item = &'a PathStep;
    type IntoIter = std::slice::Iter<'a, PathStep>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
