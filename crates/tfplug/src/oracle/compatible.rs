//! Whether what came of a plan is what the plan promised.

use super::at::{At, Findings};
use super::equality::attribute;
use super::range::excludes;
use super::rule::{Rule, Violation};
use super::shape::{Kind, Shape};
use crate::schema::{Attribute, Block, BlockNesting, Schema};
use crate::ty::Type;
use crate::value::Value;

/// Every breach of A1, A2 and A5 in the result of an apply, or in the second plan against the first (P11).
///
/// The values must conform to the schema. That the result is wholly known is not asked here.
pub fn assert_object_compatible(schema: &Schema, planned: &Value, actual: &Value) -> Vec<Violation> {
    let mut found = Findings::default();
    content(schema, planned, actual, &At::Root, &mut found);
    found.0
}

fn content(schema: &Schema, planned: &Value, actual: &Value, at: &At<'_>, found: &mut Findings) {
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => return found.add(at, Rule::Appeared),
        (false, true) => return found.add(at, Rule::Vanished),
        (false, false) => {}
    }
    for a in &schema.attributes {
        let (p, q) = (attribute(planned, &a.name), attribute(actual, &a.name));
        one_attribute(a, p, q, &At::Attribute(at, &a.name), found);
    }
    for b in &schema.blocks {
        let (p, q) = (attribute(planned, &b.name), attribute(actual, &b.name));
        blocks(b, p, q, &At::Attribute(at, &b.name), found);
    }
}

/// Of a sensitive attribute only the first breach is told, at the attribute itself: a deeper path could give away
/// a key.
fn one_attribute(a: &Attribute, planned: &Value, actual: &Value, at: &At<'_>, found: &mut Findings) {
    if !types_agree(Shape::of(a), planned, actual) {
        return found.add(at, Rule::TypeChanged);
    }
    if !a.sensitive {
        return value(Shape::of(a), planned, actual, at, found);
    }
    let mut inner = Findings::default();
    value(Shape::of(a), planned, actual, at, &mut inner);
    if let Some(first) = inner.0.into_iter().next() {
        found.add(at, first.rule);
    }
}

fn blocks(block: &Block, planned: &Value, actual: &Value, at: &At<'_>, found: &mut Findings) {
    if matches!(block.nesting, BlockNesting::Single | BlockNesting::Group) {
        if planned.is_known() || !actual.is_null() {
            content(&block.content, planned, actual, at, found);
        }
        return;
    }
    if !planned.is_known() || planned.is_null() || actual.is_null() {
        return;
    }
    match (planned, actual) {
        (Value::List(p), Value::List(q)) => block_list(block, p, q, at, found),
        (Value::Map(p), Value::Map(q)) => {
            if p.len() != q.len() {
                return count_changed(p.len(), q.len(), at, found);
            }
            for (key, p) in p {
                if let Some(q) = q.get(key) {
                    content(&block.content, p, q, &At::Key(at, key), found);
                }
            }
        }
        (Value::Set(p), Value::Set(q)) => {
            set(p, q, at, found, |p, q| {
                assert_object_compatible(&block.content, p, q).is_empty()
            });
        }
        // Terraform crashes on an unknown map here, and passes an unknown list or set.
        (Value::Map(_), _) => found.add(at, Rule::BecameUnknown),
        _ => {}
    }
}

fn block_list(block: &Block, planned: &[Value], actual: &[Value], at: &At<'_>, found: &mut Findings) {
    if planned.len() != actual.len() {
        return count_changed(planned.len(), actual.len(), at, found);
    }
    for (i, (p, q)) in planned.iter().zip(actual).enumerate() {
        content(&block.content, p, q, &At::Index(at, i), found);
    }
}

fn count_changed(planned: usize, actual: usize, at: &At<'_>, found: &mut Findings) {
    found.add(at, Rule::BlockCountChanged { planned, actual });
}

fn value(shape: Shape<'_>, planned: &Value, actual: &Value, at: &At<'_>, found: &mut Findings) {
    if shape.is_dynamic() {
        return dynamic(planned, actual, at, found);
    }
    if let Value::Unknown(refinement) = planned {
        if refinement.as_ref().is_some_and(|r| excludes(r, actual)) {
            found.add(at, Rule::OutOfRange);
        }
        return;
    }
    match (planned.is_null(), actual.is_null()) {
        (true, true) => {}
        (true, false) => found.add(at, Rule::Appeared),
        (false, true) => found.add(at, Rule::Vanished),
        (false, false) if !actual.is_known() => found.add(at, Rule::BecameUnknown),
        (false, false) => known(shape, planned, actual, at, found),
    }
}

/// An untyped null or unknown promises nothing; a typed one promises its type.
fn dynamic(planned: &Value, actual: &Value, at: &At<'_>, found: &mut Findings) {
    let Value::Dynamic(promised) = planned else {
        return;
    };
    match actual {
        Value::Dynamic(typed) => value(Shape::Plain(&promised.0), &promised.1, &typed.1, at, found),
        _ if promised.0 == Type::Dynamic => {}
        _ => found.add(at, Rule::TypeChanged),
    }
}

