//! The rules by which Terraform accepts a schema at all. A provider's tests run this over its own schemas.

mod ephemeral;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Attribute, AttributeType, Block, BlockNesting, FunctionSignature, IdentitySchema, Nesting, ObjectKind,
    OnChange, Optionality, ProviderSchemas, Schema,
};
use crate::path::{Path, Step};
use crate::ty::Type;
use crate::value::Value;

/// A breach of Terraform's rules for schemas.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {rule}")]
pub struct SchemaFault {
    /// The attribute or block.
    pub path: Path,
    /// The rule it breaks.
    pub rule: String,
}

/// Every breach in a schema.
pub fn lint_schema(schema: &Schema) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    lint_content(schema, &Path::root(), &mut faults);
    lint_dependencies(&schema.attributes, &schema.ty(), &Path::root(), &mut faults);
    faults
}

/// Every breach in all that a provider declares, with the name of the object that it is in. A provider's tests should
/// find none: `assert_eq!(lint_provider(Server::new(provider)?.schemas()), [])`.
pub fn lint_provider(schemas: &ProviderSchemas) -> Vec<(String, SchemaFault)> {
    let named = |name: &str, faults: Vec<SchemaFault>| {
        let name = name.to_owned();
        faults
            .into_iter()
            .map(move |fault| (name.clone(), fault))
            .collect::<Vec<_>>()
    };
    let mut all = named("provider", lint_schema(&schemas.provider));
    let mut types = BTreeMap::new();
    all.extend(named("provider", lint_types(&schemas.provider, &mut types)));
    for kind in ObjectKind::ALL {
        for (name, schema) in schemas.of(kind) {
            all.extend(named(name, lint_schema(schema)));
            all.extend(named(name, lint_types(schema, &mut types)));
            if kind.is_configuration() {
                let mut faults = Vec::new();
                lint_configuration(&schema.attributes, &Path::root(), &mut faults);
                all.extend(named(name, faults));
            }
            if kind == ObjectKind::EphemeralResource {
                all.extend(named(name, ephemeral::lint(schema)));
            }
        }
    }
    for name in schemas.list_resources.keys() {
        all.extend(named(name, lint_listed(name, schemas)));
    }
    for (name, schema) in &schemas.identities {
        all.extend(named(name, lint_identity(schema)));
    }
    for (name, signature) in &schemas.functions {
        all.extend(named(name, lint_function(name, signature)));
    }
    all
}

/// A host gives such an object its configuration, and stores nothing that comes of it.
fn lint_configuration(attributes: &[Attribute], path: &Path, faults: &mut Vec<SchemaFault>) {
    let rule = "a configuration has no attribute that only the provider gives";
    for attribute in attributes {
        let at = path.attribute(&attribute.name);
        check(attribute.optionality.is_configurable(), &at, rule, faults);
        if let AttributeType::Nested(_, inner) = &attribute.ty {
            lint_configuration(inner, &at, faults);
        }
    }
}

/// Terraform has no other name for what a list resource finds than the identity.
fn lint_listed(name: &str, schemas: &ProviderSchemas) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    check(
        schemas.resources.contains_key(name) && schemas.identities.contains_key(name),
        &Path::attr(name),
        "a list resource has the name of a resource with an identity",
        &mut faults,
    );
    faults
}

fn lint_function(name: &str, signature: &FunctionSignature) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    lint_name(name, &Path::attr(name), &mut faults);
    let mut seen = BTreeSet::new();
    for parameter in signature.parameters.iter().chain(&signature.variadic) {
        let at = Path::attr(&parameter.name);
        lint_name(&parameter.name, &at, &mut faults);
        check(
            seen.insert(&parameter.name),
            &at,
            "a name occurs once",
            &mut faults,
        );
    }
    faults
}

/// Generated code makes one type of each name: a name stands for one set of attributes.
fn lint_types<'s>(schema: &'s Schema, types: &mut BTreeMap<&'s str, &'s [Attribute]>) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    lint_named(&schema.attributes, &Path::root(), types, &mut faults);
    faults
}

