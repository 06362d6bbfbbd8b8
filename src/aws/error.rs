//! One error for every AWS call: what was asked, what came back, what to do about it.

mod classify;
mod services;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use classify::chain;
pub(in crate::aws) use classify::{credentials_error, from_sdk};

/// What kind of failure it is; callers decide by this, never by a message's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsErrorKind {
    /// The object does not exist.
    NotFound,
    /// An object of that name exists already.
    AlreadyExists,
    /// The EKS cluster that the object belongs to does not exist.
    ClusterNotFound,
    /// Another change of the object is under way.
    Busy,
    /// AWS asked for fewer calls, and kept asking through all retries.
    Throttled,
    /// The credentials are good, and lack the right.
    AccessDenied,
    /// No credentials were found.
    CredentialsMissing,
    /// Credentials were found, and AWS or their source refuses them.
    CredentialsInvalid,
    /// Credentials were good once, and have ended.
    CredentialsExpired,
    /// The certificates that AWS is to be checked against cannot be read.
    TrustInvalid,
    /// No region was found.
    RegionMissing,
    /// The service's address could not be reached.
    EndpointUnreachable,
    /// The service's certificate is of no authority that is known here.
    EndpointUntrusted,
    /// No answer, or none in time: what was asked for may have been done.
    Timeout,
    /// AWS refuses a value that was sent.
    InvalidParameter,
    /// An account's or an object's quota is used up.
    LimitExceeded,
    /// A fault on AWS' side.
    Server,
    /// Anything else.
    Other,
}

/// A failed AWS call. `Display` gives the fact and the next step, and holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsError {
    /// What kind of failure.
    pub kind: AwsErrorKind,
    /// Service as AWS writes it, such as `EC2`.
    pub service: &'static str,
    /// API action, such as `CreateLaunchTemplate`.
    pub operation: &'static str,
    /// AWS error code, where the service answered with one.
    pub code: Option<Box<str>>,
    /// What the service, or the connection, said. Scrubbed of secrets.
    pub message: Box<str>,
    /// Request ID, for AWS support and CloudTrail.
    pub request_id: Option<Box<str>>,
    /// Why more than one call was not enough, or where it was sent, where that is known.
    pub context: Option<Box<str>>,
}

impl AwsError {
    /// An error that no service sent.
    pub fn local(
        kind: AwsErrorKind,
        (service, operation): (&'static str, &'static str),
        message: impl Into<Box<str>>,
    ) -> Self {
        Self {
            kind,
            service,
            operation,
            code: None,
            message: message.into(),
            request_id: None,
            context: None,
        }
    }

    /// The same error with a note on the circumstances, such as the region.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<Box<str>>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Whether the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind == AwsErrorKind::NotFound
    }

    /// Whether it may be better by itself in a while: throttling, time-outs, faults of AWS or of
    /// the network, another change under way.
    pub fn is_transient(&self) -> bool {
        use AwsErrorKind::{Busy, EndpointUnreachable, Server, Throttled, Timeout};
        matches!(
            self.kind,
            Throttled | Timeout | Server | EndpointUnreachable | Busy
        )
    }

    /// What the user can do next.
    pub fn next_step(&self) -> &'static str {
        use AwsErrorKind as Kind;
        match self.kind {
            Kind::NotFound => "Check the name or ID, the region and the account.",
            Kind::AlreadyExists => "Import the existing object, or choose another name.",
            Kind::ClusterNotFound => "Check the cluster's name, the region and the account.",
            Kind::Busy => "Run the command again when the change that is under way has ended.",
            Kind::Throttled => {
                "Lower Terraform's -parallelism, set retry_mode = \"adaptive\", or raise max_retries."
            }
            Kind::AccessDenied => {
                "Allow the action in the policy of the identity in use, or assume another role."
            }
            Kind::CredentialsMissing => {
                "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or `profile` or `assume_role` in the provider block; after `aws sso login` name the profile."
            }
            Kind::CredentialsInvalid => {
                "Check the keys, the profile, the role's trust policy and the machine's clock."
            }
            Kind::CredentialsExpired => {
                "Sign in again (`aws sso login --profile NAME`, or `aws login --profile NAME` where the profile has a \
                 login_session), then repeat."
            }
            Kind::TrustInvalid => "Name a file of PEM certificates there, or take the setting away.",
            Kind::RegionMissing => "Set `region` in the provider block or on the object, or AWS_REGION.",
            Kind::EndpointUnreachable => {
                "Check the region's name, `endpoints`, DNS, HTTPS_PROXY and NO_PROXY, and with use_fips_endpoint whether \
                 the service has such a host in this region."
            }
            Kind::EndpointUntrusted => {
                "Where a proxy or firewall signs anew what AWS sends, name its CA in AWS_CA_BUNDLE, ca_bundle of the profile, or \
                 SSL_CERT_FILE. Else check `endpoints`."
            }
            Kind::Timeout => "Run the command again. Objects that were created before are in the state.",
            Kind::InvalidParameter => "Change the value that AWS names.",
            Kind::LimitExceeded => "Remove what is unused, or ask AWS for a higher quota.",
            Kind::Server => "Run the command again in a while, and look at the AWS Health Dashboard.",
            Kind::Other => "Look at the message, and at the log with TF_LOG=debug.",
        }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_fact(out)?;
        write!(out, " {}", self.next_step())
    }
}

impl AwsError {
    /// The fact without the next step, for errors that have their own.
    pub fn fact(&self) -> String {
        struct Fact<'a>(&'a AwsError);
        impl fmt::Display for Fact<'_> {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write_fact(out)
            }
        }
        Fact(self).to_string()
    }

    fn write_fact(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.service, self.operation)?;
        if let Some(context) = &self.context {
            write!(out, " ({context})")?;
        }
        out.write_str(": ")?;
        if let Some(code) = &self.code {
            write!(out, "{code}: ")?;
        }
        let message = self.message.trim_end_matches('.');
        write!(out, "{message}.")?;
        if let Some(id) = &self.request_id {
            write!(out, " Request ID {id}.")?;
        }
        Ok(())
    }
}

impl std::error::Error for AwsError {}
