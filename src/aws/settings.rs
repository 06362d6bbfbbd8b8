//! What a user may say about AWS in the provider block, as plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::secret::Secret;

/// The provider block's AWS settings. What is `None` or empty is taken from the environment, the
/// shared configuration files and the instance's role, in the order of the AWS SDKs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsSettings {
    /// Region used where an object names none, such as `us-east-1`.
    pub region: Option<String>,
    /// Profile in the shared configuration files. Given here, it wins over keys in the environment.
    pub profile: Option<String>,
    /// Shared configuration files, instead of `~/.aws/config`.
    pub shared_config_files: Vec<PathBuf>,
    /// Shared credentials files, instead of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<PathBuf>,
    /// Static access key ID. Only together with `secret_key`.
    pub access_key: Option<String>,
    /// Static secret access key.
    pub secret_key: Option<Secret>,
    /// Session token of static temporary credentials.
    pub token: Option<Secret>,
    /// Role that is assumed with the credentials found by the above.
    pub assume_role: Option<AssumeRole>,
    /// Service endpoints other than AWS' own.
    pub endpoints: Endpoints,
    /// Tags that every AWS object gets.
    pub default_tags: BTreeMap<String, String>,
    /// How often a failed call is tried again. `None`: [`DEFAULT_MAX_RETRIES`].
    pub max_retries: Option<u32>,
    /// How retries are paced.
    pub retry_mode: RetryMode,
    /// Leave the instance metadata service out when looking for credentials.
    pub skip_metadata_api_check: bool,
    /// Use FIPS endpoints. `None`: as the environment and profile say.
    pub use_fips_endpoint: Option<bool>,
    /// Use dual-stack endpoints. `None`: as the environment and profile say.
    pub use_dualstack_endpoint: Option<bool>,
}

/// Retries of one call, as in terraform-provider-aws: EC2 throttles whole accounts for minutes.
pub const DEFAULT_MAX_RETRIES: u32 = 25;

impl AwsSettings {
    /// Retries of one call.
    pub fn retries(&self) -> u32 {
        self.max_retries.unwrap_or(DEFAULT_MAX_RETRIES)
    }
}

/// A role to assume, in the words of `sts:AssumeRole`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssumeRole {
    /// ARN of the role.
    pub role_arn: String,
    /// Session name that CloudTrail shows. `None`: one is made.
    pub session_name: Option<String>,
    /// External ID that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// Session length, 15 minutes to 12 hours. `None`: STS's one hour.
    pub duration: Option<Duration>,
    /// Inline session policy (JSON) that narrows the role's rights.
    pub policy: Option<String>,
}

/// Service endpoints (URLs) other than AWS' own, for VPC endpoints and for tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Amazon EC2.
    pub ec2: Option<String>,
    /// Amazon EKS.
    pub eks: Option<String>,
    /// AWS STS, for assuming roles. Cluster tokens always name the public regional endpoint,
    /// since the EKS control plane accepts no other.
    pub sts: Option<String>,
    /// AWS Systems Manager, which names EKS' images.
    pub ssm: Option<String>,
    /// Amazon EC2 Auto Scaling.
    pub autoscaling: Option<String>,
    /// AWS Service Quotas.
    pub servicequotas: Option<String>,
    /// AWS Price List; for a comparison of layouts by price. No object asks it yet.
    pub pricing: Option<String>,
}

/// How retries are paced, in the AWS SDKs' words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RetryMode {
    /// Exponential backoff with jitter.
    #[default]
    Standard,
    /// The same, with a client-side rate limit that follows throttling answers.
    Adaptive,
}
