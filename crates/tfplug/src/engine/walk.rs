//! Attributes and blocks under one view, and the pairing of elements of two values.

use crate::path::{Path, Step};
use crate::schema::{Attribute, AttributeType, Block, BlockNesting, Nesting, Schema};
use crate::value::Value;

/// What an object may hold: a schema's content, or the attributes nested in one attribute.
#[derive(Clone, Copy)]
pub(crate) struct Content<'s> {
    pub(crate) attributes: &'s [Attribute],
    pub(crate) blocks: &'s [Block],
}

impl<'s> Content<'s> {
    pub(crate) fn of(schema: &'s Schema) -> Self {
        Self {
            attributes: &schema.attributes,
            blocks: &schema.blocks,
        }
    }

    pub(crate) fn nested(attributes: &'s [Attribute]) -> Self {
        Self {
            attributes,
            blocks: &[],
        }
    }
}

/// How the objects inside an attribute or block are repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// One object.
    One,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// Objects by names.
    Map,
}

impl From<Nesting> for Repeat {
    fn from(nesting: Nesting) -> Self {
        match nesting {
            Nesting::Single => Repeat::One,
            Nesting::List => Repeat::List,
            Nesting::Set => Repeat::Set,
            Nesting::Map => Repeat::Map,
        }
    }
}

impl From<BlockNesting> for Repeat {
    fn from(nesting: BlockNesting) -> Self {
        match nesting {
            BlockNesting::Single | BlockNesting::Group => Repeat::One,
            BlockNesting::List => Repeat::List,
            BlockNesting::Set => Repeat::Set,
            BlockNesting::Map => Repeat::Map,
        }
    }
}

/// The content nested in an attribute, if any.
pub(crate) fn nested(attribute: &Attribute) -> Option<(Repeat, Content<'_>)> {
    match &attribute.ty {
        AttributeType::Plain(_) => None,
        AttributeType::Nested(nesting, attributes) => Some(((*nesting).into(), Content::nested(attributes))),
    }
}

/// Applies `f` to each object inside `value`, beside its counterparts in `others`. A set's elements have no names,
/// so their counterparts are null. A value that does not have the shape of `repeat` stays as it is.
pub(crate) fn map_objects<const N: usize>(
    repeat: Repeat,
    value: &Value,
    others: [&Value; N],
    f: &mut impl FnMut(&Value, [&Value; N]) -> Value,
) -> Value {
    match (repeat, value) {
        (Repeat::One, one) => f(one, others),
        (Repeat::List, Value::List(elements)) => {
            let mut each = |(i, e)| f(e, others.map(|o| element(o, i)));
            Value::List(elements.iter().enumerate().map(&mut each).collect())
        }
        (Repeat::Map, Value::Map(elements)) => {
            let each = |(k, e): (&String, &Value)| (k.clone(), f(e, others.map(|o| o.get(k))));
            Value::Map(elements.iter().map(each).collect())
        }
        (Repeat::Set, Value::Set(elements)) => {
            let each = |e| f(e, [&Value::Null; N]);
            Value::set(elements.iter().map(each).collect::<Vec<_>>())
        }
        (_, unfit) => unfit.clone(),
    }
}

fn element(list: &Value, index: usize) -> &Value {
    list.as_elements()
        .and_then(|all| all.get(index))
        .unwrap_or(&Value::Null)
}

/// A field of a configured object. In an unknown element of the configuration, everything may turn out to be
/// configured.
pub(crate) fn configured<'v>(object: &'v Value, name: &str) -> &'v Value {
    const UNKNOWN: &Value = &Value::Unknown(None);
    if object.is_known() {
        object.get(name)
    } else {
        UNKNOWN
    }
}

/// The value at a path; null where the path leads nowhere.
pub(crate) fn at<'v>(root: &'v Value, path: &Path) -> &'v Value {
    path.steps().iter().fold(root, |value, step| match step {
        Step::Attribute(name) | Step::Key(name) => value.get(name),
        Step::Index(i) => element(value, *i),
        Step::Element(element) => element_of(value, element),
    })
}

fn element_of<'v>(set: &'v Value, element: &Value) -> &'v Value {
    set.as_elements()
        .and_then(|all| all.iter().find(|e| *e == element))
        .unwrap_or(&Value::Null)
}
