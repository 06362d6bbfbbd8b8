//! One error for every Kubernetes call: what was asked, what came back, what to do about it.

mod classify;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::aws::{AwsError, AwsErrorKind};

/// What kind of failure it is; callers decide by this, never by a message's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KubeErrorKind {
    /// The object does not exist.
    NotFound,
    /// The namespace that the object should be in does not exist.
    NamespaceMissing,
    /// The API server does not know this kind of object: its CRD is not installed, or not in this
    /// version.
    CrdMissing,
    /// EKS has no cluster of that name.
    ClusterNotFound,
    /// Other field managers hold fields that were to be applied.
    Conflict(Vec<FieldConflict>),
    /// The object is not the one that was meant: it was replaced, or changed, meanwhile.
    Changed,
    /// The API server, or an admission webhook, refuses the object.
    Invalid(Vec<InvalidField>),
    /// The caller is known, and lacks the right.
    Forbidden,
    /// The caller has the right; a rule of the cluster (a policy, a webhook, a quota) forbids this one change.
    Denied,
    /// The caller is not known.
    Unauthorized,
    /// The API server could not be reached.
    Unreachable,
    /// The proxy on the way to the API server could not be reached, or opens no way.
    Proxy,
    /// The credential plugin cannot be started, or gives no credentials.
    Plugin,
    /// The settings make no connection: a certificate, a key, a file, a URL.
    Connection,
    /// No answer, or no wanted state, in time.
    Timeout,
    /// Terraform was asked to stop.
    Cancelled,
    /// The rest of a list is no longer in the API server's history.
    Expired,
    /// The API server asked for fewer calls.
    Throttled,
    /// A fault on the API server's side.
    Server,
    /// AWS did not let us find the cluster or make a token.
    Aws(AwsErrorKind),
    /// Anything else.
    Other,
}

/// A field that another manager holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldConflict {
    /// The other field manager, as it calls itself.
    pub manager: String,
    /// The field's path, such as `spec.replicas`.
    pub field: String,
}

/// A field that was refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InvalidField {
    /// The field's path, such as `spec.limits`; empty where the server names none.
    pub field: String,
    /// Why.
    pub message: String,
}

/// A failed Kubernetes call. `Display` gives the fact and the next step, and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeError {
    /// What kind of failure.
    pub kind: KubeErrorKind,
    /// Which cluster, in words.
    pub cluster: Box<str>,
    /// Which object, in words, where it is about one.
    pub object: Option<Box<str>>,
    /// What was said. Scrubbed of secrets.
    pub message: Box<str>,
}

impl KubeError {
    /// An error about a cluster.
    pub fn new(kind: KubeErrorKind, cluster: &str, message: impl AsRef<str>) -> Self {
        let message = crate::aws::secret::scrub(message.as_ref()).into();
        Self {
            kind,
            cluster: cluster.into(),
            object: None,
            message,
        }
    }

    /// The same error about an object of it.
    #[must_use]
    pub fn about(mut self, object: impl fmt::Display) -> Self {
        self.object = Some(object.to_string().into());
        self
    }

