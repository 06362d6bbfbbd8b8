//! What the provider says, in Pulumi's words: properties and types by the names that they have there.

use std::collections::BTreeMap;

use tfplug::schema::{ProviderSchemas, Schema};
use tfplug::ty::Type;

use crate::component::ComponentSchema;
use crate::names;
use crate::value::shape::{Content, Shape};

/// Names of the declarations, and what they are called in Pulumi. Names without an underscore are the same.
#[derive(Debug, Default)]
pub(super) struct Words {
    names: BTreeMap<String, String>,
    /// What is said otherwise, in this order, before names are.
    phrases: Vec<(String, String)>,
}

impl Words {
    pub(super) fn of(package: &str, schemas: &ProviderSchemas, phrases: &[(String, String)]) -> Self {
        let mut words = Self {
            phrases: phrases.to_vec(),
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
        // A data source may have the type name of a resource, which is the better known of both.
        for name in schemas.data_sources.keys() {
            let token = short(&names::data_source_token(package, name));
            words.name(name, &token);
            words.phrases.push((format!("data.{name}"), token));
        }
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
            match field.shape {
                Shape::Nested(_, inner) => self.content(inner),
                Shape::Plain(ty) => self.ty(ty),
            }
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
        if name.contains('_') {
            self.names.insert(name.to_owned(), word.to_owned());
        }
    }

    /// The text with each whole word that is a name in the form of Pulumi.
    pub(super) fn reword(&self, text: &str) -> String {
        let phrase = |text: String, (from, to): &(String, String)| text.replace(from, to);
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
        }
        reworded
    }
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
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
    }
}
