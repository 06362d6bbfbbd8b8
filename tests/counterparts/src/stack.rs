//! Everything that a test of the whole way needs, started together: moto, an API server, and moto knowing it as EKS.

use crate::eks::{ADMIN, aws_env};
use crate::error::Result;
use crate::fault_proxy::FaultProxy;
use crate::kube::{KubeApiServer, KubeOptions};
use crate::moto::Moto;

/// AWS with one EKS cluster, and a fault proxy in front of AWS.
#[derive(Debug)]
pub struct Stack {
    /// The proxy that [`Stack::env`] points at; without rules it lets everything through.
    pub proxy: FaultProxy,
    /// AWS itself, past the proxy.
    pub moto: Moto,
    /// The cluster's control plane.
    pub kube: KubeApiServer,
    cluster: String,
}

impl Stack {
    /// Starts everything for an EKS cluster of this name in us-east-1.
    ///
    /// # Errors
    /// A prerequisite is missing or a server does not come up.
    pub fn start(cluster: &str) -> Result<Self> {
        let moto = Moto::start()?;
        let kube = KubeApiServer::start(&KubeOptions::new(cluster))?;
        moto.add_eks_cluster(&kube.eks_cluster("us-east-1"))?;
        kube.webhook().trust_issuer(&moto.url());
        let proxy = FaultProxy::start(&moto.url())?;
        Ok(Self {
            proxy,
            moto,
            kube,
            cluster: cluster.to_owned(),
        })
    }

    /// The EKS cluster's name.
    #[must_use]
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The environment for a user who is administrator of the account and of the cluster, through the proxy.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        aws_env(&self.proxy.url(), &ADMIN)
    }
}
