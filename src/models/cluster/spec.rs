//! From the attributes to the way to the cluster.

use std::path::{Path as FilePath, PathBuf};
use std::time::Duration;

use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use super::{AssumeRoleModel, ClusterModel, ExecModel, ProviderClusterModel};
use crate::aws::{AssumeRole, Secret};
use crate::kube::{ClusterSpec, Direct, Exec, Identity, Place, Server};

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

impl ClusterModel {
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
