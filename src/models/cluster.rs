//! `cluster`: which Kubernetes cluster an object lives in, and how to reach it.
//!
//! What a resource says of its cluster is kept in state, so it holds no secret: only the provider block, which is
//! never stored, takes tokens and keys as text.

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};
use std::time::Duration;

use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use crate::aws::{AssumeRole, Secret};
use crate::kube::{ClusterSpec, Direct, Exec, Identity, Place, Server};

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
    /// Variables added to its environment. The state stores them, so do not put secrets here.
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

impl AssumeRoleModel {
    /// The role as plain data.
    pub fn role(&self) -> AssumeRole {
        let seconds = self.duration_seconds.known().and_then(|s| u64::try_from(*s).ok());
        AssumeRole {
            role_arn: self.role_arn.as_str().unwrap_or_default().to_owned(),
            session_name: self.session_name.clone().into_known(),
            external_id: self.external_id.clone().into_known(),
            duration: seconds.map(Duration::from_secs),
            policy: self.policy.clone().into_known(),
        }
    }
}

impl ClusterModel {
    /// Which cluster it is, whatever is known of how it is reached and as whom; `None` while that is unknown.
    pub(crate) fn place(&self) -> Option<Place> {
        let parts = [
            &self.name,
            &self.region,
            &self.kubeconfig,
            &self.context,
            &self.host,
        ];
        if parts.contains(&&Attr::Unknown) {
            return None;
        }
        let [name, region, kubeconfig, context, host] = parts.map(|part| part.clone().into_known());
        match (name, kubeconfig) {
            (Some(name), _) => Some(Place::Eks { name, region }),
            (None, Some(path)) => Some(Place::Kubeconfig {
                path: expand_home(&path),
                context,
            }),
            (None, None) => host.map(Place::Server),
        }
    }
}

/// The ways to name a cluster; exactly one is to be used.
const WAYS: &str = "Give name (an EKS cluster), kubeconfig, or host.";

impl ClusterModel {
    /// What is wrong with the combination of attributes, whatever is unknown left out.
    pub fn validate(&self, at: &Path, diags: &mut Diagnostics) {
        let ways = [
            ("name", &self.name),
            ("kubeconfig", &self.kubeconfig),
            ("host", &self.host),
        ];
        let given: Vec<_> = ways
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(n, _)| *n)
            .collect();
        if given.is_empty() {
            diags.error_at(at.clone(), "The cluster is not named", WAYS);
        }
        if given.len() > 1 {
            let detail = format!("Found {} together. {WAYS}", given.join(" and "));
            diags.error_at(at.clone(), "The cluster is named in more than one way", detail);
        }
        self.validate_company(at, diags);
        self.validate_credentials(at, diags);
        let url = self
            .host
            .as_str()
            .is_none_or(|h| h.starts_with("https://") || h.starts_with("http://"));
        if !url {
            let detail = "Give the API server's URL, such as https://10.0.0.1:6443.";
            diags.error_at(at.attribute("host"), "The host is not a URL", detail);
        }
    }

    /// Each way has attributes of its own, which would be ignored beside another.
    fn validate_company(&self, at: &Path, diags: &mut Diagnostics) {
        let ways = [
            ("name", &self.name, self.company_of_name()),
            (
                "kubeconfig",
                &self.kubeconfig,
                vec![("context", !self.context.is_null())],
            ),
            ("host", &self.host, self.company_of_host()),
        ];
        if ways.iter().all(|(_, way, _)| way.is_null()) {
            return;
        }
        for (way, _, company) in ways.iter().filter(|(_, way, _)| way.is_null()) {
            for (attribute, _) in company.iter().filter(|(_, given)| *given) {
                let detail =
                    format!("{attribute} is for {way}, which is not given. Remove one, or give the other.");
                diags.error_at(at.attribute(*attribute), "The attribute has no effect", detail);
            }
        }
    }

    fn company_of_name(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("region", !self.region.is_null()),
            ("assume_role", !self.assume_role.is_null()),
        ]
    }

    fn company_of_host(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("cluster_ca_certificate", !self.cluster_ca_certificate.is_null()),
            ("tls_server_name", !self.tls_server_name.is_null()),
            ("insecure", self.insecure.known() == Some(&true)),
            ("token_file", !self.token_file.is_null()),
            ("client_certificate_file", !self.client_certificate_file.is_null()),
            ("client_key_file", !self.client_key_file.is_null()),
            ("exec", !self.exec.is_null()),
        ]
    }

    fn validate_credentials(&self, at: &Path, diags: &mut Diagnostics) {
        if self.host.is_null() {
            return;
        }
        let certificate = !self.client_certificate_file.is_null();
        if certificate == self.client_key_file.is_null() {
            let detail = "client_certificate_file and client_key_file are given together or not at all.";
            diags.error_at(at.clone(), "Half a client certificate", detail);
        }
        let credentials = [!self.exec.is_null(), !self.token_file.is_null(), certificate];
        if credentials.iter().filter(|given| **given).count() != 1 {
            let detail = "With host, give one of exec, token_file, or client_certificate_file and client_key_file. A \
                          token or key as text is taken by the provider's kubernetes block alone, since a resource's \
                          attributes are kept in state.";
            diags.error_at(at.clone(), "The cluster needs one kind of credentials", detail);
        }
    }

    /// The cluster as plain data: `None` while any part of it is unknown.
    ///
    /// # Errors
    /// When a file it names cannot be read.
    pub fn spec(&self, at: &Path) -> Result<Option<ClusterSpec>, Diagnostics> {
        if !tfplug::Value::is_wholly_known(&self.to_value()) {
            return Ok(None);
        }
        if let Some(name) = self.name.as_str() {
            return Ok(Some(ClusterSpec::Eks {
                name: name.to_owned(),
                region: self.region.clone().into_known(),
                role: self.assume_role.known().map(AssumeRoleModel::role),
            }));
        }
        if let Some(path) = self.kubeconfig.as_str() {
            let context = self.context.clone().into_known();
            return Ok(Some(ClusterSpec::Kubeconfig {
                path: expand_home(path),
                context,
            }));
        }
        if let Some(exec) = self.exec.known() {
            return Ok(Some(ClusterSpec::Exec(exec.spec(self.server()))));
        }
        let identity = self.identity_from_files(at)?;
        Ok(Some(ClusterSpec::Direct(Direct {
            server: self.server(),
            identity,
        })))
    }

    fn server(&self) -> Server {
        Server {
            host: self.host.as_str().unwrap_or_default().to_owned(),
            ca: self.cluster_ca_certificate.clone().into_known(),
            insecure: self.insecure.known().copied().unwrap_or_default(),
            tls_server_name: self.tls_server_name.clone().into_known(),
        }
    }

    fn identity_from_files(&self, at: &Path) -> Result<Identity, Diagnostics> {
        let file =
            |name: &str, path: &Attr<String>| read(&at.attribute(name), path.as_str().unwrap_or_default());
        if !self.token_file.is_null() {
            // Its token is read with each connection; that it cannot be is reported here.
            file("token_file", &self.token_file)?;
            let path = self.token_file.as_str().unwrap_or_default();
            return Ok(Identity::TokenFile(expand_home(path)));
        }
        let certificate = file("client_certificate_file", &self.client_certificate_file)?;
        let key = Secret::new(file("client_key_file", &self.client_key_file)?);
        Ok(Identity::Certificate { certificate, key })
    }
}