fn lint_named<'s>(
    attributes: &'s [Attribute],
    path: &Path,
    types: &mut BTreeMap<&'s str, &'s [Attribute]>,
    faults: &mut Vec<SchemaFault>,
) {
    for attribute in attributes {
        let AttributeType::Nested(_, inner) = &attribute.ty else {
            continue;
        };
        let at = path.attribute(&attribute.name);
        if let Some(name) = &inner.name {
            let known = *types.entry(name).or_insert(inner);
            let rule = format!("the type name {name} stands for one set of attributes");
            check(same_attributes(known, inner), &at, &rule, faults);
        }
        lint_named(inner, &at, types, faults);
    }
}

fn same_attributes(one: &[Attribute], other: &[Attribute]) -> bool {
    let of = |a: &Attribute| (a.name.clone(), a.ty.to_type(), a.optionality);
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| of(a) == of(b))
}

/// What a computed value follows from has to exist, or the value would never be learned anew.
fn lint_dependencies(attributes: &[Attribute], root: &Type, path: &Path, faults: &mut Vec<SchemaFault>) {
    for attribute in attributes {
        let at = path.attribute(&attribute.name);
        if let OnChange::Of(sources) = &attribute.on_change {
            let all_lead = sources.iter().all(|source| leads_somewhere(root, source));
            check(all_lead, &at, "what a value depends on exists", faults);
        }
        if let AttributeType::Nested(_, inner) = &attribute.ty {
            lint_dependencies(inner, root, &at, faults);
        }
    }
}

fn leads_somewhere(root: &Type, path: &Path) -> bool {
    let mut ty = root;
    for step in path.steps() {
        ty = match (step, ty) {
            (Step::Attribute(name), Type::Object(attributes)) => match attributes.get(name) {
                Some(ty) => ty,
                None => return false,
            },
            (Step::Key(_), Type::Map(ty)) | (Step::Index(_), Type::List(ty)) => ty,
            _ => return false,
        };
    }
    true
}

/// Every breach in an identity schema.
pub fn lint_identity(schema: &IdentitySchema) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    for attribute in &schema.attributes {
        let path = Path::attr(&attribute.name);
        lint_name(&attribute.name, &path, &mut faults);
        let simple = |ty: &Type| matches!(ty, Type::Bool | Type::Number | Type::String);
        let allowed = simple(&attribute.ty) || matches!(&attribute.ty, Type::List(t) if simple(t));
        check(
            allowed,
            &path,
            "an identity holds only primitives and lists of primitives",
            &mut faults,
        );
    }
    faults
}

fn check(holds: bool, path: &Path, rule: &str, faults: &mut Vec<SchemaFault>) {
    if !holds {
        faults.push(SchemaFault {
            path: path.clone(),
            rule: rule.to_owned(),
        });
    }
}

fn lint_content(schema: &Schema, path: &Path, faults: &mut Vec<SchemaFault>) {
    check(schema.version >= 0, path, "a version is not negative", faults);
    let mut seen = BTreeSet::new();
    for attribute in &schema.attributes {
        let at = path.attribute(&attribute.name);
        check(
            seen.insert(attribute.name.clone()),
            &at,
            "a name occurs once",
            faults,
        );
        lint_attribute(attribute, &at, faults);
    }
    for block in &schema.blocks {
        let at = path.attribute(&block.name);
        check(seen.insert(block.name.clone()), &at, "a name occurs once", faults);
        lint_name(&block.name, &at, faults);
        lint_block(block, &at, faults);
    }
}

fn lint_name(name: &str, path: &Path, faults: &mut Vec<SchemaFault>) {
    let fits = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    check(
        fits,
        path,
        "a name has only lower-case letters, digits and underscores",
        faults,
    );
}

