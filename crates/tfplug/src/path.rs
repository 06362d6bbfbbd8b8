//! Where a value is: the steps from the root of a configuration or state to one attribute or element.

use std::fmt;

use crate::value::Value;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An attribute of an object, or a nested block.
    Attribute(String),
    /// An element of a map.
    Key(String),
    /// An element of a list or tuple.
    Index(usize),
    /// An element of a set, named by its value. Terraform cannot point at such an element, so on the wire
    /// a path ends at the set that holds it.
    Element(Value),
}

/// The place of a value, written as a Terraform user would: `layout.slices["1g.10gb"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Path(Vec<Step>);

impl Path {
    /// The root: the whole resource, data source or provider block.
    pub fn root() -> Self {
        Self::default()
    }

    /// A path of one attribute.
    pub fn attr(name: impl Into<String>) -> Self {
        Self::root().attribute(name)
    }

    /// A path made of the given steps.
    pub fn from_steps(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// This path, one attribute deeper.
    #[must_use]
    pub fn attribute(&self, name: impl Into<String>) -> Self {
        self.child(Step::Attribute(name.into()))
    }

    /// This path, one map key deeper.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.child(Step::Key(key.into()))
    }

    /// This path, one list index deeper.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.child(Step::Index(index))
    }

    /// This path, one set element deeper.
    #[must_use]
    pub fn element(&self, element: Value) -> Self {
        self.child(Step::Element(element))
    }

    /// This path with one more step.
    #[must_use]
    pub fn child(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// This path followed by another one that starts where this one ends.
    #[must_use]
    pub fn join(&self, tail: &Path) -> Self {
        Self(self.0.iter().chain(&tail.0).cloned().collect())
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `self` is `other` or lies inside it.
    pub fn starts_with(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl From<&str> for Path {
    /// Reads dotted attribute names, such as `"layout.slices"`; keys and indexes are added by the methods.
    fn from(dotted: &str) -> Self {
        Self(
            dotted
                .split('.')
                .filter(|s| !s.is_empty())
                .map(|s| Step::Attribute(s.to_owned()))
                .collect(),
        )
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if i == 0 => write!(f, "{name}")?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Element(_) => write!(f, "[element]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_terraform() {
        let path = Path::attr("layout")
            .attribute("gpus")
            .index(1)
            .attribute("slices")
            .key("1g.10gb");
        assert_eq!(path.to_string(), r#"layout.gpus[1].slices["1g.10gb"]"#);
        assert_eq!(Path::from("layout.slices").to_string(), "layout.slices");
    }
}
