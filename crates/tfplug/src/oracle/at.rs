//! The place under judgement, and what was found so far.

use super::rule::{Rule, Violation};
use crate::path::{Path, Step};
use crate::value::Value;

/// A place, as a chain on the call stack: most places are never reported, so none is allocated before that.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    /// The whole object.
    Root,
    /// An attribute of an object.
    Attribute(&'a At<'a>, &'a str),
    /// An element of a map.
    Key(&'a At<'a>, &'a str),
    /// An element of a list.
    Index(&'a At<'a>, usize),
    /// An element of a set.
    Element(&'a At<'a>, &'a Value),
}

impl At<'_> {
    /// The place as a path of its own.
    pub(super) fn path(&self) -> Path {
        let mut steps = Vec::new();
        let mut at = self;
        loop {
            let (parent, step) = match at {
                At::Root => break,
                At::Attribute(parent, name) => (parent, Step::Attribute((*name).to_owned())),
                At::Key(parent, key) => (parent, Step::Key((*key).to_owned())),
                At::Index(parent, index) => (parent, Step::Index(*index)),
                At::Element(parent, element) => (parent, Step::Element((*element).clone())),
            };
            steps.push(step);
            at = parent;
        }
        steps.reverse();
        Path::from_steps(steps)
    }
}

/// The breaches found so far.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Violation>);

impl Findings {
    /// Notes a breach.
    pub(super) fn add(&mut self, at: &At<'_>, rule: Rule) {
        self.0.push(Violation {
            path: at.path(),
            rule,
        });
    }
}
