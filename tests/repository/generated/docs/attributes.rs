//! The section of a page that lists attributes, with nested ones in sections of their own.

use tfplug::schema::{
    Attribute, AttributeType, Default, IdentityAttribute, IdentitySchema, Nesting, Optionality, Replace,
};
use tfplug::ty::Type;
use tfplug::value::Value;

use super::page::one_line;

/// The group that an attribute is listed in; the registry shows them in this order.
const GROUPS: [&str; 3] = ["Required", "Optional", "Read-Only"];

/// What holds of attributes that name no default.
const DEFAULTS: &str = "Where an attribute has no default and is left out, AWS, Kubernetes or Karpenter decides. A switch of this provider is off then.\n\n";

fn group(optionality: Optionality) -> &'static str {
    match optionality {
        Optionality::Required => GROUPS[0],
        Optionality::Optional | Optionality::OptionalComputed => GROUPS[1],
        Optionality::Computed => GROUPS[2],
    }
}

/// All attributes, with a section for each object nested in them.
pub(super) fn schema(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for (group, list) in grouped(attributes) {
        let defaults = if group == GROUPS[1] { DEFAULTS } else { "" };
        text += &format!("### {group}\n\n{defaults}{}\n", lines(&list, &[]));
    }
    text + &nested_in(attributes, &[])
}

/// The parts of an identity.
pub(super) fn identity(schema: &IdentitySchema) -> String {
    let group = |title: &str, required: bool| {
        let list = schema
            .attributes
            .iter()
            .filter(|a| a.required_for_import == required);
        let lines: String = list.map(identity_line).collect();
        (!lines.is_empty()).then(|| format!("{title}:\n\n{lines}"))
    };
    let groups = [group("Required", true), group("Optional", false)];
    groups.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn identity_line(attribute: &IdentityAttribute) -> String {
    let IdentityAttribute {
        name,
        ty,
        description,
        ..
    } = attribute;
    format!("- `{name}` ({}) {}\n", type_name(ty), one_line(description))
}

fn grouped(attributes: &[Attribute]) -> Vec<(&'static str, Vec<&Attribute>)> {
    let groups = GROUPS.into_iter().map(|title| {
        let members = attributes.iter().filter(|a| group(a.optionality) == title);
        (title, members.collect::<Vec<_>>())
    });
    groups.filter(|(_, list)| !list.is_empty()).collect()
}

/// A section for each attribute that holds objects, what is nested deeper right after it.
fn nested_in(attributes: &[Attribute], above: &[&str]) -> String {
    let all = grouped(attributes).into_iter().flat_map(|(_, list)| list);
    let sections = all.filter_map(|attribute| match &attribute.ty {
        AttributeType::Nested(_, inner) => {
            Some(section(inner, &[above, &[attribute.name.as_str()]].concat()))
        }
        AttributeType::Plain(_) => None,
    });
    sections.collect()
}

fn section(attributes: &[Attribute], path: &[&str]) -> String {
    let mut text = format!(
        "<a id=\"{}\"></a>\n### Nested Schema for `{}`\n\n",
        anchor(path),
        path.join(".")
    );
    for (group, list) in grouped(attributes) {
        text += &format!("{group}:\n\n{}\n", lines(&list, path));
    }
    text + &nested_in(attributes, path)
}

/// The form that the registry's own tool gives to anchors, so that links from elsewhere are as expected.
fn anchor(path: &[&str]) -> String {
    format!("nestedatt--{}", path.join("--"))
}

fn lines(attributes: &[&Attribute], above: &[&str]) -> String {
    attributes
        .iter()
        .map(|attribute| line(attribute, above))
        .collect()
}

fn line(attribute: &Attribute, above: &[&str]) -> String {
    let mut sentences = vec![one_line(&attribute.description)];
    let allowed = attribute.validators.iter().map(|v| one_line(&v.description));
    sentences.extend(allowed.filter(|allowed| !says_already(&attribute.description, allowed)));
    sentences.extend(attribute.default.as_ref().map(default));
    sentences.extend(replacement(attribute.replace).map(str::to_owned));
    sentences.extend(
        attribute
            .deprecated
            .as_ref()
            .map(|text| format!("**Deprecated:** {text}")),
    );
    if matches!(attribute.ty, AttributeType::Nested(..)) {
        let path = [above, &[attribute.name.as_str()]].concat();
        sentences.push(format!("(see [below for nested schema](#{}))", anchor(&path)));
    }
    format!(
        "- `{}` ({}) {}\n",
        attribute.name,
        kind(attribute),
        sentences.join(" ")
    )
}

/// Whether a description that explains each allowed value leaves nothing to be listed: "One of `a`, `b`."
fn says_already(description: &str, allowed: &str) -> bool {
    let mut values = allowed.split('`').skip(1).step_by(2);
    allowed.starts_with("One of ") && values.all(|value| description.contains(&format!("`{value}`")))
}

fn kind(attribute: &Attribute) -> String {
    let mut words = vec![match &attribute.ty {
        AttributeType::Plain(ty) => type_name(ty),
        AttributeType::Nested(Nesting::Single, _) => "Attributes".to_owned(),
        AttributeType::Nested(Nesting::List, _) => "Attributes List".to_owned(),
        AttributeType::Nested(Nesting::Set, _) => "Attributes Set".to_owned(),
        AttributeType::Nested(Nesting::Map, _) => "Attributes Map".to_owned(),
    }];
    let marks = [
        (attribute.sensitive, "Sensitive"),
        (attribute.write_only, "Write-only"),
        (attribute.deprecated.is_some(), "Deprecated"),
    ];
    words.extend(
        marks
            .into_iter()
            .filter(|(set, _)| *set)
            .map(|(_, word)| word.to_owned()),
    );
    words.join(", ")
}

fn replacement(replace: Replace) -> Option<&'static str> {
    match replace {
        Replace::Never => None,
        Replace::Always => Some("A change forces replacement."),
        Replace::IfConfigured => Some("A change in configuration forces replacement."),
    }
}

fn default(default: &Default) -> String {
    format!("Default: `{}`.", literal(&default.get()))
}

/// A value as configuration has it; a string by itself without quotes, as the registry's readers know it.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => text.clone(),
        other => expression(other),
    }
}

fn expression(value: &Value) -> String {
    let list = |values: &[Value]| values.iter().map(expression).collect::<Vec<_>>().join(", ");
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(values) | Value::Set(values) => format!("[{}]", list(values)),
        Value::Map(values) => {
            let given = values.iter().filter(|(_, value)| !value.is_null());
            let pairs: Vec<_> = given
                .map(|(name, value)| format!("{name} = {}", expression(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Unknown(_) | Value::Dynamic(_) => panic!("a default is known and of one type"),
    }
}

/// A type in the words of the registry's pages.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", type_name(element)),
        Type::Set(element) => format!("Set of {}", type_name(element)),
        Type::Map(element) => format!("Map of {}", type_name(element)),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Object(_) => "Object".to_owned(),
    }
}
