//! One connection per cluster, made when first asked for, shared by everything that follows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use kube::config::Kubeconfig;
use tokio::sync::OnceCell;

use super::api::{Api, KubeApi};
use super::client::RenewingClient;
use super::cluster::{ClusterKey, ClusterSpec, Server};
use super::error::{KubeError, KubeErrorKind};
use super::kubeconfig;
use crate::aws::{AssumeRole, Aws, AwsError, TokenSource};

/// All cluster connections of one provider block.
#[derive(Debug)]
pub struct Clusters {
    aws: Arc<Aws>,
    made: Mutex<BTreeMap<ClusterKey, Arc<OnceCell<Arc<Connection>>>>>,
}

impl Clusters {
    /// Does no I/O.
    pub fn new(aws: Arc<Aws>) -> Self {
        Self {
            aws,
            made: Mutex::default(),
        }
    }

    /// The connection to a cluster. Callers that ask at the same time share one attempt; a failed
    /// one is not kept.
    ///
    /// # Errors
    /// [`KubeErrorKind::ClusterNotFound`] where EKS knows no such cluster,
    /// [`KubeErrorKind::Connection`] where the settings make no connection, or the AWS failure.
    pub async fn get(&self, spec: &ClusterSpec) -> Result<Arc<Connection>, KubeError> {
        let cell = self.cell(self.key(spec).await);
        cell.get_or_try_init(|| self.connect(spec)).await.cloned()
    }

    /// A cluster whose region is left out is the one in the default region, wherever that comes from. Where there is none,
    /// connecting says so.
    async fn key(&self, spec: &ClusterSpec) -> ClusterKey {
        let region = match spec {
            ClusterSpec::Eks { region: None, .. } => self.aws.default_region().await.ok(),
            _ => None,
        };
        spec.key(region.as_deref())
    }

    fn cell(&self, key: ClusterKey) -> Arc<OnceCell<Arc<Connection>>> {
        // The map is whole after every statement, so a panic elsewhere cannot have broken it.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(key).or_default().clone()
    }

    async fn connect(&self, spec: &ClusterSpec) -> Result<Arc<Connection>, KubeError> {
        let name = spec.to_string();
        let (kubeconfig, context, tokens) = match spec {
            ClusterSpec::Eks {
                name: cluster,
                region,
                role,
            } => {
                let (kubeconfig, tokens) = self
                    .eks(cluster, region.as_deref(), role.as_ref())
                    .await
                    .map_err(|error| KubeError::from_aws(&name, error))?;
                (kubeconfig, None, Some(Arc::new(tokens)))
            }
            ClusterSpec::Direct(direct) => (kubeconfig::of_direct(direct), None, None),
            ClusterSpec::Exec(exec) => (kubeconfig::of_exec(exec), None, None),
            ClusterSpec::Kubeconfig { path, context } => {
                let read = kubeconfig::of_file(path).map_err(|error| unusable(&name, &error))?;
                (read, context.as_deref(), None)
            }
        };
        let settings = kubeconfig::settings(kubeconfig, context).await;
        let settings = settings.map_err(|error| unusable(&name, &error))?;
        let plugin = settings.plugin().map(str::to_owned);
        // A credential plugin may take seconds, and blocks.
        let made = tokio::task::spawn_blocking(move || RenewingClient::new(settings, tokens)).await;
        let made = made.map_err(|error| unusable(&name, &error))?;
        let client = made.map_err(|error| {
            let error = KubeError::from_kube(&name, plugin.as_deref(), &error);
            match error.kind {
                KubeErrorKind::Plugin => error,
                _ => KubeError {
                    kind: KubeErrorKind::Connection,
                    ..error
                },
            }
        })?;
        Ok(Arc::new(Connection {
            api: Api::new(client, name),
        }))
    }

    async fn eks(
        &self,
        name: &str,
        region: Option<&str>,
        role: Option<&AssumeRole>,
    ) -> Result<(Kubeconfig, TokenSource), AwsError> {
        let regional = self.aws.region(region).await?;
        let eks = regional.eks();
        let (cluster, tokens) =
            tokio::try_join!(eks.describe_cluster(name), regional.token_source(name, role))?;
        let server = Server {
            host: cluster.endpoint,
            ca: Some(cluster.certificate_authority),
            ..Server::default()
        };
        Ok((kubeconfig::of_server(&server), tokens))
    }
}

fn unusable(cluster: &str, error: &dyn std::error::Error) -> KubeError {
    KubeError::new(KubeErrorKind::Connection, cluster, error.to_string())
}

/// A connection to one cluster.
#[derive(Debug)]
pub struct Connection {
    api: Api,
}

impl Connection {
    /// Its API.
    pub fn api(&self) -> &dyn KubeApi {
        &self.api
    }
}

#[cfg(test)]
mod tests {
    use super::super::cluster::{Direct, Identity};
    use super::*;
    use crate::aws::AwsSettings;

    fn clusters() -> Clusters {
        Clusters::new(Arc::new(Aws::new(AwsSettings::default())))
    }

    fn direct(host: &str) -> ClusterSpec {
        let server = Server {
            host: host.into(),
            insecure: true,
            ..Server::default()
        };
        ClusterSpec::Direct(Direct {
            server,
            identity: Identity::Token("hunter2".into()),
        })
    }

    #[tokio::test]
    async fn a_connection_is_made_once_and_shared() {
        let clusters = clusters();
        let one = clusters.get(&direct("https://127.0.0.1:1")).await.unwrap();
        let same = clusters.get(&direct("https://127.0.0.1:1")).await.unwrap();
        let other = clusters.get(&direct("https://127.0.0.1:2")).await.unwrap();
        assert!(Arc::ptr_eq(&one, &same) && !Arc::ptr_eq(&one, &other));
        assert!(!format!("{clusters:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn a_region_that_is_left_out_is_the_default_one_wherever_that_comes_from() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config");
        std::fs::write(&file, "[default]\nregion = eu-west-3\n").unwrap();
        let aws = Arc::new(Aws::new(AwsSettings {
            shared_config_files: vec![file],
            ..AwsSettings::default()
        }));
        // A variable of the environment comes before the file.
        let default = aws.default_region().await.unwrap();
        let clusters = Clusters::new(aws);
        let eks = |region: Option<&str>| ClusterSpec::Eks {
            name: "prod".to_owned(),
            region: region.map(str::to_owned),
            role: None,
        };
        let left_out = clusters.key(&eks(None)).await;
        assert_eq!(left_out, clusters.key(&eks(Some(&default))).await);
        assert_ne!(left_out, clusters.key(&eks(Some("ap-south-2"))).await);
    }

    #[tokio::test]
    async fn a_missing_kubeconfig_is_an_error_and_no_other_file_is_tried() {
        let spec = ClusterSpec::Kubeconfig {
            path: "/nonexistent/config".into(),
            context: None,
        };
        let error = clusters().get(&spec).await.unwrap_err();
        assert_eq!(error.kind, KubeErrorKind::Connection);
        assert!(error.to_string().contains("/nonexistent/config"), "{error}");
    }
}