/// Whether the dynamic places inside an attribute have the types that were promised. Terraform tells a mismatch at
/// the attribute as a whole.
fn types_agree(shape: Shape<'_>, planned: &Value, actual: &Value) -> bool {
    match (shape.kind(), planned, actual) {
        (Kind::Dynamic, Value::Dynamic(promised), Value::Dynamic(typed)) => type_fits(&typed.0, &promised.0),
        (Kind::Dynamic, Value::Dynamic(promised), _) => promised.0 == Type::Dynamic,
        (Kind::Object, Value::Map(_), _) => {
            let fields = shape.fields();
            fields
                .into_iter()
                .all(|(name, field)| types_agree(field, planned.get(name), actual.get(name)))
        }
        (Kind::Tuple(types), Value::List(p), _) => {
            let q = actual.as_elements().unwrap_or_default();
            let mut each = types.iter().zip(p).enumerate();
            each.all(|(i, (t, p))| types_agree(Shape::Plain(t), p, q.get(i).unwrap_or(&Value::Null)))
        }
        _ => true,
    }
}

fn type_fits(actual: &Type, promised: &Type) -> bool {
    match (actual, promised) {
        (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(p)) | (Type::Set(a), Type::Set(p)) | (Type::Map(a), Type::Map(p)) => {
            type_fits(a, p)
        }
        (Type::Tuple(a), Type::Tuple(p)) => {
            a.len() == p.len() && a.iter().zip(p).all(|(a, p)| type_fits(a, p))
        }
        (Type::Object(a), Type::Object(p)) => {
            a.len() == p.len() && a.iter().zip(p).all(|((m, a), (n, p))| m == n && type_fits(a, p))
        }
        _ => actual == promised,
    }
}

fn known(shape: Shape<'_>, planned: &Value, actual: &Value, at: &At<'_>, found: &mut Findings) {
    match (shape.kind(), planned, actual) {
        (Kind::List(element), Value::List(p), Value::List(q)) => {
            for (i, (p, q)) in p.iter().zip(q).enumerate() {
                value(element, p, q, &At::Index(at, i), found);
            }
            (q.len()..p.len()).for_each(|i| found.add(at, Rule::ElementVanished(i.to_string())));
            (p.len()..q.len()).for_each(|i| found.add(at, Rule::ElementAppeared(i.to_string())));
        }
        (Kind::Tuple(types), Value::List(p), Value::List(q)) => {
            for (i, ((t, p), q)) in types.iter().zip(p).zip(q).enumerate() {
                value(Shape::Plain(t), p, q, &At::Index(at, i), found);
            }
        }
        (Kind::Map(element), Value::Map(p), Value::Map(q)) => {
            for (key, p) in p {
                match q.get(key) {
                    Some(q) => value(element, p, q, &At::Key(at, key), found),
                    None => found.add(at, Rule::ElementVanished(format!("{key:?}"))),
                }
            }
            for key in q.keys().filter(|key| !p.contains_key(*key)) {
                found.add(at, Rule::ElementAppeared(format!("{key:?}")));
            }
        }
        (Kind::Object, Value::Map(_), Value::Map(_)) => {
            for (name, field) in shape.fields() {
                let (p, q) = (planned.get(name), actual.get(name));
                value(field, p, q, &At::Attribute(at, name), found);
            }
        }
        (Kind::Set(element), Value::Set(p), Value::Set(q)) => set(p, q, at, found, |p, q| {
            let mut inner = Findings::default();
            value(element, p, q, &At::Root, &mut inner);
            inner.0.is_empty()
        }),
        _ if planned != actual => found.add(at, Rule::Changed),
        _ => {}
    }
}

/// Each planned element must fit some element of the result and the reverse; several may fit one, since elements
/// that were unknown may coincide.
fn set(
    planned: &[Value],
    actual: &[Value],
    at: &At<'_>,
    found: &mut Findings,
    fits: impl Fn(&Value, &Value) -> bool,
) {
    let mut planned_fits = vec![false; planned.len()];
    let mut actual_fits = vec![false; actual.len()];
    for (i, p) in planned.iter().enumerate() {
        for (j, q) in actual.iter().enumerate() {
            if !(planned_fits[i] && actual_fits[j]) && fits(p, q) {
                planned_fits[i] = true;
                actual_fits[j] = true;
            }
        }
    }
    let lost = planned_fits.iter().filter(|fits| !**fits).count();
    let new = actual_fits.iter().filter(|fits| !**fits).count();
    (0..lost).for_each(|_| found.add(at, Rule::PlannedElementUnmatched));
    if lost == 0 {
        (0..new).for_each(|_| found.add(at, Rule::ActualElementUnmatched));
    }
    if planned.len() < actual.len() {
        found.add(at, Rule::SetGrew);
    }
}