impl ExecModel {
    fn spec(&self, server: Server) -> Exec {
        let env = self.env.known().cloned().unwrap_or_default();
        Exec {
            server,
            api_version: self
                .api_version
                .as_str()
                .unwrap_or("client.authentication.k8s.io/v1")
                .to_owned(),
            command: self.command.as_str().unwrap_or_default().to_owned(),
            args: self.args.known().cloned().unwrap_or_default(),
            env: env.into_iter().map(|(k, v)| (k, Secret::new(v))).collect(),
        }
    }
}

impl ProviderClusterModel {
    /// Whether credentials are given as text.
    fn inline_identity(&self) -> Option<Identity> {
        if let Some(token) = self.token.as_str() {
            return Some(Identity::Token(Secret::new(token)));
        }
        let key = Secret::new(self.client_key.as_str()?);
        Some(Identity::Certificate {
            certificate: self.client_certificate.as_str()?.to_owned(),
            key,
        })
    }

    /// What is wrong with the combination of attributes, whatever is unknown left out.
    pub fn validate(&self, at: &Path, diags: &mut Diagnostics) {
        let certificate = !self.client_certificate.is_null() || !self.client_key.is_null();
        match (!self.token.is_null(), certificate) {
            (false, false) => self.shared.validate(at, diags),
            (token, certificate) => self.validate_inline(token && certificate, at, diags),
        }
    }

    /// The same with credentials as text, of both kinds or of one.
    fn validate_inline(&self, both: bool, at: &Path, diags: &mut Diagnostics) {
        let mut rest = self.shared.clone();
        if self.shared.host.is_null() {
            let detail = "Credentials as text are for host, which is not given. Remove them, or give host.";
            diags.error_at(at.clone(), "The credentials have no effect", detail);
        } else {
            // To what is checked below, text is as good as a file.
            rest.token_file = "-".into();
        }
        let files = [&self.shared.token_file, &self.shared.client_certificate_file];
        let others = !self.shared.exec.is_null() || files.iter().any(|file| !file.is_null());
        if others || both {
            let detail = "Give one of token, client_certificate and client_key, exec, token_file.";
            diags.error_at(at.clone(), "The cluster needs one kind of credentials", detail);
        }
        if self.client_certificate.is_null() != self.client_key.is_null() {
            let detail = "client_certificate and client_key are given together or not at all.";
            diags.error_at(at.clone(), "Half a client certificate", detail);
        }
        rest.validate(at, diags);
    }

    /// The cluster as plain data: `None` while any part of it is unknown.
    ///
    /// # Errors
    /// When a file it names cannot be read.
    pub fn spec(&self, at: &Path) -> Result<Option<ClusterSpec>, Diagnostics> {
        if !tfplug::Value::is_wholly_known(&self.to_value()) {
            return Ok(None);
        }
        match self.inline_identity() {
            Some(identity) => Ok(Some(ClusterSpec::Direct(Direct {
                server: self.shared.server(),
                identity,
            }))),
            None => self.shared.spec(at),
        }
    }
}

fn read(at: &Path, file: &str) -> Result<String, Diagnostics> {
    std::fs::read_to_string(expand_home(file)).map_err(|error| {
        let detail = format!("{file}: {error}. Check the path; it is relative to where Terraform runs.");
        Diagnostic::error("The file cannot be read", detail)
            .at(at.clone())
            .into()
    })
}

/// `~/` is the user's home, as in every tool that takes a kubeconfig.
fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => FilePath::new(path).to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
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
