//! How two values of one schema differ.
//!
//! ```
//! use tfplug::schema::{Attribute, AttributeType, Schema};
//! use tfplug::ty::Type;
//! use tfplug::{Value, diff};
//!
//! let tags = Attribute::new("tags", AttributeType::Plain(Type::map(Type::String)));
//! let schema = Schema::new("", vec![tags]);
//! let before = Value::object([("tags", Value::object([("team", Value::from("a"))]))]);
//! let after = Value::object([("tags", Value::object([("team", Value::from("b"))]))]);
//!
//! let changes = diff::between(&schema, &before, &after);
//! assert_eq!(changes.len(), 1);
//! assert_eq!(changes[0].path.to_string(), r#"tags["team"]"#);
//! assert_eq!(changes[0].kind, diff::ChangeKind::Changed);
//! ```

use std::collections::BTreeMap;

use crate::engine::pairing::pair;
use crate::engine::walk::{Content, Repeat, configured, nested};
use crate::path::Path;
use crate::schema::{Attribute, Block, BlockNesting, Replace, Schema};
use crate::ty::Type;
use crate::value::Value;

/// One place where two values differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The innermost place that the values name alike. An element of a set is there as a whole.
    pub path: Path,
    /// How the values differ there.
    pub kind: ChangeKind,
    /// Whether the schema says that this change needs a new object.
    pub replaces: bool,
    /// The attribute whose rule that is.
    pub(crate) cause: Option<Path>,
}

/// How two values differ at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Only the second value has something there.
    Added,
    /// Only the first value has something there.
    Removed,
    /// Both have something there.
    Changed,
    /// What the second value has there is not known yet.
    Unknown,
}

/// What turns `before` into `after`, in the order of the schema; nothing if both mean the same. Without a
/// configuration, each value of `after` counts as configured.
pub fn between(schema: &Schema, before: &Value, after: &Value) -> Vec<Change> {
    planned(schema, before, after, after)
}

/// What turns the object `prior` into `planned`, where the user wrote `config`.
pub fn planned(schema: &Schema, prior: &Value, planned: &Value, config: &Value) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    changes.object(Content::of(schema), [prior, planned, config], &Path::root(), None);
    changes.0
}

/// A prior, a planned and a configured value of the same place.
type Triple<'v> = [&'v Value; 3];

