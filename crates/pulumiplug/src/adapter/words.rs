//! What the provider says, in Pulumi's words: properties and types by the names that they have there.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::schema::{ProviderSchemas, Schema};
use tfplug::ty::Type;

use super::Rules;
use crate::component::ComponentSchema;
use crate::names;
use crate::value::shape::{Content, Shape};

/// What `tfplug` and any provider for Terraform say, as Pulumi has it; the longer of two that begin alike comes first.
const PHRASES: [(&str, &str); 18] = [
    (
        "not in your configuration. Please report it with the configuration that",
        "not in your program. Please report it with the program that",
    ),
    ("The host asked", "The engine asked"),
    ("the provider block", "the provider's configuration"),
    ("provider block", "provider's configuration"),
    ("known only after apply", "known only after an update"),
    ("After the apply", "After the update"),
    ("The data source", "The function"),
    ("the data source", "the function"),
    ("data source", "function"),
    ("data sources", "functions"),
    ("An attribute", "A property"),
    ("an attribute", "a property"),
    ("Attribute", "Property"),
    ("attribute", "property"),
    ("Attributes", "Properties"),
    ("attributes", "properties"),
    ("this Terraform or OpenTofu", "this engine"),
    ("Terraform or OpenTofu", "Pulumi"),
];

/// Names of the declarations, and what they are called in Pulumi.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Those that have another name there: names with an underscore.
    names: BTreeMap<String, String>,
    /// All of them, which a program does not give as `name = value`.
    given: BTreeSet<String>,
    /// What is said otherwise, in this order, before names are.
    phrases: Vec<(String, String)>,
}

impl Words {
    pub(super) fn of(package: &str, schemas: &ProviderSchemas, rules: &Rules) -> Self {
        let mut words = Self {
            phrases: rules.phrases.clone(),
            ..Self::default()
        };
        words.schema(&schemas.provider);
        schemas
            .resources
            .values()
            .chain(schemas.data_sources.values())
            .for_each(|schema| words.schema(schema));
        for (name, signature) in &schemas.functions {
            words.name(name, &names::property(name));
            words.ty(&signature.returns);
            for parameter in signature.parameters.iter().chain(&signature.variadic) {
                words.name(&parameter.name, &names::property(&parameter.name));
                words.ty(&parameter.ty);
            }
        }
        rules
            .parameters
            .values()
            .for_each(|ty| words.shape(Shape::of_type(ty)));
        // A data source may have the type name of a resource, which is the better known of both.
        for name in schemas.data_sources.keys() {
            let token = short(&names::data_source_token(package, name));
            words.name(name, &token);
            words.phrases.push((format!("data.{name}"), token));
        }
        let own = PHRASES.into_iter();
        words
            .phrases
            .extend(own.map(|(from, to)| (from.to_owned(), to.to_owned())));
        for name in schemas.resources.keys() {
            words.name(name, &short(&names::resource_token(package, name)));
        }
        words
    }

    /// The names of a component too.
    pub(super) fn component(&mut self, package: &str, declared: &ComponentSchema) {
        self.schema(&declared.inputs);
        self.schema(&declared.outputs);
        let token = names::resource_token(package, &declared.type_name);
        self.name(&declared.type_name, &short(&token));
    }

    fn schema(&mut self, schema: &Schema) {
        self.content(Content::of(schema));
    }

    fn content(&mut self, content: Content<'_>) {
        for field in content.fields() {
            self.name(field.name, &names::property(field.name));
            self.shape(field.shape);
        }
    }

    fn shape(&mut self, shape: Shape<'_>) {
        match shape {
            Shape::Nested(_, inner) => self.content(inner),
            Shape::Plain(ty) => self.ty(ty),
        }
    }

    fn ty(&mut self, ty: &Type) {
        match ty {
            Type::List(inner) | Type::Set(inner) | Type::Map(inner) => self.ty(inner),
            Type::Tuple(types) => types.iter().for_each(|ty| self.ty(ty)),
            Type::Object(types) => {
                for (name, ty) in types {
                    self.name(name, &names::property(name));
                    self.ty(ty);
                }
            }
            Type::Bool | Type::Number | Type::String | Type::Dynamic => {}
        }
    }

