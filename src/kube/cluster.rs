//! Which cluster, and how to reach it, as plain data.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::kubeconfig;
use crate::aws::{AssumeRole, Secret};

/// A cluster as the user names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClusterSpec {
    /// An EKS cluster: address and CA come from `DescribeCluster`, tokens from AWS credentials.
    Eks {
        /// Name of the cluster.
        name: String,
        /// Region; `None` is the provider's.
        region: Option<String>,
        /// Role that the tokens speak for; `None` is the identity in use.
        role: Option<AssumeRole>,
    },
    /// An API server with a token or a certificate.
    Direct(Direct),
    /// A context of a kubeconfig file.
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// The context; `None` is the file's current one.
        context: Option<String>,
    },
    /// An API server with a client-go credential plugin.
    Exec(Exec),
}

/// Where an API server is and how it proves who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Server {
    /// URL, such as `https://10.0.0.1:6443`.
    pub host: String,
    /// CA as PEM text or base64 of it; `None` trusts the system's roots.
    pub ca: Option<String>,
    /// Do not check the server's certificate.
    pub insecure: bool,
    /// Name to check the server's certificate against, instead of the host's.
    pub tls_server_name: Option<String>,
}

/// An API server with a token or a certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Direct {
    /// The server.
    pub server: Server,
    /// Who we are to it.
    pub identity: Identity,
}

/// What an API server knows a caller by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Bearer token.
    Token(Secret),
    /// A file with a bearer token, which others may renew; blanks around the token are no part of it.
    TokenFile(PathBuf),
    /// Client certificate and key, each as PEM text or base64 of it.
    Certificate {
        /// Certificate.
        certificate: String,
        /// Private key.
        key: Secret,
    },
}

/// An API server with a client-go credential plugin, as in a kubeconfig's `exec`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exec {
    /// The server.
    pub server: Server,
    /// `client.authentication.k8s.io/v1` or `v1beta1`.
    pub api_version: String,
    /// Program.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables added to its environment.
    pub env: BTreeMap<String, Secret>,
}

/// Which cluster it is, without how it is reached and as whom. Two that differ may still be the same one: a host has many
/// names, and a kubeconfig file many copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An EKS cluster; the region is the provider's if `None`.
    Eks {
        /// Its name.
        name: String,
        /// Its region.
        region: Option<String>,
    },
    /// The URL of an API server.
    Server(String),
    /// A context of a kubeconfig file.
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// The context; `None` is the file's current one.
        context: Option<String>,
    },
}

impl Place {
    /// What the API server is known by where a kubeconfig leads to it; reads the file. `None` for other ways, and where the
    /// file tells none.
    pub fn server_id(&self) -> Option<String> {
        match self {
            Self::Kubeconfig { path, context } => kubeconfig::server_id(path, context.as_deref()),
            Self::Eks { .. } | Self::Server(_) => None,
        }
    }

    /// The same with a region, where there has to be one and is none.
    #[must_use]
    pub fn in_region(self, default: Option<&str>) -> Self {
        match self {
            Self::Eks { name, region: None } => Self::Eks {
                name,
                region: default.map(str::to_owned),
            },
            other => other,
        }
    }

    /// The same, unless its region is missing: that is another cluster in each.
    pub fn located(self) -> Option<Self> {
        (!matches!(self, Self::Eks { region: None, .. })).then_some(self)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eks { name, region } => {
                write!(out, "the EKS cluster {name}")?;
                region.iter().try_for_each(|region| write!(out, " in {region}"))
            }
            Self::Server(host) => write!(out, "the cluster at {host}"),
            Self::Kubeconfig { path, context } => {
                write!(out, "the cluster of {}", path.display())?;
                context
                    .iter()
                    .try_for_each(|context| write!(out, ", context {context}"))
            }
        }
    }
}

/// What two objects must agree on to share a connection. Ordered and hashable; its `Debug` hides
/// credentials.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterKey(ClusterSpec);

impl ClusterSpec {
    /// Which cluster it is.
    pub fn place(&self) -> Place {
        match self {
            Self::Eks { name, region, .. } => Place::Eks {
                name: name.clone(),
                region: region.clone(),
            },
            Self::Direct(Direct { server, .. }) | Self::Exec(Exec { server, .. }) => {
                Place::Server(server.host.clone())
            }
            Self::Kubeconfig { path, context } => Place::Kubeconfig {
                path: path.clone(),
                context: context.clone(),
            },
        }
    }

    /// The key, with the region filled in, so that naming the default region is the same as
    /// leaving it out.
    pub fn key(&self, default_region: Option<&str>) -> ClusterKey {
        let mut spec = self.clone();
        if let Self::Eks { region, .. } = &mut spec
            && region.is_none()
        {
            *region = default_region.map(str::to_owned);
        }
        ClusterKey(spec)
    }
}

/// Names the cluster in messages, without credentials.
impl fmt::Display for ClusterSpec {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eks {
                name,
                region: Some(region),
                ..
            } => write!(out, "EKS cluster {name} in {region}"),
            Self::Eks {
                name, region: None, ..
            } => write!(out, "EKS cluster {name}"),
            Self::Direct(Direct { server, .. }) | Self::Exec(Exec { server, .. }) => {
                write!(out, "cluster at {}", server.host)
            }
            Self::Kubeconfig {
                path,
                context: Some(context),
            } => {
                write!(out, "cluster of context {context} in {}", path.display())
            }
            Self::Kubeconfig { path, context: None } => {
                write!(out, "cluster of the current context in {}", path.display())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eks(region: Option<&str>) -> ClusterSpec {
        ClusterSpec::Eks {
            name: "prod".into(),
            region: region.map(Into::into),
            role: None,
        }
    }

    fn direct(token: &str) -> ClusterSpec {
        let server = Server {
            host: "https://a:6443".into(),
            ..Server::default()
        };
        ClusterSpec::Direct(Direct {
            server,
            identity: Identity::Token(token.into()),
        })
    }

    #[test]
    fn the_default_region_makes_no_second_connection() {
        assert_eq!(eks(None).key(Some("us-east-1")), eks(Some("us-east-1")).key(None));
        assert_ne!(
            eks(None).key(Some("us-east-1")),
            eks(Some("eu-west-1")).key(Some("us-east-1"))
        );
    }

    #[test]
    fn another_token_is_another_connection_and_shows_nowhere() {
        let (one, other) = (direct("hunter2"), direct("hunter3"));
        assert_ne!(one.key(None), other.key(None));
        let shown = format!("{one} {:?}", one.key(None));
        assert!(!shown.contains("hunter"), "{shown}");
        assert!(shown.starts_with("cluster at https://a:6443"));
    }
}