/// What the elements of a collection are.
#[derive(Clone, Copy)]
enum Inner<'s> {
    Objects(Content<'s>),
    Plain(&'s Type),
}

/// The changes so far. `cause` is the outermost attribute on the way whose change needs a new object.
struct Changes(Vec<Change>);

impl Changes {
    fn push(&mut self, path: &Path, kind: ChangeKind, cause: Option<&Path>) {
        self.0.push(Change {
            path: path.clone(),
            kind,
            replaces: cause.is_some(),
            cause: cause.cloned(),
        });
    }

    /// Whether the values need no closer look: they are equal, or one of them is absent or unknown.
    fn settled(&mut self, [before, after, _]: Triple<'_>, path: &Path, cause: Option<&Path>) -> bool {
        let kind = match (before.is_null(), after.is_null()) {
            _ if before == after => return true,
            (true, true) => return true,
            _ if !after.is_known() => ChangeKind::Unknown,
            (true, false) => ChangeKind::Added,
            (false, true) => ChangeKind::Removed,
            (false, false) if !before.is_known() => ChangeKind::Changed,
            (false, false) => return false,
        };
        self.push(path, kind, cause);
        true
    }

    fn object(&mut self, content: Content<'_>, values: Triple<'_>, path: &Path, cause: Option<&Path>) {
        let unknown = content_may_replace(content, values, path);
        if self.settled(values, path, cause.or(unknown.as_ref())) {
            return;
        }
        for attribute in content.attributes {
            let at = path.attribute(&attribute.name);
            self.attribute(attribute, fields(values, &attribute.name), &at, cause);
        }
        for block in content.blocks {
            let inner = Content::of(&block.content);
            let (at, values) = (path.attribute(&block.name), fields(values, &block.name));
            self.collection(block.nesting.into(), inner, values, &at, cause);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, values: Triple<'_>, path: &Path, cause: Option<&Path>) {
        let [before, after, config] = values;
        let comparable = !before.is_null() && !after.is_null() && before.is_known() && after.is_known();
        if comparable && attribute.same_meaning.is_some_and(|same| same(after, before)) {
            return;
        }
        let needed = match attribute.replace {
            Replace::Never => false,
            Replace::Always => true,
            Replace::IfConfigured => !config.is_null(),
        };
        let cause = cause.or(needed.then_some(path));
        match (nested(attribute), &attribute.ty) {
            (Some((repeat, inner)), _) => self.collection(repeat, inner, values, path, cause),
            (None, ty) => self.plain(&ty.to_type(), values, path, cause),
        }
    }

    fn collection(
        &mut self,
        repeat: Repeat,
        inner: Content<'_>,
        values: Triple<'_>,
        path: &Path,
        cause: Option<&Path>,
    ) {
        let unknown = match repeat {
            Repeat::Set => None,
            _ => content_may_replace(inner, values, path),
        };
        if repeat == Repeat::One {
            self.object(inner, values, path, cause);
        } else if !self.settled(values, path, cause.or(unknown.as_ref())) {
            self.elements(Inner::Objects(inner), values, path, cause);
        }
    }

    fn plain(&mut self, ty: &Type, values: Triple<'_>, path: &Path, cause: Option<&Path>) {
        if self.settled(values, path, cause) {
            return;
        }
        match ty {
            Type::List(inner) | Type::Set(inner) | Type::Map(inner) => {
                self.elements(Inner::Plain(inner), values, path, cause);
            }
            Type::Object(types) => {
                for (name, ty) in types {
                    self.plain(ty, fields(values, name), &path.attribute(name), cause);
                }
            }
            Type::Tuple(types) => {
                let [before, after, config] = values.map(|v| v.as_elements().unwrap_or_default());
                for (i, ty) in types.iter().enumerate() {
                    let values = [before, after, config].map(|v| v.get(i).unwrap_or(&Value::Null));
                    self.plain(ty, values, &path.index(i), cause);
                }
            }
            Type::Bool | Type::Number | Type::String | Type::Dynamic => {
                self.push(path, ChangeKind::Changed, cause);
            }
        }
    }

    fn element(&mut self, inner: Inner<'_>, values: Triple<'_>, path: &Path, cause: Option<&Path>) {
        match inner {
            Inner::Objects(content) => self.object(content, values, path, cause),
            Inner::Plain(ty) => self.plain(ty, values, path, cause),
        }
    }

    fn elements(&mut self, inner: Inner<'_>, values: Triple<'_>, path: &Path, cause: Option<&Path>) {
        match values {
            [Value::List(before), Value::List(after), config] => {
                self.list(inner, before, after, config, path, cause);
            }
            [Value::Map(before), Value::Map(after), config] => {
                self.map(inner, before, after, config, path, cause);
            }
            [Value::Set(before), Value::Set(after), _] => self.set(inner, before, after, path, cause),
            _ => self.push(path, ChangeKind::Changed, cause),
        }
    }

    fn list(
        &mut self,
        inner: Inner<'_>,
        before: &[Value],
        after: &[Value],
        config: &Value,
        path: &Path,
        cause: Option<&Path>,
    ) {
        for i in 0..before.len().max(after.len()) {
            let at = path.index(i);
            let written = config
                .as_elements()
                .and_then(|c| c.get(i))
                .unwrap_or(&Value::Null);
            match (before.get(i), after.get(i)) {
                (Some(b), Some(a)) => self.element(inner, [b, a, written], &at, cause),
                (_, Some(a)) => self.push(&at, appeared(a), cause),
                (_, None) => self.push(&at, ChangeKind::Removed, cause),
            }
        }
    }

    fn map(
        &mut self,
        inner: Inner<'_>,
        before: &BTreeMap<String, Value>,
        after: &BTreeMap<String, Value>,
        config: &Value,
        path: &Path,
        cause: Option<&Path>,
    ) {
        let gone = before.keys().filter(|key| !after.contains_key(*key));
        for key in gone {
            self.push(&path.key(key), ChangeKind::Removed, cause);
        }
        for (key, a) in after {
            let at = path.key(key);
            match before.get(key) {
                Some(b) => self.element(inner, [b, a, config.get(key)], &at, cause),
                None => self.push(&at, appeared(a), cause),
            }
        }
    }

    /// The elements of a set have no names: each that means the same as one of the other set is paired with it.
    fn set(
        &mut self,
        inner: Inner<'_>,
        before: &[Value],
        after: &[Value],
        path: &Path,
        cause: Option<&Path>,
    ) {
        let pairs = pair(after.len(), before.len(), |a, b| {
            let mut differences = Changes(Vec::new());
            let values = [&before[b], &after[a], &after[a]];
            differences.element(inner, values, path, None);
            differences.0.is_empty()
        });
        for (i, b) in before.iter().enumerate() {
            if !pairs.contains(&Some(i)) {
                self.push(&path.element(b.clone()), ChangeKind::Removed, cause);
            }
        }
        for (a, pair) in after.iter().zip(&pairs) {
            if pair.is_none() {
                self.push(&path.element(a.clone()), appeared(a), cause);
            }
        }
    }
}

fn appeared(after: &Value) -> ChangeKind {
    if after.is_known() {
        ChangeKind::Added
    } else {
        ChangeKind::Unknown
    }
}

fn fields<'v>(values: Triple<'v>, name: &str) -> Triple<'v> {
    let [before, after, config] = values;
    [before.get(name), after.get(name), configured(config, name)]
}

/// Objects that are unknown as a whole may turn out to have changed where a change needs a new object. The second
/// plan of an apply may not ask for more than the first, so the first has to.
fn content_may_replace(content: Content<'_>, [before, after, _]: Triple<'_>, path: &Path) -> Option<Path> {
    let open = !before.is_null() && !after.is_known();
    (open && may_replace(content)).then(|| path.clone())
}

fn may_replace(content: Content<'_>) -> bool {
    let attribute = |a: &Attribute| {
        a.replace != Replace::Never
            || nested(a).is_some_and(|(repeat, inner)| repeat != Repeat::Set && may_replace(inner))
    };
    let block = |b: &Block| b.nesting != BlockNesting::Set && may_replace(Content::of(&b.content));
    content.attributes.iter().any(attribute) || content.blocks.iter().any(block)
}
