//! Random types with values of them, for the tests of both encodings.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::ty::Type;
use crate::value::{Number, Refinement, Value};

fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::String),
        Just(Type::Dynamic)
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4).prop_map(Type::Object),
        ]
    })
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("no NaN", |f| Number::from_f64(f).ok()),
        "-?[0-9]{1,40}(\\.[0-9]{1,20})?".prop_map(|digits| digits.parse().unwrap()),
    ]
}

fn refinement(ty: &Type) -> BoxedStrategy<Refinement> {
    let null = prop::option::of(Just(false));
    match ty {
        Type::String => (null, prop::option::of("[a-z:]{1,20}"))
            .prop_map(|(nullness, string_prefix)| Refinement {
                nullness,
                string_prefix,
                ..Refinement::default()
            })
            .boxed(),
        Type::Number => (
            null,
            prop::option::of((any::<i64>().prop_map(Number::from), any::<bool>())),
        )
            .prop_map(|(nullness, number_min)| Refinement {
                nullness,
                number_min,
                ..Refinement::default()
            })
            .boxed(),
        Type::List(_) | Type::Set(_) | Type::Map(_) => (null, prop::option::of(0..9_i64))
            .prop_map(|(nullness, length_max)| Refinement {
                nullness,
                length_max,
                ..Refinement::default()
            })
            .boxed(),
        _ => null
            .prop_map(|nullness| Refinement {
                nullness,
                ..Refinement::default()
            })
            .boxed(),
    }
}

fn unknown(ty: &Type) -> BoxedStrategy<Value> {
    if *ty == Type::Dynamic {
        return Just(Value::unknown()).boxed();
    }
    let known = refinement(ty).prop_map(|r| Value::Unknown((!r.is_empty()).then(|| Box::new(r))));
    known.boxed()
}

fn known(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Type::Number => number().prop_map(Value::Number).boxed(),
        Type::String => any::<String>().prop_map(Value::from).boxed(),
        Type::List(t) => prop::collection::vec(value(t), 0..4)
            .prop_map(Value::List)
            .boxed(),
        Type::Set(t) => prop::collection::vec(value(t), 0..4).prop_map(Value::set).boxed(),
        Type::Map(t) => prop::collection::btree_map("[a-z.]{0,6}", value(t), 0..4)
            .prop_map(Value::Map)
            .boxed(),
        Type::Tuple(ts) => ts
            .iter()
            .map(value)
            .collect::<Vec<_>>()
            .prop_map(Value::List)
            .boxed(),
        Type::Object(ts) => {
            let (names, values): (Vec<_>, Vec<_>) = ts.iter().map(|(n, t)| (n.clone(), value(t))).unzip();
            let object =
                move |values: Vec<Value>| names.iter().cloned().zip(values).collect::<BTreeMap<_, _>>();
            values.prop_map(object).prop_map(Value::Map).boxed()
        }
        Type::Dynamic => {
            let inner = prop_oneof![
                Just(Type::Bool),
                Just(Type::String),
                Just(Type::list(Type::Number))
            ];
            inner
                .prop_flat_map(|t| (Just(t.clone()), value(&t)))
                .prop_map(|typed| Value::Dynamic(Box::new(typed)))
                .boxed()
        }
    }
}

fn value(ty: &Type) -> BoxedStrategy<Value> {
    prop_oneof![6 => known(ty), 1 => Just(Value::Null), 1 => unknown(ty)].boxed()
}

/// A type and a value of it, with nulls and unknowns anywhere.
pub(super) fn typed_value() -> impl Strategy<Value = (Type, Value)> {
    ty().prop_flat_map(|ty| (Just(ty.clone()), value(&ty)))
}
