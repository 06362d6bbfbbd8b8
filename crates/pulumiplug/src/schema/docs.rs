//! Documentation in Pulumi's words: names in code spans as a program has them, examples in the program's language.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::Value;
use tfplug::schema::{Attribute, AttributeType, Constraint, ObjectKind, ProviderSchemas, Replace};

use super::SchemaError;
use super::info::PackageInfo;
use super::members::members;
use crate::names;

/// The names that texts use, as programs have them.
pub(super) struct Words {
    names: BTreeMap<String, String>,
}

impl Words {
    /// The names of everything that a provider declares. Where two have one name, attributes give way.
    pub(super) fn of(schemas: &ProviderSchemas, info: &PackageInfo) -> Self {
        let package = info.name.as_str();
        let mut attributes = BTreeSet::new();
        collect(&members(&schemas.provider), &mut attributes);
        for kind in [ObjectKind::Resource, ObjectKind::DataSource] {
            for schema in schemas.of(kind).values() {
                collect(&members(schema), &mut attributes);
            }
        }
        for ty in info.parameters.values() {
            if let AttributeType::Nested(_, inner) = ty {
                collect(inner, &mut attributes);
            }
        }
        for signature in schemas.functions.values() {
            let parameters = signature.parameters.iter().chain(&signature.variadic);
            attributes.extend(parameters.map(|parameter| parameter.name.clone()));
        }
        let mut all: BTreeMap<String, String> = attributes
            .into_iter()
            .map(|name| (name.clone(), names::property(&name)))
            .collect();
        let named = |name: &String| (name.clone(), names::property(name));
        all.extend(schemas.functions.keys().map(named));
        let data_source = |name: &String| (name.clone(), names::data_source_name(package, name));
        all.extend(schemas.data_sources.keys().map(data_source));
        let resource = |name: &String| (name.clone(), names::resource_name(package, name));
        all.extend(schemas.resources.keys().map(resource));
        all.retain(|declared, name| declared != name);
        // Prefixes of Terraform's language that programs do not have.
        for (name, program) in all.clone() {
            all.insert(format!("data.{name}"), program.clone());
            all.insert(format!("provider::{package}::{name}"), program);
        }
        Self { names: all }
    }

