//! Objects of a configuration alone: for those who apply them by other means, without cluster, plan or state.

use std::collections::BTreeMap;

use mig::boot::RenderVersion;
use serde_json::Value as Json;
use tfplug::schema::{Attribute, AttributeType, Default, Optionality};
use tfplug::{Diagnostics, Model, Path, Value};

use crate::checked::Checked;
use crate::facts::Facts;

/// A resource whose objects follow from its configuration.
pub trait Renderable: Model {
    /// Attributes that may follow from what stands beside them where objects are rendered together, with their
    /// documentation there.
    const FOLLOWED: &'static [(&'static str, &'static str)] = &[];

    /// Checks that what is given here and what follows from another object agree.
    fn check_references(&self, diags: &mut Diagnostics) {
        let _ = diags;
    }

    /// The same without what is known of other objects: what validation judges. Values of those may be made up there, by a
    /// mock of Terraform's tests.
    #[must_use]
    fn without_references(self) -> Self {
        self
    }

    /// The objects of a configuration that has no past.
    ///
    /// # Errors
    /// `Withheld`
    fn objects(&self, facts: &Facts, diags: &mut Diagnostics) -> Checked<Vec<Json>>;

    /// The same configuration, whose objects no later release of the provider renders differently.
    #[must_use]
    fn of_version(self, version: RenderVersion) -> Self;
}

/// What a resource takes, without what says how it is applied.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WithoutApplying<M>(pub M);

impl<M: Renderable> Model for WithoutApplying<M> {
    fn type_name() -> String {
        manifest_of(&M::type_name())
    }

    fn description() -> String {
        M::description()
    }

    fn attributes() -> Vec<Attribute> {
        let configurable = without_applying(M::attributes());
        configurable.into_iter().map(given::<M>).collect()
    }

    fn decode_object(object: &BTreeMap<String, Value>, path: &Path, diags: &mut Diagnostics) -> Self {
        Self(M::decode_object(object, path, diags))
    }

    fn encode_object(&self) -> BTreeMap<String, Value> {
        only(self.0.encode_object(), &Self::attributes())
    }
}

/// What can be configured and is not about applying, at any depth: references name a cluster, too.
fn without_applying(attributes: Vec<Attribute>) -> Vec<Attribute> {
    let kept = attributes
        .into_iter()
        .filter(|attribute| attribute.optionality.is_configurable() && !attribute.applying);
    kept.map(|mut attribute| {
        if let AttributeType::Nested(_, inner) = &mut attribute.ty {
            let before = inner.len();
            inner.attributes = without_applying(std::mem::take(&mut inner.attributes));
            if inner.len() < before {
                inner.name = inner.name.as_deref().map(manifest_of);
            }
        }
        attribute
    })
    .collect()
}

/// The name of the type without what says how it is applied.
fn manifest_of(type_name: &str) -> String {
    format!("{type_name}Manifest")
}

/// The attribute where nothing is planned: what is left out stays null, and the documentation says what that means.
fn given<M: Renderable>(attribute: Attribute) -> Attribute {
    let followed = M::FOLLOWED.iter().find(|(name, _)| *name == attribute.name);
    let required = attribute.optionality == Optionality::Required && followed.is_none();
    let description = match (followed, &attribute.default) {
        (Some((_, description)), _) => (*description).to_owned(),
        (None, Some(default)) => with_default(&attribute.description, default),
        (None, None) => attribute.description.clone(),
    };
    let mut given = Attribute::new(attribute.name, attribute.ty).with_description(description);
    if required {
        given.optionality = Optionality::Required;
    }
    given.validators = attribute.validators;
    given.same_meaning = attribute.same_meaning;
    given.sensitive = attribute.sensitive;
    given.reference = attribute.reference;
    given.deprecated = attribute.deprecated;
    given.whole_numbers = attribute.whole_numbers;
    given
}

