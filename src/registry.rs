//! Everything that the provider serves, in one list.

use tfplug::Registry;

use crate::connections::Connections;
use crate::data_sources::instance_types::InstanceTypesDataSource;
use crate::data_sources::layout::LayoutDataSource;
use crate::data_sources::manifests::ManifestsDataSource;
use crate::data_sources::profiles::ProfilesDataSource;
use crate::facts::SharedFacts;
use crate::functions::{
    BOTTLEROCKET_SETTINGS, NODE_LABELS, NODE_TAINTS, NODE_TEMPLATE_TAGS, PreferenceFunction, ProfileFunction,
    ResourceNameFunction, SLICES_PER_NODE, UserDataFunction,
};
use crate::resources::device_plugin::DevicePluginResource;
use crate::resources::karpenter_nodeclass::NodeClassResource;
use crate::resources::karpenter_nodeoverlay::NodeOverlayResource;
use crate::resources::karpenter_nodepool::NodePoolResource;
use crate::resources::launch_template::LaunchTemplateResource;

/// Registers all of it.
pub(crate) fn register(registry: &mut Registry<Connections>, facts: &SharedFacts) {
    registry
        .resource(LaunchTemplateResource::new(facts.clone()))
        .resource(DevicePluginResource::new(facts.clone()))
        .resource(NodeClassResource::new(facts.clone()))
        .resource(NodePoolResource::new(facts.clone()))
        .resource(NodeOverlayResource::new(facts.clone()))
        .data_source(LayoutDataSource::new(facts.clone()))
        .data_source(InstanceTypesDataSource::new(facts.clone()))
        .data_source(ManifestsDataSource::new(facts.clone()))
        .data_source(ProfilesDataSource::new(facts.clone()))
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
    use tfplug::Server;
    use tfplug::rpc::ProviderServer;
    use tfplug::schema::lint_provider;

    use crate::provider::Mig;

    #[test]
    fn every_schema_is_one_that_terraform_takes() {
        assert_eq!(lint_provider(Server::new(Mig::default()).schemas()), []);
    }
}