    fn name(&mut self, name: &str, word: &str) {
        self.given.insert(name.to_owned());
        if name.contains('_') {
            self.names.insert(name.to_owned(), word.to_owned());
        }
    }

    /// The text with each whole word that is a name in the form of Pulumi, and `name = value` as programs have it.
    pub(super) fn reword(&self, text: &str) -> String {
        let phrase = |text: String, (from, to): &(String, String)| said_otherwise(&text, from, to);
        let text = self.phrases.iter().fold(text.to_owned(), phrase);
        let mut reworded = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            let end = rest
                .find(|c: char| is_part(c) != is_part(first))
                .unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            reworded.push_str(self.names.get(word).map_or(word, String::as_str));
            rest = tail;
            if let Some(value) = tail.strip_prefix(" = ").filter(|_| self.given.contains(word)) {
                reworded.push_str(": ");
                rest = value;
            }
        }
        reworded
    }
}

/// The text with another phrase in each place where the phrase stands by itself.
fn said_otherwise(text: &str, from: &str, to: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut done = 0;
    for at in places(text, from) {
        said.push_str(&text[done..at]);
        said.push_str(to);
        done = at + from.len();
    }
    said.push_str(&text[done..]);
    said
}

/// Where a phrase stands by itself in a text, and not within a longer word.
pub fn places<'t>(text: &'t str, phrase: &'t str) -> impl Iterator<Item = usize> {
    let both =
        |one: Option<char>, other: Option<char>| one.is_some_and(is_part) && other.is_some_and(is_part);
    let (first, last) = (phrase.chars().next(), phrase.chars().next_back());
    let found = text.match_indices(phrase).map(|(at, _)| at);
    found.filter(move |&at| {
        let (before, after) = (&text[..at], &text[at + phrase.len()..]);
        !both(before.chars().next_back(), first) && !both(last, after.chars().next())
    })
}

/// Whether it is a part of a word. Names of objects, which users choose, have hyphens.
fn is_part(character: char) -> bool {
    character.is_alphanumeric() || "_-".contains(character)
}

/// `mig:LaunchTemplate` of `mig:index:LaunchTemplate`, as users write it.
fn short(token: &str) -> String {
    token.replacen(":index:", ":", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_only() {
        let mut words = Words::default();
        words.name("instance_types", "instanceTypes");
        words.name("mig_pool", "mig:Pool");
        words.phrases.push(("data.mig_gpus".into(), "mig:getGpus".into()));
        assert_eq!(words.reword("see data.mig_gpus"), "see mig:getGpus");
        assert_eq!(
            words.reword("layout.instance_types[0] of `mig_pool`, not my_instance_types"),
            "layout.instanceTypes[0] of `mig:Pool`, not my_instance_types"
        );
        assert_eq!(
            words.reword("the group my-instance_types"),
            "the group my-instance_types"
        );
    }

    #[test]
    fn values_are_given_as_in_a_program() {
        let mut words = Words::default();
        for name in ["node_taints", "key", "value"] {
            words.name(name, &names::property(name));
        }
        assert_eq!(
            words.reword(r#"Set node_taints = [{ key = "a = b", value = "c" }], where x = 1."#),
            r#"Set nodeTaints: [{ key: "a = b", value: "c" }], where x = 1."#
        );
    }

    #[test]
    fn phrases_stand_by_themselves() {
        for (text, said) in [
            ("an attribute, attributes", "a property, properties"),
            ("attribute-based, subattribute", "attribute-based, subattribute"),
            ("attribute", "property"),
        ] {
            let phrases = PHRASES.map(|(from, to)| (from.to_owned(), to.to_owned()));
            let words = Words {
                phrases: phrases.into(),
                ..Words::default()
            };
            assert_eq!(words.reword(text), said);
        }
    }
}
