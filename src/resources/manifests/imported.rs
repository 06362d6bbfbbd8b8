//! What objects that are being imported were made from. Pure.
//!
//! Nothing is believed of an object alone: the attributes that it seems to say are rendered again, and count only where
//! that gives the same object.

use std::collections::BTreeMap;

use mig::manifests::MANAGED_BY;
use serde_json::{Map, Value as Json};
use tfplug::schema::{Attribute, AttributeType, Nesting, Optionality};
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path, Value};

use super::remote::FIELD_MANAGER;
use super::{ManifestModel, Renderable, manifests};
use crate::facts::Facts;
use crate::kube;

type Values = BTreeMap<String, Value>;

/// What an import found in the cluster: live objects.
#[derive(Debug, Clone, Copy)]
pub struct Live<'a> {
    /// Those of the resource.
    pub own: &'a [Json],
    /// Those that it is tied to, the nearest first.
    pub above: &'a [Json],
}

/// A resource whose attributes can be read off its live objects.
pub trait Importable: ManifestModel + Renderable {
    /// The same with the attributes that live objects were made from, and what may surprise. Where they do not follow for
    /// certain they are null, with a warning.
    fn described(self, live: Live<'_>, facts: &Facts) -> (Self, Vec<Diagnostic>);
}

/// The resource with all that its objects say.
pub(crate) fn imported<M: Importable>(seen: M, live: Live<'_>, facts: &Facts) -> (M, Vec<Diagnostic>) {
    let before = seen.wanted();
    let (described, warnings) = seen.described(live, facts);
    let described = shortest(with_applying_defaults(&described), facts);
    let rendered = rendered(&described, facts).filter(|all| kept_by_us(all, live.own));
    let objects = rendered.map_or(before, |objects| manifests(&objects));
    (described.with_manifests(objects), warnings)
}

/// A live object as people, tools and this provider gave it: without the defaults of the server, and without what
/// controllers and kubectl note in it.
pub(crate) fn given(live: &Json) -> Json {
    plain(kube::given(live, FIELD_MANAGER))
}

/// The same without the label that all objects of this provider have.
fn plain(mut object: Json) -> Json {
    if let Some(labels) = object
        .pointer_mut("/metadata/labels")
        .and_then(Json::as_object_mut)
    {
        labels.remove(MANAGED_BY);
    }
    if let Some(notes) = object
        .pointer_mut("/metadata/annotations")
        .and_then(Json::as_object_mut)
    {
        notes.retain(|key, _| !key.starts_with("kubectl.kubernetes.io/"));
    }
    without_empty(&mut object);
    object
}

/// Labels and annotations that hold nothing are no fields.
fn without_empty(object: &mut Json) {
    if let Some(metadata) = object.pointer_mut("/metadata").and_then(Json::as_object_mut) {
        metadata.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    }
}

/// The objects that the attributes give, if they give any.
fn rendered<M: Renderable>(model: &M, facts: &Facts) -> Option<Vec<Json>> {
    let mut faults = Diagnostics::new();
    let objects = model.objects(facts, &mut faults).ok();
    objects.filter(|_| !faults.has_errors())
}

/// Whether the attributes give just these live objects.
pub(crate) fn gives<M: Renderable>(model: &M, live: &[Json], facts: &Facts) -> bool {
    let objects = rendered(model, facts).unwrap_or_default();
    are_all(&objects, live, |object, live| {
        kube::diff(&plain(object.clone()), &given(live)).is_empty()
    })
}

/// Whether the live objects are these, by fields that are managed here, so that an apply has nothing to do.
fn kept_by_us(objects: &[Json], live: &[Json]) -> bool {
    are_all(objects, live, |object, live| {
        kube::drift(object, live, FIELD_MANAGER).is_empty()
            && kube::diff(object, &kube::owned(live, FIELD_MANAGER)).is_empty()
    })
}

/// Whether both are the same objects by kind and name, and each of them is equal.
fn are_all(objects: &[Json], live: &[Json], equal: impl Fn(&Json, &Json) -> bool) -> bool {
    let name = |object: &Json| (object["kind"].clone(), object.pointer("/metadata/name").cloned());
    let is_there = |object: &Json| {
        let found = live.iter().find(|live| name(live) == name(object));
        found.is_some_and(|live| equal(object, live))
    };
    !objects.is_empty() && objects.len() == live.len() && objects.iter().all(is_there)
}

/// The fields of an object that another has not, at any depth of objects.
pub(crate) fn rest(object: &Json, known: &Json) -> Map<String, Json> {
    let mut rest = Map::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        match known.get(name) {
            None => {
                rest.insert(name.clone(), value.clone());
            }
            Some(known) if value.is_object() => {
                let below = self::rest(value, known);
                if !below.is_empty() {
                    rest.insert(name.clone(), below.into());
                }
            }
            Some(_) => {}
        }
    }
    rest
}

