//! Everything that the provider serves, in one list.

use tfplug::Registry;

use crate::connections::Connections;
use crate::data_sources::layout::LayoutDataSource;
use crate::data_sources::profiles::ProfilesDataSource;
use crate::functions::{ProfileFunction, ResourceNameFunction};
use crate::resources::device_plugin::DevicePluginResource;
use crate::resources::launch_template::LaunchTemplateResource;

/// Registers all of it.
pub(crate) fn register(registry: &mut Registry<Connections>) {
    registry
        .resource(LaunchTemplateResource)
        .resource(DevicePluginResource)
        .data_source(LayoutDataSource)
        .data_source(ProfilesDataSource)
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
        assert_eq!(lint_provider(Server::new(Mig).schemas()), []);
    }
}
