//! Rules for what exists for one run only.

use super::super::{Attribute, AttributeType, OnChange, Replace, Schema};
use super::{SchemaFault, check};
use crate::path::Path;

/// An ephemeral resource is neither planned over a prior object nor stored, so what speaks of that has no meaning in it.
pub(super) fn lint(schema: &Schema) -> Vec<SchemaFault> {
    let mut faults = Vec::new();
    lint_content(schema, &Path::root(), &mut faults);
    faults
}

fn lint_content(schema: &Schema, path: &Path, faults: &mut Vec<SchemaFault>) {
    lint_attributes(&schema.attributes, path, faults);
    for block in &schema.blocks {
        lint_content(&block.content, &path.attribute(&block.name), faults);
    }
}

fn lint_attributes(attributes: &[Attribute], path: &Path, faults: &mut Vec<SchemaFault>) {
    for attribute in attributes {
        let at = path.attribute(&attribute.name);
        check(
            !attribute.write_only,
            &at,
            "nothing of an ephemeral resource is stored, so none of its attributes is write-only",
            faults,
        );
        let of_changes = attribute.replace != Replace::Never
            || attribute.on_change != OnChange::OfAnything
            || attribute.same_meaning.is_some();
        check(
            !of_changes,
            &at,
            "an ephemeral resource does not change, so none of its attributes says what a change does",
            faults,
        );
        if let AttributeType::Nested(_, inner) = &attribute.ty {
            lint_attributes(inner, &at, faults);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Nesting, ProviderSchemas};
    use super::super::lint_provider;
    use super::*;
    use crate::ty::Type;

    fn faults_of(attribute: Attribute) -> Vec<String> {
        let parts = Attribute::new(
            "parts",
            AttributeType::nested(Nesting::List, vec![attribute.clone()]),
        );
        let schemas = ProviderSchemas {
            ephemeral_resources: [("token".to_owned(), Schema::new("", vec![attribute, parts]).into())]
                .into(),
            ..ProviderSchemas::default()
        };
        let faults = lint_provider(&schemas).into_iter();
        faults.map(|(name, fault)| format!("{name} {fault}")).collect()
    }

    #[test]
    fn what_speaks_of_states_and_changes_is_found_at_every_depth() {
        let text = || Attribute::new("text", AttributeType::Plain(Type::String));
        assert!(faults_of(text().with_sensitive()).is_empty());
        let stored = faults_of(text().with_write_only());
        assert_eq!(stored.len(), 2, "{stored:?}");
        assert!(stored[0].starts_with("token parts.text: nothing of an ephemeral resource is stored"));
        for of_changes in [
            text().with_replace(Replace::Always),
            text().with_replace(Replace::IfConfigured),
            text().with_on_change(OnChange::Never),
            text().with_same_meaning(|_, _| true),
        ] {
            let faults = faults_of(of_changes);
            assert_eq!(faults.len(), 2, "{faults:?}");
            assert!(faults[1].starts_with("token text: an ephemeral resource does not change"));
        }
    }
}