fn with_default(description: &str, default: &Default) -> String {
    match default.get() {
        Value::String(text) => format!("{description} `{text}` if left out."),
        Value::Bool(truth) => format!("{description} `{truth}` if left out."),
        _ => description.to_owned(),
    }
}

/// The values of these attributes, at any depth.
fn only(mut object: BTreeMap<String, Value>, attributes: &[Attribute]) -> BTreeMap<String, Value> {
    let values = attributes.iter().map(|attribute| {
        let value = object.remove(&attribute.name).unwrap_or(Value::Null);
        let value = match &attribute.ty {
            AttributeType::Nested(_, inner) => only_nested(value, inner),
            AttributeType::Plain(_) => value,
        };
        (attribute.name.clone(), value)
    });
    values.collect()
}

fn only_nested(value: Value, attributes: &[Attribute]) -> Value {
    match value {
        Value::Map(object) => Value::Map(only(object, attributes)),
        Value::List(elements) => Value::List(
            elements
                .into_iter()
                .map(|element| only_nested(element, attributes))
                .collect(),
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::resources::device_plugin::DevicePluginModel;
    use crate::resources::karpenter_nodeclass::NodeClassModel;
    use crate::resources::karpenter_nodeoverlay::NodeOverlayModel;
    use crate::resources::karpenter_nodepool::NodePoolModel;

    fn names(attributes: &[Attribute]) -> Vec<&str> {
        attributes.iter().map(|a| a.name.as_str()).collect()
    }

    /// The names of attributes at any depth that are of applying, or that are not.
    fn marked(attributes: &[Attribute], applying: bool, found: &mut BTreeSet<String>) {
        for attribute in attributes {
            if attribute.applying == applying {
                found.insert(attribute.name.clone());
            }
            if let (AttributeType::Nested(_, inner), false) = (&attribute.ty, attribute.applying) {
                marked(inner, applying, found);
            }
        }
    }

    #[test]
    fn attributes_of_applying_are_marked_wherever_they_are() {
        let all = [
            NodeClassModel::attributes(),
            NodePoolModel::attributes(),
            NodeOverlayModel::attributes(),
            DevicePluginModel::attributes(),
        ]
        .concat();
        let (mut applying, mut others) = (BTreeSet::new(), BTreeSet::new());
        marked(&all, true, &mut applying);
        marked(&all, false, &mut others);
        let expected = [
            "acceptance_timeout",
            "cluster",
            "crd_timeout",
            "delete_timeout",
            "force_conflicts",
            "ready_timeout",
            "render_version",
            "rollout_timeout",
            "wait_for_ready",
            "wait_for_rollout",
        ];
        assert_eq!(applying.iter().collect::<Vec<_>>(), expected);
        assert_eq!(applying.intersection(&others).collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn nothing_about_applying_is_left() {
        let attributes = WithoutApplying::<NodePoolModel>::attributes();
        let kept = names(&attributes);
        assert!(kept.contains(&"limits"), "{kept:?}");
        for gone in ["cluster", "manifests", "id", "crd_timeout", "render_version"] {
            assert!(!kept.contains(&gone), "{gone}");
        }
        let class = attributes.iter().find(|a| a.name == "nodeclass").unwrap();
        assert_eq!(class.optionality, Optionality::Optional);
        let AttributeType::Nested(_, inner) = &class.ty else {
            panic!("{class:?}")
        };
        assert!(!names(inner).contains(&"cluster"));
    }

    #[test]
    fn values_have_the_schemas_attributes_and_no_others() {
        let object = WithoutApplying(NodePoolModel::default()).encode_object();
        let attributes = WithoutApplying::<NodePoolModel>::attributes();
        let mut expected = names(&attributes);
        expected.sort_unstable();
        assert_eq!(object.keys().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn defaults_are_in_the_documentation() {
        let attributes = WithoutApplying::<NodeClassModel>::attributes();
        let timeout = attributes.iter().find(|a| a.name == "partition_timeout").unwrap();
        assert!(timeout.description.ends_with("`10m` if left out."));
        assert!(timeout.default.is_none());
    }
}
