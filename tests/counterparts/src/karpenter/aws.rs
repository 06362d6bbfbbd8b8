//! Karpenter for AWS with everything that it needs: moto, an account, a cluster with scheduler, kwok for kubelets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::controller::{Controller, KarpenterOptions};
use super::{Account, Flavor, karpenter_crds};
use crate::error::{Error, Result};
use crate::http_client::HttpResponse;
use crate::kube::{KubeApiServer, KubeOptions, Kwok};
use crate::moto::Moto;
use crate::report;

const REGION: &str = "us-east-1";

/// An EKS cluster with Karpenter. Nodes join when the test lets them, see [`KubeApiServer::join`].
#[derive(Debug)]
pub struct KarpenterAws {
    // Stopped in this order.
    /// Karpenter itself.
    pub karpenter: Controller,
    kwok: Kwok,
    /// The control plane.
    pub kube: KubeApiServer,
    /// AWS.
    pub moto: Moto,
    /// What the account held before.
    pub account: Account,
}

impl KarpenterAws {
    /// Starts everything for an EKS cluster of this name in us-east-1.
    ///
    /// # Errors
    /// A prerequisite is missing or a server does not come up.
    pub fn start(cluster: &str, options: &KarpenterOptions) -> Result<Self> {
        let moto = Moto::start()?;
        let kube = KubeApiServer::start(&KubeOptions::new(cluster).with_scheduler())?;
        moto.add_eks_cluster(&kube.eks_cluster(REGION))?;
        let account = Account::create(&moto, cluster)?;
        let kwok = Kwok::start(&kube)?;
        kube.apply_crds(&karpenter_crds(Flavor::Aws)?)?;
        Ok(Self {
            karpenter: Controller::aws(&kube, &moto.url(), options)?,
            kwok,
            kube,
            moto,
            account,
        })
    }

    /// The user data in the newest launch template that Karpenter has made for a node class: ours and its own merged.
    ///
    /// One is there as soon as the node class is Ready, since Karpenter validates each by making one; it deletes
    /// templates after some minutes.
    ///
    /// # Errors
    /// There is none.
    pub fn merged_user_data(&self, node_class: &str) -> Result<String> {
        let tag = [
            ("Action", "DescribeLaunchTemplates"),
            ("Filter.1.Name", "tag:karpenter.k8s.aws/ec2nodeclass"),
            ("Filter.1.Value.1", node_class),
        ];
        let templates = self.ec2(&tag)?;
        let newest = templates.elements("launchTemplateId").last().copied();
        let newest = newest.ok_or_else(|| unexpected(&tag, &templates))?.to_owned();
        let version = [
            ("Action", "DescribeLaunchTemplateVersions"),
            ("LaunchTemplateId", newest.as_str()),
            ("LaunchTemplateVersion.1", "$Latest"),
        ];
        let answer = self.ec2(&version)?;
        let encoded = answer.elements("userData").first().copied();
        let decoded = encoded.and_then(|text| STANDARD.decode(text).ok());
        decoded
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| unexpected(&version, &answer))
    }

    /// Asks EC2; the first parameter is the action.
    ///
    /// # Errors
    /// No answer, or one that is not 200.
    pub fn ec2(&self, parameters: &[(&str, &str)]) -> Result<HttpResponse> {
        let mut all = vec![("Version", "2016-11-15")];
        all.extend(parameters);
        let answer = self.moto.query("ec2", REGION, &all)?;
        if answer.status == 200 {
            return Ok(answer);
        }
        Err(unexpected(parameters, &answer))
    }

    /// The logs of all programs: name and text.
    #[must_use]
    pub fn logs(&self) -> Vec<(&'static str, String)> {
        let mut logs = self.kube.logs();
        logs.push(("kwok", self.kwok.log()));
        logs.push(("moto", self.moto.log()));
        logs.push(("karpenter", self.karpenter.log()));
        logs
    }

    /// For a test that fails: the error, what Karpenter said last, and where all logs are kept.
    #[must_use]
    pub fn explain(&self, error: &Error) -> String {
        let kept = match report::keep_logs(self.kube.cluster(), &self.logs()) {
            Ok(folder) => format!("All logs are kept in {}.", folder.display()),
            Err(failure) => format!("The logs could not be kept: {failure}"),
        };
        format!("{error}\n{}\n{kept}", self.karpenter.last_words())
    }
}

fn unexpected(parameters: &[(&str, &str)], answer: &HttpResponse) -> Error {
    let action = parameters.first().map_or("", |(_, action)| *action);
    Error::Answer {
        request: format!("ec2:{action}"),
        fact: format!("status {}: {}", answer.status, answer.body),
    }
}
