//! How EKS lets users in: presigned STS requests as bearer tokens, checked as aws-iam-authenticator does.

mod authenticator;
mod presign;
mod sigv4;
mod webhook;

pub use authenticator::{AccessEntry, Authenticator, Refusal, User};
pub use presign::{Presign, TOKEN_PREFIX};
pub use webhook::{Decision, Webhook};

/// An AWS access key that the counterparts know from their start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessKey {
    /// The public half.
    pub access_key_id: &'static str,
    /// The secret half; not a secret of anyone's, it opens nothing but a test server.
    pub secret_access_key: &'static str,
    /// Whose key it is.
    pub arn: &'static str,
}

/// A user that every test cluster maps to `system:masters`.
pub const ADMIN: AccessKey = AccessKey {
    access_key_id: "AKIAMIGCOUNTERPARTS1",
    secret_access_key: "counterparts/administrator/not+a+secret",
    arn: "arn:aws:iam::123456789012:user/administrator",
};

/// A user that EKS authenticates with AWS but that no access entry of a test cluster names.
pub const STRANGER: AccessKey = AccessKey {
    access_key_id: "AKIAMIGCOUNTERPARTS2",
    secret_access_key: "counterparts/stranger/not+a+secret/at+all",
    arn: "arn:aws:iam::123456789012:user/stranger",
};

/// The environment that makes AWS SDKs and CLIs speak to `endpoint` as the owner of `key`.
#[must_use]
pub fn aws_env(endpoint: &str, key: &AccessKey) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", key.access_key_id.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", key.secret_access_key.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        // The name that Python SDKs know.
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        // Without it an SDK asks 169.254.169.254 whenever something is missing, and waits.
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}
