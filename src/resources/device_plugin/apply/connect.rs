//! The way to a resource's cluster, and failures on it as the user sees them.

use std::sync::Arc;

use tfplug::{Context, Diagnostic, Diagnostics, Path};

use super::super::model::DevicePluginModel;
use crate::connections::{ClusterChoice, Connections};
use crate::kube::{ClusterSpec, Connection, KubeError, KubeErrorKind};

/// The name under which our fields are managed.
pub(super) const FIELD_MANAGER: &str = "terraform-provider-mig";

/// The resource's cluster; at apply all of it is known.
pub(super) fn cluster(
    cx: &Context<Connections>,
    model: &DevicePluginModel,
) -> Result<Box<ClusterSpec>, Diagnostics> {
    match cx.provider()?.cluster(&model.cluster)? {
        ClusterChoice::Known(spec) => Ok(spec),
        ClusterChoice::Unknown => Err(Diagnostic::bug("The cluster is still unknown at apply.").into()),
    }
}

/// A connection to it.
pub(super) async fn connect(
    cx: &Context<Connections>,
    spec: &ClusterSpec,
) -> Result<Arc<Connection>, Diagnostics> {
    let connection = cx.provider()?.connect(spec).await;
    connection.map_err(|error| unusable(&error).into())
}

/// A connection to it, or nothing where the EKS cluster is gone, and all of its objects with it.
pub(super) async fn connect_if_there(
    cx: &Context<Connections>,
    spec: &ClusterSpec,
) -> Result<Option<Arc<Connection>>, Diagnostics> {
    match cx.provider()?.connect(spec).await {
        Ok(connection) => Ok(Some(connection)),
        Err(error) if error.kind == KubeErrorKind::ClusterNotFound => Ok(None),
        Err(error) => Err(unusable(&error).into()),
    }
}

/// A failed call as the user sees it.
pub(super) fn failure(summary: &str, error: &KubeError) -> Diagnostic {
    Diagnostic::error(summary, error.to_string()).at(blamed(error))
}

fn unusable(error: &KubeError) -> Diagnostic {
    Diagnostic::error("The cluster cannot be used", error.to_string()).at(Path::attr("cluster"))
}

/// The attribute that a failure is most likely about.
fn blamed(error: &KubeError) -> Path {
    match error.kind {
        KubeErrorKind::NamespaceMissing => Path::attr("namespace"),
        KubeErrorKind::Conflict(_) => Path::attr("force_conflicts"),
        KubeErrorKind::Unauthorized
        | KubeErrorKind::Unreachable
        | KubeErrorKind::Connection
        | KubeErrorKind::Aws(_) => Path::attr("cluster"),
        _ => Path::root(),
    }
}

/// Whether the object is not there. Without its namespace no object is.
pub(super) fn is_absent(error: &KubeError) -> bool {
    error.is_not_found() || error.kind == KubeErrorKind::NamespaceMissing
}