fn lint_attribute(attribute: &Attribute, path: &Path, faults: &mut Vec<SchemaFault>) {
    lint_name(&attribute.name, path, faults);
    let default_fits = attribute.default.is_none() || attribute.optionality == Optionality::OptionalComputed;
    check(
        default_fits,
        path,
        "an attribute with a default is optional and computed",
        faults,
    );
    if let Some(default) = &attribute.default {
        lint_default(&attribute.ty, &default.get(), path, faults);
    }
    let write_only_fits = !attribute.write_only || !attribute.optionality.is_computed();
    check(
        write_only_fits,
        path,
        "a write-only attribute is not computed",
        faults,
    );
    match &attribute.ty {
        AttributeType::Plain(ty) => check(!dynamic_in_set(ty), path, "a set holds no dynamic type", faults),
        AttributeType::Nested(nesting, attributes) => {
            let inner = Schema {
                attributes: attributes.attributes.clone(),
                ..Schema::default()
            };
            lint_content(&inner, path, faults);
            let plain_set = *nesting != Nesting::Set || !attributes.iter().any(unfit_for_set);
            check(
                plain_set,
                path,
                "a set holds nothing dynamic, nothing write-only and no default, which could make two elements equal",
                faults,
            );
        }
    }
}

/// A default that leaves out what is required would be planned as no user may configure it.
fn lint_default(ty: &AttributeType, default: &Value, path: &Path, faults: &mut Vec<SchemaFault>) {
    let AttributeType::Nested(nesting, inner) = ty else {
        return;
    };
    let objects: Vec<&Value> = match (nesting, default) {
        (Nesting::Single, one) => vec![one],
        (Nesting::Map, Value::Map(all)) => all.values().collect(),
        (_, Value::List(all) | Value::Set(all)) => all.iter().collect(),
        _ => Vec::new(),
    };
    for object in objects.into_iter().filter(|object| object.as_map().is_some()) {
        for attribute in inner {
            let (value, at) = (object.get(&attribute.name), path.attribute(&attribute.name));
            // A write-only one is null in every plan.
            let required = attribute.optionality == Optionality::Required && !attribute.write_only;
            let given = !required || !value.is_null();
            check(given, &at, "a default gives all that is required", faults);
            lint_default(&attribute.ty, value, &at, faults);
        }
    }
}

fn lint_block(block: &Block, path: &Path, faults: &mut Vec<SchemaFault>) {
    lint_content(&block.content, path, faults);
    let (min, max) = (block.min_items, block.max_items);
    let counts_fit = match block.nesting {
        BlockNesting::Single => min == max && min <= 1 || (min == 0 && max == 1),
        BlockNesting::Group | BlockNesting::Map => min == 0 && max == 0,
        BlockNesting::List | BlockNesting::Set => max == 0 || min <= max,
    };
    check(
        counts_fit,
        path,
        "the least and greatest count fit the nesting",
        faults,
    );
    let repeated = !matches!(block.nesting, BlockNesting::Single | BlockNesting::Group);
    check(
        !(repeated && holds_dynamic(&block.content.ty())),
        path,
        "a repeated block holds nothing dynamic, which would give each occurrence a type of its own",
        faults,
    );
    let plain_set = block.nesting != BlockNesting::Set || !block.content.attributes.iter().any(unfit_for_set);
    check(
        plain_set,
        path,
        "a set holds nothing dynamic, nothing write-only and no default, which could make two elements equal",
        faults,
    );
}

fn dynamic_in_set(ty: &Type) -> bool {
    match ty {
        Type::Set(t) => holds_dynamic(t),
        Type::List(t) | Type::Map(t) => dynamic_in_set(t),
        Type::Tuple(ts) => ts.iter().any(dynamic_in_set),
        Type::Object(attrs) => attrs.values().any(dynamic_in_set),
        Type::Bool | Type::Number | Type::String | Type::Dynamic => false,
    }
}

fn holds_dynamic(ty: &Type) -> bool {
    match ty {
        Type::Dynamic => true,
        Type::Set(t) | Type::List(t) | Type::Map(t) => holds_dynamic(t),
        Type::Tuple(ts) => ts.iter().any(holds_dynamic),
        Type::Object(attrs) => attrs.values().any(holds_dynamic),
        Type::Bool | Type::Number | Type::String => false,
    }
}

fn unfit_for_set(attribute: &Attribute) -> bool {
    attribute.write_only
        || attribute.default.is_some()
        || holds_dynamic(&attribute.ty.to_type())
        || matches!(&attribute.ty, AttributeType::Nested(_, inner) if inner.iter().any(unfit_for_set))
}

