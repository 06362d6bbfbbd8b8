//! What is asked of the cluster beside the objects themselves.

use serde_json::Value as Json;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path};

use super::model::DevicePluginModel;
use super::{events, neighbours, plan};
use crate::connections::Connections;
use crate::duration;
use crate::facts::Facts;
use crate::kube::{
    self, Cancellable, Connection, KubeApi, KubeError, KubeErrorKind, Listing, ObjectRef, kinds,
};
use crate::resources::manifests::remote::{connect_at_plan, failure, objects_of_kind};
use crate::resources::manifests::{self, Key, ManifestModel};
use crate::wait::WaitOptions;

/// Warns in the plan about software on the cluster, or missing software, that keeps the plugin from working. It says nothing
/// if the cluster cannot be asked: that is reported where the objects are tried out.
pub(super) async fn check_cluster(
    cx: &Context<Connections>,
    planned: &DevicePluginModel,
    before: Option<&DevicePluginModel>,
    facts: &Facts,
) {
    let changed = before.is_none_or(|before| before.manifests != planned.manifests);
    if !changed {
        return;
    }
    let Some(connection) = connect_at_plan(cx, planned).await else {
        return;
    };
    let api = &Cancellable::new(connection.api(), cx.cancel());
    for warning in others(api, planned, facts).await {
        cx.warn(warning);
    }
    if planned.feature_discovery.known() == Some(&true) && !has_nfd(api, &planned.namespace).await {
        cx.warn(no_nfd());
    }
}

/// The pools and node classes of the cluster.
pub(super) async fn pools_and_classes(cx: &Context<Connections>, connection: &Connection) -> Vec<Json> {
    let api = Cancellable::new(connection.api(), cx.cancel());
    let mut all = objects_of_kind::<DevicePluginModel>(cx, &api, kinds::NODE_POOL).await;
    all.extend(objects_of_kind::<DevicePluginModel>(cx, &api, kinds::EC2_NODE_CLASS).await);
    all
}

/// DaemonSets of others on the same GPUs. Who may not look sees none.
async fn others(api: &dyn KubeApi, planned: &DevicePluginModel, facts: &Facts) -> Vec<Diagnostic> {
    let Ok(layouts) = plan::layouts(planned, facts, &mut Diagnostics::new()) else {
        return Vec::new();
    };
    let namespace = planned.namespace().unwrap_or_default();
    let own: Vec<_> = manifests::in_order(&planned.wanted())
        .into_iter()
        .map(|(key, _)| (namespace.to_owned(), key.name().to_owned()))
        .collect();
    let found = kube::list_objects(api, &Listing::all(kinds::DAEMON_SET))
        .await
        .unwrap_or_default();
    neighbours::warnings(&found, &layouts, &own)
}

/// Whether the cluster knows Node Feature Discovery. An identity without the right to look gets no warning.
async fn has_nfd(api: &dyn KubeApi, namespace: &Attr<String>) -> bool {
    // There need not be one of this name: the answer tells whether the kind is known.
    let any = ObjectRef {
        resource: kinds::NODE_FEATURE,
        namespace: namespace.as_str(),
        name: "any",
    };
    let answer = api.get(&any).await;
    !answer.is_err_and(|error| error.kind == KubeErrorKind::CrdMissing)
}

fn no_nfd() -> Diagnostic {
    let detail = "Feature discovery only finds labels; Node Feature Discovery gives them to the nodes, and the cluster knows no \
                  NodeFeature. Install its Helm chart node-feature-discovery, with a toleration of nvidia.com/gpu for its workers.";
    Diagnostic::warning("Nothing makes labels of what feature discovery finds", detail)
        .at(Path::attr("feature_discovery"))
}

/// The failed wait, with what the cluster says of the pods.
async fn not_rolled_out(
    api: &dyn KubeApi,
    planned: &DevicePluginModel,
    key: &Key,
    error: &KubeError,
) -> Diagnostic {
    let mut diagnostic = failure::<DevicePluginModel>(&format!("{} is not rolled out", key.text()), error);
    if error.kind != KubeErrorKind::Timeout {
        return diagnostic;
    }
    // Who may not list events gets the error without them.
    let listing = Listing {
        namespace: planned.namespace(),
        ..Listing::all(kinds::EVENT)
    };
    let found = kube::list_objects(api, &listing).await;
    let reasons = events::reasons(&found.unwrap_or_default(), key.name());
    if !reasons.is_empty() {
        let reasons = reasons.join("\n  ");
        diagnostic.detail = format!(
            "{}\n\nThe cluster says of its pods:\n  {reasons}",
            diagnostic.detail
        );
    }
    diagnostic
}

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
            if let Err(error) = waited {
                return Err(not_rolled_out(connection.api(), planned, &key, &error)
                    .await
                    .into());
            }
        }
    }
    Ok(())
}
