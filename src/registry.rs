//! Everything that the provider serves, in one list.

use tfplug::Registry;

use crate::connections::Connections;
use crate::data_sources::layout::LayoutDataSource;
use crate::data_sources::profiles::ProfilesDataSource;
use crate::facts::SharedFacts;
use crate::functions::{ProfileFunction, ResourceNameFunction};
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
        .data_source(ProfilesDataSource::new(facts.clone()))
        .function(ResourceNameFunction)
        .function(ProfileFunction);
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
