//! `cluster`: which Kubernetes cluster an object lives in, and how to reach it.
//!
//! What a resource says of its cluster is kept in state, so it holds no secret: only the provider block, which is
//! never stored, takes tokens and keys as text.

mod check;
mod spec;

use std::collections::BTreeMap;

use tfplug::{Attr, Model};

/// A Kubernetes cluster. Give one of: `name` (an EKS cluster); `kubeconfig`; `host` together with `exec`,
/// `token_file`, or `client_certificate_file` and `client_key_file`.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ClusterModel {
    /// Name of an EKS cluster. Its address and certificate come from EKS; tokens are made from the AWS credentials
    /// in use, for each connection, and are stored nowhere.
    pub name: Attr<String>,
    /// Region of the EKS cluster; the provider's if left out.
    #[attr(validate = super::region())]
    pub region: Attr<String>,
    /// Role to assume for the EKS cluster's token.
    pub assume_role: Attr<AssumeRoleModel>,
    /// Path of a kubeconfig file.
    pub kubeconfig: Attr<String>,
    /// Context of the kubeconfig file; its current one if left out.
    pub context: Attr<String>,
    /// URL of the API server.
    pub host: Attr<String>,
    /// The API server's certificate authority, as PEM or as base64 of it.
    pub cluster_ca_certificate: Attr<String>,
    /// Name to check the API server's certificate against, instead of the host's.
    pub tls_server_name: Attr<String>,
    /// Do not check the API server's certificate.
    pub insecure: Attr<bool>,
    /// File that holds a bearer token. It is read again when the API server no longer accepts its token.
    pub token_file: Attr<String>,
    /// File that holds a client certificate as PEM.
    pub client_certificate_file: Attr<String>,
    /// File that holds the client certificate's key as PEM.
    pub client_key_file: Attr<String>,
    /// A credential plugin of client-go that gives tokens.
    pub exec: Attr<ExecModel>,
}

/// The provider's default cluster: as `cluster` of a resource, and with credentials as text.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ProviderClusterModel {
    #[attr(flatten)]
    shared: ClusterModel,
    /// Bearer token.
    #[attr(sensitive)]
    pub token: Attr<String>,
    /// Client certificate as PEM or as base64 of it.
    pub client_certificate: Attr<String>,
    /// The client certificate's key as PEM or as base64 of it.
    #[attr(sensitive)]
    pub client_key: Attr<String>,
}

impl ProviderClusterModel {
    /// The cluster of a kubeconfig's context.
    pub(crate) fn of_context(path: &std::path::Path, context: &str) -> Self {
        Self {
            shared: ClusterModel {
                kubeconfig: path.display().to_string().into(),
                context: context.into(),
                ..ClusterModel::default()
            },
            ..Self::default()
        }
    }
}

/// A credential plugin of client-go, as in a kubeconfig's `exec`.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ExecModel {
    /// `client.authentication.k8s.io/v1` or `client.authentication.k8s.io/v1beta1`; the first if left out.
    pub api_version: Attr<String>,
    /// The program.
    #[attr(required)]
    pub command: Attr<String>,
    /// Its arguments.
    pub args: Attr<Vec<String>>,
    /// Variables added to its environment. The state stores those of a resource's `cluster`, so put secrets into `kubernetes` of the provider alone.
    pub env: Attr<BTreeMap<String, String>>,
}

/// A role to assume.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct AssumeRoleModel {
    /// ARN of the role.
    #[attr(required)]
    pub role_arn: Attr<String>,
    /// Session name that CloudTrail shows.
    pub session_name: Attr<String>,
    /// External ID that the role's trust policy asks for.
    pub external_id: Attr<String>,
    /// Length of the session, in whole seconds from 900 to 43200.
    #[attr(validate = tfplug::schema::validators::between(900, 43_200))]
    pub duration_seconds: Attr<i64>,
    /// Inline session policy, as JSON, that narrows the role's rights.
    pub policy: Attr<String>,
}

#[cfg(test)]
mod tests {
    use tfplug::{Diagnostics, Path};

    use super::*;

    fn faults(cluster: &ClusterModel) -> Vec<String> {
        let mut diags = Diagnostics::new();
        cluster.validate(&Path::attr("cluster"), &mut diags);
        diags.iter().map(|d| d.summary.clone()).collect()
    }

    #[test]
    fn exactly_one_way() {
        let eks = ClusterModel {
            name: "prod".into(),
            ..ClusterModel::default()
        };
        assert_eq!(faults(&eks), Vec::<String>::new());
        assert_eq!(faults(&ClusterModel::default()), ["The cluster is not named"]);
        let both = ClusterModel {
            kubeconfig: "k".into(),
            ..eks.clone()
        };
        assert_eq!(faults(&both), ["The cluster is named in more than one way"]);
        let bare = ClusterModel {
            host: "10.0.0.1".into(),
            ..ClusterModel::default()
        };
        assert_eq!(
            faults(&bare),
            [
                "The cluster needs one kind of credentials",
                "The host is not a URL"
            ]
        );
    }

    #[test]
    fn attributes_of_another_way_have_no_effect() {
        let cluster = ClusterModel {
            name: "prod".into(),
            context: "c".into(),
            token_file: "t".into(),
            region: "us-east-1".into(),
            ..ClusterModel::default()
        };
        assert_eq!(
            faults(&cluster),
            ["The attribute has no effect", "The attribute has no effect"]
        );
        let unknown = ClusterModel {
            kubeconfig: Attr::Unknown,
            context: "c".into(),
            ..ClusterModel::default()
        };
        assert_eq!(faults(&unknown), Vec::<String>::new());
    }

    #[test]
    fn unknown_parts_make_the_cluster_unknown() {
        let cluster = ClusterModel {
            name: Attr::Unknown,
            ..ClusterModel::default()
        };
        assert_eq!(cluster.spec(&Path::attr("cluster")), Ok(None));
        assert_eq!(faults(&cluster), Vec::<String>::new());
    }

    #[test]
    fn a_token_as_text_is_for_the_provider_block_only() {
        let cluster = ProviderClusterModel {
            shared: ClusterModel {
                host: "https://10.0.0.1".into(),
                ..ClusterModel::default()
            },
            token: "hunter2".into(),
            ..ProviderClusterModel::default()
        };
        let mut diags = Diagnostics::new();
        cluster.validate(&Path::attr("kubernetes"), &mut diags);
        assert!(diags.is_empty(), "{diags:?}");
        let spec = cluster.spec(&Path::attr("kubernetes")).unwrap().unwrap();
        assert!(!format!("{spec:?}").contains("hunter2"));
        let mut diags = Diagnostics::new();
        let eks = ProviderClusterModel {
            shared: ClusterModel {
                name: "prod".into(),
                ..ClusterModel::default()
            },
            ..cluster
        };
        eks.validate(&Path::attr("kubernetes"), &mut diags);
        let summaries: Vec<_> = diags.iter().map(|d| d.summary.as_str()).collect();
        assert_eq!(summaries, ["The credentials have no effect"]);
    }
}
