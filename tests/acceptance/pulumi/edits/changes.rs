//! Lists of changes: of a plan, and of a difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pulumiplug::names::Place;
use pulumiplug::value::property_path;
use pulumiplug::wire::r#gen::pulumirpc::DiffResponse;
use pulumiplug::wire::r#gen::pulumirpc::diff_response::DiffChanges;
use pulumiplug::wire::r#gen::pulumirpc::property_diff::Kind;
use tfplug::path::Step;
use tfplug::schema::{Optionality, Schema};
use tfplug::ty::Type;
use tfplug::{Path, Value};

/// A change at one place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    pub(super) path: Path,
    /// `+` something new, `-` nothing any more, `~` something else.
    pub(super) sign: char,
    /// Whether what will be there is known only after the apply.
    pub(super) is_unknown: bool,
    /// Whether it needs a new object.
    pub(super) replaces: bool,
}

impl Change {
    /// The place, as Pulumi writes it.
    pub(super) fn property(&self) -> String {
        property_path(Place::Resource, &self.path)
    }

    /// What happens there, in Pulumi's words, which do not tell what is unknown.
    pub(super) fn kind(&self) -> String {
        let kind = match self.sign {
            '+' => "add",
            '-' => "delete",
            _ => "update",
        };
        let replace = if self.replaces { "-replace" } else { "" };
        format!("{kind}{replace}")
    }
}

impl fmt::Display for Change {
    /// As the table has it: `~! name`, `~? tags["team"]`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown = if self.is_unknown { "?" } else { "" };
        let replaces = if self.replaces { "!" } else { "" };
        write!(out, "{}{unknown}{replaces} {}", self.sign, self.path)
    }
}

/// What a plan changes, in the order of the paths. What the provider alone decides and does not know yet is left out beside
/// other changes, as in Pulumi's differences: previews show it.
pub(super) fn by_plan(schema: &Schema, prior: &Value, planned: &Value, replaced: &[&Path]) -> Vec<Change> {
    let mut found = Vec::new();
    compare(&schema.ty(), [prior, planned], &Path::root(), &mut found);
    found.retain(|change| change.path != Path::attr("id"));
    for change in &mut found {
        let touches = |path: &&&Path| path.starts_with(&change.path) || change.path.starts_with(path);
        change.replaces = replaced.iter().any(|path| touches(&path));
    }
    let is_open = |change: &Change| change.is_unknown && !change.replaces && is_output(schema, &change.path);
    if found.iter().any(|change| !is_open(change)) {
        found.retain(|change| !is_open(change));
    }
    found.sort_by_key(|change| change.path.to_string());
    found
}

fn is_output(schema: &Schema, path: &Path) -> bool {
    let Some(Step::Attribute(name)) = path.steps().first() else {
        return false;
    };
    let attribute = schema.attribute(name);
    attribute.is_some_and(|attribute| attribute.optionality == Optionality::Computed)
}

/// Goes down as far as both values have the same parts.
fn compare(ty: &Type, values: [&Value; 2], path: &Path, found: &mut Vec<Change>) {
    let [before, after] = values;
    let sign = match (before.is_null(), after.is_null()) {
        (true, true) => return,
        _ if before == after && after.is_wholly_known() => return,
        (true, false) => '+',
        (false, true) => '-',
        (false, false) => '~',
    };
    if sign == '~' && after.is_known() && parts(ty, values, path, found) {
        return;
    }
    found.push(Change {
        path: path.clone(),
        sign,
        is_unknown: !after.is_known(),
        replaces: false,
    });
}

/// Compares what is within; whether the type has parts with places of their own.
fn parts(ty: &Type, [before, after]: [&Value; 2], path: &Path, found: &mut Vec<Change>) -> bool {
    match ty {
        Type::Object(types) => {
            for (name, ty) in types {
                compare(
                    ty,
                    [before.get(name), after.get(name)],
                    &path.attribute(name),
                    found,
                );
            }
        }
        Type::Map(ty) => {
            let all = [before, after].into_iter().filter_map(Value::as_map);
            let keys: BTreeSet<&String> = all.flat_map(|all| all.keys()).collect();
            for key in keys {
                compare(ty, [before.get(key), after.get(key)], &path.key(key), found);
            }
        }
        Type::List(ty) => {
            let [before, after] = [before, after].map(|value| value.as_elements().unwrap_or_default());
            for index in 0..before.len().max(after.len()) {
                let at = |all: &[Value]| all.get(index).cloned().unwrap_or(Value::Null);
                compare(ty, [&at(before), &at(after)], &path.index(index), found);
            }
        }
        _ => return false,
    }
    true
}

/// What a difference says: the kind of change by property. Its parts must agree with one another.
pub(super) fn by_difference(diff: &DiffResponse) -> BTreeMap<String, String> {
    let kinds = diff.detailed_diff.iter();
    let kinds: BTreeMap<String, String> = kinds
        .map(|(place, one)| (place.clone(), name(one.kind()).to_owned()))
        .collect();
    let outermost = |place: &String| place.split(['.', '[']).next().unwrap_or_default().to_owned();
    let all: BTreeSet<String> = kinds.keys().map(outermost).collect();
    let replacing = kinds.iter().filter(|(_, kind)| kind.ends_with("-replace"));
    let replacing: BTreeSet<String> = replacing.map(|(place, _)| outermost(place)).collect();
    assert!(diff.has_detailed_diff);
    assert_eq!(diff.diffs.iter().cloned().collect::<BTreeSet<_>>(), all);
    assert_eq!(diff.replaces.iter().cloned().collect::<BTreeSet<_>>(), replacing);
    assert_eq!(diff.changes() == DiffChanges::DiffNone, all.is_empty());
    kinds
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Add => "add",
        Kind::AddReplace => "add-replace",
        Kind::Delete => "delete",
        Kind::DeleteReplace => "delete-replace",
        Kind::Update => "update",
        Kind::UpdateReplace => "update-replace",
    }
}