    /// Whether the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind == KubeErrorKind::NotFound
    }

    /// Whether the cluster as a whole could not be asked, so that a plan goes on without it.
    pub fn is_cluster_unavailable(&self) -> bool {
        use KubeErrorKind as Kind;
        matches!(
            self.kind,
            Kind::ClusterNotFound
                | Kind::Unauthorized
                | Kind::Unreachable
                | Kind::Proxy
                | Kind::Plugin
                | Kind::Connection
                | Kind::Timeout
                | Kind::Aws(_)
        )
    }

    /// Whether it may be better by itself in a while.
    pub fn is_transient(&self) -> bool {
        use KubeErrorKind as Kind;
        matches!(
            self.kind,
            Kind::Unreachable | Kind::Proxy | Kind::Timeout | Kind::Throttled | Kind::Server
        )
    }

    /// Whether a change may have been made although the call failed: its answer was lost, or was a fault.
    pub fn may_have_happened(&self) -> bool {
        use KubeErrorKind as Kind;
        matches!(
            self.kind,
            Kind::Unreachable
                | Kind::Timeout
                | Kind::Throttled
                | Kind::Server
                | Kind::Cancelled
                | Kind::Other
        )
    }

    /// What the user can do next.
    pub fn next_step(&self) -> &'static str {
        use KubeErrorKind as Kind;
        match self.kind {
            Kind::NotFound => "Check the name, the namespace and the cluster.",
            Kind::NamespaceMissing => "Create the namespace first, or name another one.",
            Kind::CrdMissing => {
                "Install the chart that brings this kind (for Karpenter's: karpenter-crd), in this version. If Kubernetes itself has \
                 the kind, check the cluster's host: `kubectl cluster-info` prints the URL of the API server."
            }
            Kind::ClusterNotFound => "Check the cluster's name, the region and the account.",
            Kind::Conflict(_) => {
                "Have these managers leave the fields alone: they are rendered here, from the layout and the attributes. Or \
                 take them over with force_conflicts = true."
            }
            Kind::Changed => "Run terraform plan again to see what it is now.",
            Kind::Invalid(_) => "Change what the API server names.",
            Kind::Forbidden => "Allow it with RBAC, or with an EKS access entry, for the identity in use.",
            Kind::Denied => {
                "Change what it names, or ask those who keep this rule of the cluster; RBAC is not in the way."
            }
            Kind::Unauthorized => {
                "Give the identity in use an EKS access entry (or aws-auth mapping), or check the credentials: a token \
                 or a client certificate may have expired. A token that is given as text cannot be renewed, one that is made \
                 can: name the EKS cluster (`name`), or give `exec` or `token_file`."
            }
            Kind::Unreachable => {
                "Check the address, the network (a private endpoint needs a way in), HTTPS_PROXY and NO_PROXY."
            }
            Kind::Proxy => {
                "Check the proxy's address and login where it is named, or name the server in NO_PROXY if it is reached \
                 without a proxy."
            }
            Kind::Plugin => {
                "Check that it is installed, on PATH, and logged in: run it by hand to see what it says."
            }
            Kind::Connection => "Check the cluster's host, CA, certificate, key or kubeconfig.",
            Kind::Timeout | Kind::Cancelled => {
                "Run the command again. Objects that were created before are in the state."
            }
            Kind::Throttled | Kind::Server | Kind::Expired => {
                "Run the command again in a while, and look at the API server's health."
            }
            Kind::Aws(_) => "",
            Kind::Other => "Look at the message, and at the log with TF_LOG=debug.",
        }
    }
}

impl fmt::Display for KubeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.cluster)?;
        if let Some(object) = &self.object {
            write!(out, ", {object}")?;
        }
        out.write_str(": ")?;
        match &self.kind {
            KubeErrorKind::Conflict(conflicts) => {
                out.write_str("fields are managed by others:")?;
                for conflict in conflicts {
                    write!(out, "\n  {} by {:?}", conflict.field, conflict.manager)?;
                }
                writeln!(out)?;
            }
            KubeErrorKind::Invalid(fields) if !fields.is_empty() => {
                out.write_str("refused:")?;
                for field in fields {
                    let place = if field.field.is_empty() {
                        "object"
                    } else {
                        &field.field
                    };
                    write!(out, "\n  {place}: {}", field.message)?;
                }
                writeln!(out)?;
            }
            // AWS' own error has its next step in it.
            KubeErrorKind::Aws(_) => return out.write_str(&self.message),
            _ => write!(out, "{}. ", self.message.trim_end_matches('.'))?,
        }
        out.write_str(self.next_step())
    }
}

impl std::error::Error for KubeError {}

impl KubeError {
    /// A failure of AWS on the way to a cluster.
    pub(super) fn from_aws(cluster: &str, error: AwsError) -> Self {
        match (error.operation, error.kind) {
            ("DescribeCluster", AwsErrorKind::NotFound) => {
                Self::new(KubeErrorKind::ClusterNotFound, cluster, error.fact())
            }
            (_, kind) => Self::new(KubeErrorKind::Aws(kind), cluster, error.to_string()),
        }
    }
}