#[cfg(test)]
mod tests {
    use super::super::ObjectType;
    use super::*;

    #[test]
    fn finds_what_terraform_refuses() {
        let mut upper = Attribute::new("Name", AttributeType::Plain(Type::String));
        upper.write_only = true;
        upper.optionality = Optionality::Computed;
        let set = Attribute::new("bag", AttributeType::Plain(Type::set(Type::Dynamic)));
        let twice = Attribute::new("bag", AttributeType::Plain(Type::String));
        let schema = Schema::new("", vec![upper, set, twice]);
        let rules: Vec<String> = lint_schema(&schema).into_iter().map(|f| f.to_string()).collect();
        assert_eq!(rules.len(), 4, "{rules:?}");
    }

    #[test]
    fn a_dependency_on_nothing_is_found() {
        let depending = |on: &str| {
            let mut hash = Attribute::new("hash", AttributeType::Plain(Type::String));
            hash.optionality = Optionality::Computed;
            hash.on_change = OnChange::Of(vec![Path::from(on)]);
            let part = Attribute::new("size", AttributeType::Plain(Type::Number));
            let one = Attribute::new("one", AttributeType::nested(Nesting::Single, vec![part.clone()]));
            let many = Attribute::new("many", AttributeType::nested(Nesting::List, vec![part]));
            lint_schema(&Schema::new("", vec![hash, one, many])).len()
        };
        assert_eq!(
            [depending("one"), depending("one.size"), depending("many")],
            [0, 0, 0]
        );
        assert_eq!([depending("other"), depending("many.size")], [1, 1]);
    }

    #[test]
    fn a_default_without_what_is_required_is_found() {
        let with_default = |size: Value| {
            let part = Attribute::new("size", AttributeType::Plain(Type::Number)).with(Optionality::Required);
            let mut parts = Attribute::new("parts", AttributeType::nested(Nesting::List, vec![part]))
                .with(Optionality::OptionalComputed);
            let default = Value::List(vec![Value::object([("size", size)])]);
            parts.default = Some(super::super::Default::Value(default));
            lint_schema(&Schema::new("", vec![parts]))
        };
        assert_eq!(with_default(Value::from(1)), vec![]);
        let faults = with_default(Value::Null);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(
            faults[0].to_string(),
            "parts.size: a default gives all that is required"
        );
    }

    #[test]
    fn functions_are_looked_at_too() {
        let same = super::super::Parameter::new("same", Type::String, "");
        let signature = FunctionSignature::new("", [same.clone()], Type::String).with_variadic(same);
        let schemas = ProviderSchemas {
            functions: [("Loud".to_owned(), signature.into())].into(),
            ..ProviderSchemas::default()
        };
        let faults: Vec<String> = lint_provider(&schemas)
            .into_iter()
            .map(|(name, fault)| format!("{name} {fault}"))
            .collect();
        assert_eq!(
            faults,
            [
                "Loud Loud: a name has only lower-case letters, digits and underscores",
                "Loud same: a name occurs once"
            ]
        );
    }

    #[test]
    fn one_type_name_for_two_shapes_is_found() {
        let part = |name: &str| {
            let inner = vec![Attribute::new(name, AttributeType::Plain(Type::Number))];
            let ty = AttributeType::Nested(Nesting::Single, ObjectType::named("Part", inner));
            Schema::new("", vec![Attribute::new("part", ty)])
        };
        let faults_of = |one: &str, other: &str| {
            let schemas = ProviderSchemas {
                provider: part(one),
                data_sources: [("thing".to_owned(), part(other).into())].into(),
                ..ProviderSchemas::default()
            };
            lint_provider(&schemas)
        };
        assert_eq!(faults_of("size", "size"), []);
        let faults = faults_of("size", "weight");
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].0, "thing");
        let text = "part: the type name Part stands for one set of attributes";
        assert_eq!(faults[0].1.to_string(), text);
    }

    #[test]
    fn accepts_a_plain_schema() {
        let schema = Schema::new(
            "",
            vec![Attribute::new("name", AttributeType::Plain(Type::String))],
        );
        assert_eq!(lint_schema(&schema), vec![]);
    }
}