    /// A text with the names in its code spans as programs have them. Blocks of code stay as they are.
    pub(super) fn translate(&self, text: &str) -> String {
        let text = &without_relative_links(text);
        let mut fenced = false;
        let mut translated = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let fence = line.trim_start().starts_with("```");
            if fenced || fence {
                translated += line;
            } else {
                self.translate_line(line, &mut translated);
            }
            fenced ^= fence;
        }
        translated
    }

    fn translate_line(&self, line: &str, translated: &mut String) {
        for (index, part) in line.split('`').enumerate() {
            if index > 0 {
                translated.push('`');
            }
            if index % 2 == 1 {
                *translated += &self.code(part);
            } else {
                *translated += part;
            }
        }
    }

    /// Code with each name replaced that is not within quotes.
    fn code(&self, code: &str) -> String {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':' || c == '.';
        let mut out = String::new();
        for (index, part) in code.split('"').enumerate() {
            if index > 0 {
                out.push('"');
            }
            if index % 2 == 1 {
                out += part;
                continue;
            }
            // Programs in no language of Pulumi's give arguments so.
            let part = part.replace(" = ", ": ");
            let mut rest = part.as_str();
            while let Some(start) = rest.find(is_part) {
                let (before, from) = rest.split_at(start);
                let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
                let end = from[..end].trim_end_matches([':', '.']).len().max(1);
                let (word, after) = from.split_at(end);
                out += before;
                out += &self.word(word);
                rest = after;
            }
            out += rest;
        }
        out
    }

    /// One word of code: a name, or names joined by points.
    fn word(&self, word: &str) -> String {
        if let Some(name) = self.names.get(word) {
            return name.clone();
        }
        match word.rsplit_once('.') {
            Some((front, last)) => format!("{}.{}", self.word(front), self.word(last)),
            None => word.to_owned(),
        }
    }

    /// What is said of an attribute: its documentation, what is allowed, what it is else, what a change means.
    pub(super) fn of_attribute(&self, attribute: &Attribute) -> String {
        let mut sentences = vec![self.translate(&attribute.description)];
        let open = attribute.validators.iter();
        // Closed sets are types, which list their values.
        let open = open.filter(|v| !matches!(v.constraint(), Some(Constraint::OneOf(_))));
        sentences.extend(open.map(|validator| self.translate(&validator.description)));
        let default = attribute.default.as_ref().map(tfplug::schema::Default::get);
        sentences.extend(default.map(|value| format!("Default: `{}`.", self.literal(&value, &attribute.ty))));
        sentences.extend(replacement(attribute.replace).map(str::to_owned));
        sentences.retain(|sentence| !sentence.is_empty());
        sentences.join(" ")
    }

    /// A value as programs write it, near enough for all languages; a text by itself without quotes.
    fn literal(&self, value: &Value, ty: &AttributeType) -> String {
        match value {
            Value::String(text) if !text.is_empty() => text.clone(),
            _ => self.expression(value, matches!(ty, AttributeType::Nested(..))),
        }
    }

    fn expression(&self, value: &Value, is_object: bool) -> String {
        let name = |name: &str| {
            if is_object {
                names::property(name)
            } else {
                name.to_owned()
            }
        };
        match value {
            Value::Null | Value::Unknown(_) => "null".to_owned(),
            Value::Bool(truth) => truth.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => format!("{text:?}"),
            Value::List(all) | Value::Set(all) => {
                let all: Vec<_> = all.iter().map(|one| self.expression(one, is_object)).collect();
                format!("[{}]", all.join(", "))
            }
            Value::Map(all) => {
                let given = all.iter().filter(|(_, value)| !value.is_null());
                let pair = |(key, value): (&String, &Value)| {
                    format!("{}: {}", name(key), self.expression(value, is_object))
                };
                let pairs: Vec<_> = given.map(pair).collect();
                format!("{{{}}}", pairs.join(", "))
            }
            Value::Dynamic(inner) => self.expression(&inner.1, false),
        }
    }

    /// A text, and after it the examples that were given for the object of this declared name.
    pub(super) fn with_examples(
        &self,
        text: &str,
        schemas: &ProviderSchemas,
        info: &PackageInfo,
        declared: &str,
    ) -> Result<String, SchemaError> {
        let text = self.translate(text);
        match info.examples.get(declared) {
            Some(examples) if !examples.is_empty() => {
                let examples = super::example::section(examples, schemas, info)?;
                Ok(format!("{}\n\n{examples}", text.trim_end()))
            }
            _ => Ok(text),
        }
    }
}

/// A text whose links to other pages of the same reference are their words alone: Pulumi's pages lie elsewhere.
fn without_relative_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, target) = (&rest[..middle], &rest[middle + 2..]);
        let (Some(open), Some(end)) = (before.rfind('['), target.find(')')) else {
            break;
        };
        let is_relative = !target[..end].contains("://");
        if is_relative {
            out += &before[..open];
            out += &before[open + 1..];
        } else {
            out += &rest[..middle + 2 + end + 1];
        }
        rest = &target[end + 1..];
    }
    out + rest
}

fn collect(attributes: &[Attribute], names: &mut BTreeSet<String>) {
    for attribute in attributes {
        names.insert(attribute.name.clone());
        if let AttributeType::Nested(_, inner) = &attribute.ty {
            collect(inner, names);
        }
    }
}

fn replacement(replace: Replace) -> Option<&'static str> {
    match replace {
        Replace::Never => None,
        Replace::Always => Some("A change forces replacement."),
        Replace::IfConfigured => Some("A change in the program forces replacement."),
    }
}
