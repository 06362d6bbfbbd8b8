//! What is waited for once the objects are applied.

use tfplug::{Context, Diagnostics};

use super::model::DevicePluginModel;
use crate::connections::Connections;
use crate::duration;
use crate::kube::{self, Connection, WaitOptions};
use crate::resources::manifests::apply::failure;
use crate::resources::manifests::{self, ManifestModel};

/// Waits until the plugin's pods are rolled out, if that was asked for.
pub(super) async fn wait(
    cx: &Context<Connections>,
    connection: &Connection,
    planned: &DevicePluginModel,
) -> Result<(), Diagnostics> {
    if planned.wait_for_rollout.known() != Some(&true) {
        return Ok(());
    }
    let timeout = planned.rollout_timeout.as_str().and_then(duration::parse);
    let options = WaitOptions {
        timeout: timeout.unwrap_or_default(),
        cancel: cx.cancel().clone(),
    };
    for (key, _) in manifests::in_order(&planned.wanted()) {
        if key.resource().kind == "DaemonSet" {
            let waited =
                kube::wait_for_rollout(connection.api(), &key.object(planned.namespace()), &options).await;
            let summary = format!("{} is not rolled out", key.text());
            waited.map_err(|error| failure::<DevicePluginModel>(&summary, &error))?;
        }
    }
    Ok(())
}