/// Fields as the text of an attribute; null where there are none.
pub(crate) fn json_text(fields: Map<String, Json>) -> Attr<String> {
    (!fields.is_empty())
        .then(|| Json::Object(fields).to_string())
        .into()
}

/// A map without these keys; null where nothing is left.
pub(crate) fn without<V: Clone>(
    map: &Attr<BTreeMap<String, V>>,
    left_out: impl Fn(&str) -> bool,
) -> Attr<BTreeMap<String, V>> {
    let mut map = map.known().cloned().unwrap_or_default();
    map.retain(|key, _| !left_out(key));
    (!map.is_empty()).then_some(map).into()
}

/// The same with defaults of what says how objects are applied, which no object can say.
fn with_applying_defaults<M: Model>(model: &M) -> M {
    let defaults = model.with_defaults().encode_object();
    let mut values = model.encode_object();
    for attribute in M::attributes().into_iter().filter(|attribute| attribute.applying) {
        if let Some(default) = defaults.get(&attribute.name) {
            values.insert(attribute.name, default.clone());
        }
    }
    decoded(&values)
}

/// The same without attributes that say what holds without them, too: the configuration that a person would write.
fn shortest<M: Renderable>(model: M, facts: &Facts) -> M {
    let Some(objects) = rendered(&model, facts) else {
        return model;
    };
    let mut values = model.encode_object();
    for place in places(&M::attributes()) {
        let mut shorter = values.clone();
        leave_out(&mut shorter, &place);
        if rendered(&decoded::<M>(&shorter), facts).as_ref() == Some(&objects) {
            values = shorter;
        }
    }
    decoded(&values)
}

/// The attributes that may be left out, and below each single object those of it, as ways of names.
fn places(attributes: &[Attribute]) -> Vec<Vec<String>> {
    let mut places = Vec::new();
    for attribute in attributes.iter().filter(|attribute| may_be_left_out(attribute)) {
        places.push(vec![attribute.name.clone()]);
        if let AttributeType::Nested(Nesting::Single, inner) = &attribute.ty {
            let inner = inner.iter().filter(|inner| may_be_left_out(inner));
            places.extend(inner.map(|inner| vec![attribute.name.clone(), inner.name.clone()]));
        }
    }
    places
}

/// Makes a value null, if there is one.
fn leave_out(values: &mut Values, place: &[String]) {
    match (place, place.first().and_then(|name| values.get_mut(name))) {
        ([_], Some(value)) => *value = Value::Null,
        ([_, below @ ..], Some(Value::Map(inner))) => leave_out(inner, below),
        _ => {}
    }
}

fn may_be_left_out(attribute: &Attribute) -> bool {
    attribute.optionality == Optionality::Optional && attribute.default.is_none() && !attribute.applying
}

/// Values that were those of a model.
fn decoded<M: Model>(values: &Values) -> M {
    M::decode_object(values, &Path::root(), &mut Diagnostics::new())
}

#[cfg(test)]
mod tests;
