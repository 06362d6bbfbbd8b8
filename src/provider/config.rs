//! The provider block.

use std::path::PathBuf;

use tfplug::schema::validators;
use tfplug::{Attr, Diagnostics, Model, Path};

use crate::aws::{AwsSettings, Endpoints, RetryMode, Secret};
use crate::models::{AssumeRoleModel, CatalogOverridesModel, ProviderClusterModel, Tags, tag_rules};

/// Slices NVIDIA GPUs (MIG) on Amazon EKS: one layout, checked at plan, from which launch templates, device plugin,
/// labels, taints and tags are derived. What is left out is taken from the environment, the shared AWS configuration
/// and the instance's role, in the order of the AWS SDKs.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ProviderModel {
    /// Region used where an object names none.
    #[attr(validate = crate::models::region())]
    pub region: Attr<String>,
    /// Profile in the shared configuration files.
    pub profile: Attr<String>,
    /// Shared configuration files, instead of `~/.aws/config`.
    pub shared_config_files: Attr<Vec<String>>,
    /// Shared credentials files, instead of `~/.aws/credentials`.
    pub shared_credentials_files: Attr<Vec<String>>,
    /// Static access key ID; better left to the environment.
    pub access_key: Attr<String>,
    /// Static secret access key; better left to the environment.
    #[attr(sensitive)]
    pub secret_key: Attr<String>,
    /// Session token of static temporary credentials.
    #[attr(sensitive)]
    pub token: Attr<String>,
    /// Role to assume with the credentials found.
    pub assume_role: Attr<AssumeRoleModel>,
    /// Service endpoints other than AWS' own, for VPC endpoints and for tests.
    pub endpoints: Attr<EndpointsModel>,
    /// Tags of every AWS object that this provider itself makes: launch templates and managed node groups. A resource's own tag of the same key wins.
    /// What EC2 makes of a template (instances, volumes, network interfaces) has its tags from `tag_specifications`, and
    /// what Karpenter makes from `tags` of the node class. All of them are in the state as `tags_all`, also where the value
    /// here is ephemeral.
    #[attr(validate = tag_rules())]
    pub default_tags: Attr<Tags>,
    /// How often a failed call is tried again; 25 if left out.
    #[attr(validate = validators::between(0, 1000))]
    pub max_retries: Attr<i64>,
    /// How retries are paced: `standard` if left out.
    #[attr(validate = validators::one_of(&["standard", "adaptive"]))]
    pub retry_mode: Attr<String>,
    /// Leave the instance metadata service out when looking for credentials.
    pub skip_metadata_api_check: Attr<bool>,
    /// Use FIPS endpoints.
    pub use_fips_endpoint: Attr<bool>,
    /// Use dual-stack endpoints.
    pub use_dualstack_endpoint: Attr<bool>,
    /// GPUs and instance types that this release does not have yet, in the figures of `nvidia-smi mig -lgip` and `-lgipp`.
    /// Layouts are checked against them as against the catalog.
    pub catalog_overrides: Attr<CatalogOverridesModel>,
    /// Cluster of the resources that name none.
    pub kubernetes: Attr<ProviderClusterModel>,
}

/// Service endpoints, as URLs.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct EndpointsModel {
    /// Amazon EC2.
    pub ec2: Attr<String>,
    /// Amazon EKS.
    pub eks: Attr<String>,
    /// AWS STS, for assuming roles. EKS accepts tokens of the public regional endpoint only, so this is not used for them.
    pub sts: Attr<String>,
    /// AWS Systems Manager.
    pub ssm: Attr<String>,
    /// Amazon EC2 Auto Scaling.
    pub autoscaling: Attr<String>,
    /// AWS Service Quotas.
    pub servicequotas: Attr<String>,
    /// AWS Price List; no object asks it yet.
    pub pricing: Attr<String>,
}

impl ProviderModel {
    /// What is wrong with the combination of attributes, whatever is unknown left out.
    pub(super) fn validate(&self, diags: &mut Diagnostics) {
        if self.access_key.is_null() != self.secret_key.is_null() {
            let (given, missing) = match self.secret_key.is_null() {
                true => ("access_key", "secret_key"),
                false => ("secret_key", "access_key"),
            };
            let detail =
                format!("{given} is given without {missing}. Give both, or leave both to the environment.");
            diags.error_at(Path::attr(given), "Half a pair of AWS keys", detail);
        }
        if let Attr::Known(cluster) = &self.kubernetes {
            cluster.validate(&Path::attr("kubernetes"), diags);
        }
    }

    /// Whether a part of what says who we are to AWS, or where its services are, is known only after apply.
    pub(super) fn identity_is_unknown(&self) -> bool {
        let names = [&self.profile, &self.access_key, &self.secret_key, &self.token];
        let files = [&self.shared_config_files, &self.shared_credentials_files];
        let known = |value: tfplug::Value| value.is_wholly_known();
        names.iter().any(|name| name.is_unknown())
            || files.iter().any(|list| list.is_unknown())
            || !known(self.assume_role.encode())
            || !known(self.endpoints.encode())
    }

    /// The AWS settings as plain data; what is unknown counts as left out.
    pub(super) fn aws_settings(&self) -> AwsSettings {
        AwsSettings {
            region: text(&self.region),
            profile: text(&self.profile),
            shared_config_files: files(&self.shared_config_files),
            shared_credentials_files: files(&self.shared_credentials_files),
            access_key: text(&self.access_key),
            secret_key: text(&self.secret_key).map(Secret::new),
            token: text(&self.token).map(Secret::new),
            assume_role: self.assume_role.known().map(AssumeRoleModel::role),
            endpoints: self
                .endpoints
                .known()
                .map(EndpointsModel::endpoints)
                .unwrap_or_default(),
            default_tags: self.default_tags.known().map(Tags::set).unwrap_or_default(),
            max_retries: self.max_retries.known().and_then(|n| u32::try_from(*n).ok()),
            retry_mode: match self.retry_mode.as_str() {
                Some("adaptive") => RetryMode::Adaptive,
                _ => RetryMode::Standard,
            },
            skip_metadata_api_check: self.skip_metadata_api_check.known().copied().unwrap_or_default(),
            use_fips_endpoint: self.use_fips_endpoint.known().copied(),
            use_dualstack_endpoint: self.use_dualstack_endpoint.known().copied(),
        }
    }
}

impl EndpointsModel {
    fn endpoints(&self) -> Endpoints {
        Endpoints {
            ec2: text(&self.ec2),
            eks: text(&self.eks),
            sts: text(&self.sts),
            ssm: text(&self.ssm),
            autoscaling: text(&self.autoscaling),
            servicequotas: text(&self.servicequotas),
            pricing: text(&self.pricing),
        }
    }
}

/// Empty text counts as left out, as in every AWS tool: it is what an unset variable gives.
fn text(attr: &Attr<String>) -> Option<String> {
    attr.as_str().filter(|t| !t.is_empty()).map(str::to_owned)
}

fn files(attr: &Attr<Vec<String>>) -> Vec<PathBuf> {
    attr.known().into_iter().flatten().map(PathBuf::from).collect()
}
