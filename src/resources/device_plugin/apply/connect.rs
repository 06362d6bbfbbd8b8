//! The way to a resource's cluster, and failures on it as the user sees them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
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
        ClusterChoice::Unreadable(why) => Err(why),
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

/// Where the objects were last seen, kept beside the state: a cluster that names no region is in the provider's, and
/// that may be another one the next time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

impl Home {
    /// Where a cluster is now.
    pub(in super::super) async fn of(
        cx: &Context<Connections>,
        spec: &ClusterSpec,
    ) -> Result<Self, Diagnostics> {
        let region = match spec {
            ClusterSpec::Eks { region: None, .. } => cx.provider()?.default_region().await,
            _ => None,
        };
        Ok(Self { region })
    }
}

/// A connection to it, or nothing where the EKS cluster is gone, and all of its objects with it. A cluster that is
/// looked for in another region than before is not gone.
pub(super) async fn connect_if_there(
    cx: &Context<Connections>,
    spec: &ClusterSpec,
    home: &Home,
) -> Result<Option<Arc<Connection>>, Diagnostics> {
    match cx.provider()?.connect(spec).await {
        Ok(connection) => Ok(Some(connection)),
        Err(error) if error.kind == KubeErrorKind::ClusterNotFound => {
            match (&home.region, Home::of(cx, spec).await?.region) {
                (Some(before), Some(now)) if *before != now => Err(elsewhere(before, &now, &error).into()),
                _ => Ok(None),
            }
        }
        Err(error) => Err(unusable(&error).into()),
    }
}

/// A failed call as the user sees it.
pub(super) fn failure(summary: &str, error: &KubeError) -> Diagnostic {
    Diagnostic::error(summary, error.to_string()).at(blamed(error))
}

fn elsewhere(before: &str, now: &str, error: &KubeError) -> Diagnostic {
    let detail = format!(
        "{error}\n\nThe objects were made in {before}; the provider's region is {now} now. Set it back, or give the \
         cluster its region."
    );
    Diagnostic::error("The cluster is looked for in another region", detail).at(Path::attr("cluster"))
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
