//! The options that a program gives to a component, and what of them is whose.

use std::collections::{BTreeMap, BTreeSet};

use super::Origins;
use super::origins::Origin;
use crate::names::{self, Place};
use crate::value::Object;
use crate::wire::r#gen::pulumirpc::construct_request as given;
use crate::wire::r#gen::pulumirpc::register_resource_request as wanted;
use crate::wire::r#gen::pulumirpc::{ConstructRequest, RegisterResourceRequest};

/// The request of a construction without its inputs.
pub(super) struct Options(ConstructRequest);

impl Options {
    pub(super) fn of(request: ConstructRequest) -> Self {
        Self(request)
    }

    /// The name of the component in the program.
    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn is_preview(&self) -> bool {
        self.0.dry_run
    }

    /// Outputs that the user wants to be secret, as properties.
    pub(super) fn secret_outputs(&self) -> &[String] {
        &self.0.additional_secret_outputs
    }

    /// What an input depends on.
    pub(super) fn dependencies_of(&self, input: &str) -> &[String] {
        let property = names::property_in(Place::Resource, input);
        let found = self.0.input_dependencies.get(&property);
        found.map_or(&[], |found| &found.urns)
    }

    /// How the component itself is registered: with everything that was given.
    pub(super) fn component(&self, inputs: Object) -> RegisterResourceRequest {
        let request = self.0.clone();
        let each = request.input_dependencies.into_iter();
        let properties: BTreeMap<_, _> = each
            .map(|(input, found)| (input, wanted::PropertyDependencies { urns: found.urns }))
            .collect();
        let of_inputs = properties.values().flat_map(|found| &found.urns);
        let dependencies: BTreeSet<_> = request.dependencies.iter().chain(of_inputs).cloned().collect();
        RegisterResourceRequest {
            r#type: request.r#type,
            name: request.name,
            parent: request.parent,
            object: Some(inputs),
            protect: request.protect,
            dependencies: dependencies.into_iter().collect(),
            property_dependencies: properties,
            ignore_changes: request.ignore_changes,
            replace_on_changes: request.replace_on_changes,
            additional_secret_outputs: request.additional_secret_outputs,
            providers: request.providers,
            retain_on_delete: request.retain_on_delete,
            aliases: request.aliases,
            deleted_with: request.deleted_with,
            hooks: request.resource_hooks.map(hooks),
            ..self.shared()
        }
    }

    /// How a child is registered, less its own name, type and properties. `package` is that of its type, `version` the
    /// package's where it is our own.
    pub(super) fn child(
        &self,
        component: &str,
        (package, version): (&str, &str),
        origins: &Origins,
    ) -> RegisterResourceRequest {
        let provider = self.0.providers.get(package).cloned().unwrap_or_default();
        let properties = self.property_dependencies(origins);
        let mut dependencies: BTreeSet<String> = self.0.dependencies.iter().cloned().collect();
        dependencies.extend(properties.values().flat_map(|found| found.urns.clone()));
        dependencies.extend(origins.children());
        RegisterResourceRequest {
            parent: component.to_owned(),
            custom: true,
            // A provider has a version of its own.
            version: if provider.is_empty() { version } else { "" }.to_owned(),
            provider,
            dependencies: dependencies.into_iter().collect(),
            property_dependencies: properties,
            ignore_changes: translated(&self.0.ignore_changes, origins),
            replace_on_changes: translated(&self.0.replace_on_changes, origins),
            ..self.shared()
        }
    }

    /// What holds for the component and for each child.
    fn shared(&self) -> RegisterResourceRequest {
        let request = &self.0;
        RegisterResourceRequest {
            delete_before_replace: request.delete_before_replace.unwrap_or_default(),
            delete_before_replace_defined: request.delete_before_replace.is_some(),
            custom_timeouts: request.custom_timeouts.clone().map(timeouts),
            replace_with: request.replace_with.clone(),
            replacement_trigger: request.replacement_trigger.clone(),
            parent_stack_trace_handle: request.stack_trace_handle.clone(),
            accept_secrets: true,
            supports_partial_values: true,
            alias_specs: true,
            ..RegisterResourceRequest::default()
        }
    }

    fn property_dependencies(&self, origins: &Origins) -> BTreeMap<String, wanted::PropertyDependencies> {
        let all = origins.attributes().map(|(attribute, origins)| {
            let urns = self.dependencies(origins).into_iter().collect();
            let property = names::property_in(Place::Resource, attribute);
            (property, wanted::PropertyDependencies { urns })
        });
        all.filter(|(_, found)| !found.urns.is_empty()).collect()
    }

    /// What something depends on that has these origins.
    pub(super) fn dependencies(&self, origins: &[Origin]) -> BTreeSet<String> {
        let of_one = |origin: &Origin| match origin {
            Origin::Same(input) | Origin::Input(input) => self.dependencies_of(input).to_vec(),
            Origin::Child { urn, .. } => vec![urn.clone()],
        };
        origins.iter().flat_map(of_one).collect()
    }
}

/// Paths of the component's inputs as those of a child's properties: the same path where the property is the input, and
/// else the whole property. What means all properties (`*`) means it for the child too.
fn translated(paths: &[String], origins: &Origins) -> Vec<String> {
    let mut all = BTreeSet::new();
    for path in paths {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        let (head, rest) = path.split_at(end);
        if head == "*" {
            all.insert(path.clone());
        }
        for (attribute, origins) in origins.attributes() {
            let property = names::property_in(Place::Resource, attribute);
            let is_it = |input: &String| names::property_in(Place::Resource, input) == head;
            for origin in origins {
                match origin {
                    Origin::Same(input) if is_it(input) => all.insert(format!("{property}{rest}")),
                    Origin::Input(input) if is_it(input) => all.insert(property.clone()),
                    _ => false,
                };
            }
        }
    }
    all.into_iter().collect()
}

fn timeouts(given: given::CustomTimeouts) -> wanted::CustomTimeouts {
    wanted::CustomTimeouts {
        create: given.create,
        update: given.update,
        delete: given.delete,
        read: given.read,
    }
}

fn hooks(given: given::ResourceHooksBinding) -> wanted::ResourceHooksBinding {
    wanted::ResourceHooksBinding {
        before_create: given.before_create,
        after_create: given.after_create,
        before_update: given.before_update,
        after_update: given.after_update,
        before_delete: given.before_delete,
        after_delete: given.after_delete,
        on_error: given.on_error,
    }
}
