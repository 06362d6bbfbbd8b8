//! A plan as a detailed difference.
//!
//! The engine wants of it (`docs/architecture/providers/implementers-guide.md` of pulumi/pulumi) that each property of
//! `diffs` has a path in `detailedDiff` and the other way round, and no property twice.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::diff::{self, Change, ChangeKind};
use tfplug::path::Step;
use tfplug::schema::Schema;
use tfplug::unstable::oracle::{effective_replacements, resolve};
use tfplug::{Path, Value};

use crate::names::{self, Place};
use crate::value::property_path;
use crate::value::shape::{Content, Field, Shape};
use crate::wire::r#gen::pulumirpc::PropertyDiff;
use crate::wire::r#gen::pulumirpc::property_diff::Kind;

/// The differences by their places, and the outermost properties that have some.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Detailed {
    pub(super) entries: BTreeMap<String, PropertyDiff>,
    pub(super) diffs: BTreeSet<String>,
    pub(super) replaces: BTreeSet<String>,
}

/// A planned change of an object.
pub(super) struct Planned<'a> {
    pub(super) schema: &'a Schema,
    pub(super) place: Place,
    pub(super) prior: &'a Value,
    pub(super) planned: &'a Value,
    pub(super) config: &'a Value,
    /// Where a change needs a new object, by the plan.
    pub(super) replaced: &'a [Path],
}

/// How a property changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Add,
    Delete,
    Update,
}

/// What a plan changes.
pub(super) fn detailed(plan: &Planned<'_>) -> Detailed {
    let mut changes = diff::planned(plan.schema, plan.prior, plan.planned, plan.config);
    changes.retain(|change| change.path != Path::attr("id"));
    let replaced = effective_replacements(plan.schema, plan.prior, plan.planned, plan.replaced);
    let replaced: Vec<&Path> = replaced.into_iter().collect();
    let mut places: BTreeMap<String, (How, bool)> = BTreeMap::new();
    let mut add = |path: &Path, how: How, replaces: bool| {
        let both = |(other, before): &mut (How, bool)| {
            *other = if *other == how { how } else { How::Update };
            *before |= replaces;
        };
        places
            .entry(property_path(plan.place, path))
            .and_modify(both)
            .or_insert((how, replaces));
    };
    let replaces = |change: &Change| change.replaces || replaced.iter().any(|path| touch(path, &change.path));
    for change in weighty(plan, &changes, &replaces) {
        let replaces = replaces(change);
        add(&change.path, how(plan, change), replaces);
    }
    for path in &replaced {
        if !changes.iter().any(|change| touch(path, &change.path)) {
            add(path, How::Update, true);
        }
    }
    of_places(&places)
}

/// What a user should see: outputs that may or may not change say nothing beside what makes them change, unless the object is
/// replaced for them.
fn weighty<'c>(
    plan: &Planned<'_>,
    changes: &'c [Change],
    replaces: &impl Fn(&Change) -> bool,
) -> Vec<&'c Change> {
    let is_noise = |change: &&Change| {
        change.kind == ChangeKind::Unknown && !replaces(change) && is_output(plan.schema, &change.path)
    };
    let (noise, weighty): (Vec<_>, Vec<_>) = changes.iter().partition(is_noise);
    if weighty.is_empty() { noise } else { weighty }
}

fn how(plan: &Planned<'_>, change: &Change) -> How {
    // An element of a set has no place of its own: the set that holds it is changed.
    let is_element = |step: &Step| matches!(step, Step::Element(_));
    match change.kind {
        _ if change.path.steps().iter().any(is_element) => How::Update,
        ChangeKind::Added => How::Add,
        ChangeKind::Removed => How::Delete,
        ChangeKind::Unknown if resolve(plan.prior, &change.path).is_none_or(Value::is_null) => How::Add,
        _ => How::Update,
    }
}

/// Whether one path leads to the other.
fn touch(a: &Path, b: &Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn of_places(places: &BTreeMap<String, (How, bool)>) -> Detailed {
    let mut detailed = Detailed::default();
    for (place, (how, replaces)) in places {
        let outermost = outermost(place).to_owned();
        if *replaces {
            detailed.replaces.insert(outermost.clone());
        }
        detailed.diffs.insert(outermost);
        let kind = kind(*how, *replaces).into();
        let entry = PropertyDiff {
            kind,
            input_diff: false,
        };
        detailed.entries.insert(place.clone(), entry);
    }
    detailed
}

fn kind(how: How, replaces: bool) -> Kind {
    match (how, replaces) {
        (How::Add, false) => Kind::Add,
        (How::Add, true) => Kind::AddReplace,
        (How::Delete, false) => Kind::Delete,
        (How::Delete, true) => Kind::DeleteReplace,
        (How::Update, false) => Kind::Update,
        (How::Update, true) => Kind::UpdateReplace,
    }
}

/// The first property of a path. It is an attribute, whose name has neither dot nor bracket.
fn outermost(place: &str) -> &str {
    place.split(['.', '[']).next().unwrap_or(place)
}

/// Whether a place is the provider's alone.
fn is_output(schema: &Schema, path: &Path) -> bool {
    attribute_path(schema, path).iter().any(Field::is_output)
}

/// The attributes and blocks on the way to a place, as far as the schema names them.
fn attribute_path<'s>(schema: &'s Schema, path: &Path) -> Vec<Field<'s>> {
    let mut way = Vec::new();
    let mut content = Some(Content::of(schema));
    for step in path.steps() {
        let Step::Attribute(name) = step else { continue };
        let Some(field) = content.and_then(|content| content.fields().find(|field| field.name == name))
        else {
            break;
        };
        content = match field.shape {
            Shape::Nested(_, inner) => Some(inner),
            Shape::Plain(_) => None,
        };
        way.push(field);
    }
    way
}

/// The properties that last as long as the object.
pub(super) fn stables(schema: &Schema) -> Vec<String> {
    use tfplug::schema::{OnChange, Optionality};
    let lasts = schema.attributes.iter().filter(|a| {
        a.optionality == Optionality::Computed && a.on_change == OnChange::Never && a.name != "id"
    });
    lasts
        .map(|attribute| names::property_in(Place::Resource, &attribute.name))
        .collect()
}

#[cfg(test)]
mod tests;
