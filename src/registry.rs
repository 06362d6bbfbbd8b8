//! Everything that the provider serves, in one list.

use tfplug::Registry;

use crate::connections::Connections;
use crate::data_sources::ami::AmiDataSource;
use crate::data_sources::instance_types::InstanceTypesDataSource;
use crate::data_sources::layout::LayoutDataSource;
use crate::data_sources::manifests::ManifestsDataSource;
use crate::data_sources::node_status::NodeStatusDataSource;
use crate::data_sources::profiles::ProfilesDataSource;
use crate::ephemeral_resources::cluster_token::ClusterTokenResource;
use crate::facts::SharedFacts;
use crate::functions::{
    BOTTLEROCKET_SETTINGS, NODE_LABELS, NODE_TAINTS, NODE_TEMPLATE_TAGS, PreferenceFunction, ProfileFunction,
    ResourceNameFunction, SLICES_PER_NODE, UserDataFunction,
};
use crate::list_resources::karpenter::{NodeClassList, NodeOverlayList, NodePoolList};
use crate::list_resources::launch_template::LaunchTemplateList;
use crate::list_resources::node_group::NodeGroupList;
use crate::resources::autoscaling_group_tags::AutoscalingGroupTagsResource;
use crate::resources::device_plugin::DevicePluginResource;
use crate::resources::karpenter_nodeclass::NodeClassResource;
use crate::resources::karpenter_nodeoverlay::NodeOverlayResource;
use crate::resources::karpenter_nodepool::NodePoolResource;
use crate::resources::launch_template::LaunchTemplateResource;
use crate::resources::node_group::NodeGroupResource;

/// Registers all of it.
pub(crate) fn register(registry: &mut Registry<Connections>, facts: &SharedFacts) {
    registry
        .resource(LaunchTemplateResource::new(facts.clone()))
        .resource(NodeGroupResource::new(facts.clone()))
        .resource(AutoscalingGroupTagsResource::new(facts.clone()))
        .resource(DevicePluginResource::new(facts.clone()))
        .resource(NodeClassResource::new(facts.clone()))
        .resource(NodePoolResource::new(facts.clone()))
        .resource(NodeOverlayResource::new(facts.clone()))
        .data_source(LayoutDataSource::new(facts.clone()))
        .data_source(AmiDataSource::new(facts.clone()))
        .data_source(InstanceTypesDataSource::new(facts.clone()))
        .data_source(ManifestsDataSource::new(facts.clone()))
        .data_source(NodeStatusDataSource::new(facts.clone()))
        .data_source(ProfilesDataSource::new(facts.clone()))
        .ephemeral_resource(ClusterTokenResource)
        .list_resource(LaunchTemplateList::new(facts.clone()))
        .list_resource(NodeGroupList::new(facts.clone()))
        .list_resource(NodeClassList::new(facts.clone()))
        .list_resource(NodePoolList::new(facts.clone()))
        .list_resource(NodeOverlayList::new(facts.clone()))
        .function(ResourceNameFunction)
        .function(ProfileFunction)
        .function(PreferenceFunction)
        .function(UserDataFunction)
        .function(SLICES_PER_NODE)
        .function(NODE_LABELS)
        .function(NODE_TAINTS)
        .function(NODE_TEMPLATE_TAGS)
        .function(BOTTLEROCKET_SETTINGS);
}

#[cfg(test)]
mod tests {
    use tfplug::schema::{Attribute, AttributeType, Nesting, ObjectKind, Optionality, Schema, lint_provider};
    use tfplug::unstable::engine::null_object;
    use tfplug::unstable::rpc::{ClientCapabilities, ProviderServer};
    use tfplug::{Path, Server, Value};

    use crate::provider::Mig;

    #[test]
    fn every_schema_is_one_that_terraform_takes() {
        assert_eq!(lint_provider(Server::new(Mig::default()).unwrap().schemas()), []);
    }

    /// GetMetadata and GetProviderSchema name what is in these schemas.
    #[test]
    fn objects_of_five_resources_can_be_listed() {
        let server = Server::new(Mig::default()).unwrap();
        let listed = server.schemas().of(ObjectKind::ListResource);
        let names: Vec<_> = listed.keys().map(String::as_str).collect();
        let expected = [
            "mig_karpenter_nodeclass",
            "mig_karpenter_nodeoverlay",
            "mig_karpenter_nodepool",
            "mig_launch_template",
            "mig_node_group",
        ];
        assert_eq!(names, expected);
    }

    /// Null for what is required deletes objects, where it is taken for a configuration without any: whatever has the
    /// attribute refuses it, at its place.
    #[test]
    fn null_is_refused_for_every_required_attribute() {
        let server = Server::new(Mig::default()).unwrap();
        let schemas = server.schemas();
        let told = ClientCapabilities::default();
        let resources = schemas.resources.iter().map(|(name, schema)| {
            (
                name,
                schema,
                server.validate_resource(name, &all_null(schema), told),
            )
        });
        let sources = schemas
            .data_sources
            .iter()
            .map(|(name, schema)| (name, schema, server.validate_data_source(name, &all_null(schema))));
        let mut seen = 0;
        for (name, schema, findings) in resources.chain(sources) {
            for place in required(&schema.attributes, &Path::root()) {
                let count = findings.iter().filter(|finding| finding.path == place).count();
                assert_eq!(count, 1, "{name}: {place}: {findings:?}");
                seen += 1;
            }
        }
        assert!(seen > 20, "{seen} required attributes");
    }

    /// An object in which whatever can hold nested attributes does, and all that could be given is null.
    fn all_null(schema: &Schema) -> Value {
        let Value::Map(mut object) = null_object(schema) else {
            panic!("a schema's value is an object");
        };
        object.extend(schema.attributes.iter().map(|a| (a.name.clone(), holder(a))));
        Value::Map(object)
    }

    fn holder(attribute: &Attribute) -> Value {
        match &attribute.ty {
            AttributeType::Nested(nesting, inner)
                if attribute.optionality.is_configurable()
                    && attribute.optionality != Optionality::Required =>
            {
                let object = Value::Map(inner.iter().map(|a| (a.name.clone(), holder(a))).collect());
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Value::List(vec![object]),
                    Nesting::Set => Value::set([object]),
                    Nesting::Map => Value::Map([("key".to_owned(), object)].into()),
                }
            }
            _ => Value::Null,
        }
    }

    fn required(attributes: &[Attribute], at: &Path) -> Vec<Path> {
        let mut places = Vec::new();
        for attribute in attributes.iter().filter(|a| a.optionality.is_configurable()) {
            let at = at.attribute(&attribute.name);
            match &attribute.ty {
                _ if attribute.optionality == Optionality::Required => places.push(at),
                AttributeType::Plain(_) | AttributeType::Nested(Nesting::Set, _) => {}
                AttributeType::Nested(nesting, inner) => {
                    let inside = match nesting {
                        Nesting::List => at.index(0),
                        Nesting::Map => at.key("key"),
                        Nesting::Single | Nesting::Set => at,
                    };
                    places.extend(required(inner, &inside));
                }
            }
        }
        places
    }
}
