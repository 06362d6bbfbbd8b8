//! EKS cluster tokens, made in this process: a presigned `sts:GetCallerIdentity` request that the
//! cluster sends to STS to learn who is calling. Form: aws-iam-authenticator, `aws eks get-token`.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::FutureExt as _;
use tokio::sync::Mutex;

use super::error::{AwsError, AwsErrorKind, credentials_error};
use super::secret::Secret;

const CALL: (&str, &str) = ("STS", "GetCallerIdentity (presigned, for a cluster token)");
const PREFIX: &str = "k8s-aws-v1.";
/// Signed, so that a token is good for one cluster only.
const CLUSTER_HEADER: &str = "x-k8s-aws-id";
/// `X-Amz-Expires`. The cluster accepts a token for 15 minutes after its date, whatever this says.
const EXPIRES: Duration = Duration::from_secs(60);
/// One minute short of the 15, as the AWS tools do, for clocks that differ and slow calls.
const LIFETIME: Duration = Duration::from_secs(14 * 60);

/// Tells the time; tests give their own.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> SystemTime;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A bearer token for a cluster, and until when to use it. `Debug` hides the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterToken {
    /// The token.
    pub secret: Secret,
    /// When to stop using it: one minute before the cluster refuses it, or when the credentials
    /// that signed it end.
    pub expires_at: SystemTime,
}

/// Makes tokens for one cluster, and keeps the last one while it is good.
pub struct TokenSource {
    cluster: String,
    region: String,
    url: String,
    credentials: SharedCredentialsProvider,
    clock: Arc<dyn Clock>,
    held: Mutex<Option<ClusterToken>>,
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TokenSource")
            .field("cluster", &self.cluster)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl TokenSource {
    /// A source of tokens for `cluster` in `region`. Does no I/O.
    ///
    /// # Errors
    /// Where the region has no STS endpoint.
    pub fn new(
        cluster: &str,
        region: &str,
        use_fips: bool,
        credentials: SharedCredentialsProvider,
    ) -> Result<Self, AwsError> {
        Ok(Self {
            cluster: cluster.to_owned(),
            region: region.to_owned(),
            url: sts_url(region, use_fips)?,
            credentials,
            clock: Arc::new(SystemClock),
            held: Mutex::new(None),
        })
    }

    /// The same source by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// A token that is good now; the last one, or a new one.
    ///
    /// # Errors
    /// Where no credentials can be had.
    pub async fn token(&self) -> Result<ClusterToken, AwsError> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        if let Some(token) = held.as_ref().filter(|token| token.expires_at > now) {
            return Ok(token.clone());
        }
        let token = self.make(now).await?;
        *held = Some(token.clone());
        Ok(token)
    }

    /// Forgets a token that the cluster refused, unless a newer one is held already.
    pub async fn refuse(&self, refused: &Secret) {
        let mut held = self.held.lock().await;
        held.take_if(|token| token.secret == *refused);
    }

    async fn make(&self, now: SystemTime) -> Result<ClusterToken, AwsError> {
        let credentials = self.credentials.provide_credentials().await;
        let credentials = credentials.map_err(|error| {
            credentials_error(CALL, &error).with_context(format!("cluster {}, {}", self.cluster, self.region))
        })?;
        let end = now + LIFETIME;
        let expires_at = credentials.expiry().map_or(end, |expiry| end.min(expiry));
        let url = presign(&self.url, &self.cluster, &self.region, credentials, now)?;
        let secret = Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url)));
        Ok(ClusterToken { secret, expires_at })
    }
}

/// The region's public STS endpoint by the SDK's own rules. Settings for other endpoints do not
/// count here: the cluster, not we, sends this request, and it accepts AWS' own hosts only. In a region without a FIPS host
/// of STS it is therefore the plain one, whatever `use_fips_endpoint` says of our own calls.
fn sts_url(region: &str, use_fips: bool) -> Result<String, AwsError> {
    let use_fips = use_fips && has_fips_sts(region);
    use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
    let failed = |error: String| AwsError::local(AwsErrorKind::InvalidParameter, CALL, error);
    let params = Params::builder()
        .region(region)
        .use_fips(use_fips)
        .use_global_endpoint(false)
        .build()
        .map_err(|error| failed(error.to_string()))?;
    // The default rules are a table and answer at once; the future is for resolvers that do not.
    let endpoint = ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &params)
        .now_or_never()
        .ok_or_else(|| failed(format!("no STS endpoint for region {region}")))?
        .map_err(|error| failed(format!("no STS endpoint for region {region}: {error}")))?;
    Ok(endpoint.url().trim_end_matches('/').to_owned())
}

/// The regions where STS has a FIPS host, as aws-iam-authenticator takes it too (AWS' page on FIPS endpoints, 2026-11). In
/// GovCloud the plain host is one.
fn has_fips_sts(region: &str) -> bool {
    ["us-east-1", "us-east-2", "us-west-1", "us-west-2"].contains(&region) || region.starts_with("us-gov-")
}

/// The presigned URL.
fn presign(
    sts: &str,
    cluster: &str,
    region: &str,
    credentials: Credentials,
    now: SystemTime,
) -> Result<String, AwsError> {
    let failed = |error: &dyn std::error::Error| {
        AwsError::local(AwsErrorKind::Other, CALL, format!("cannot sign: {error}"))
    };
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| failed(&error))?
        .into();
    let url = format!("{sts}/?Action=GetCallerIdentity&Version=2011-06-15");
    let headers = std::iter::once((CLUSTER_HEADER, cluster));
    let request = SignableRequest::new("GET", url.as_str(), headers, SignableBody::Bytes(&[]))
        .map_err(|error| failed(&error))?;
    let (instructions, _) = sign(request, &params)
        .map_err(|error| failed(&error))?
        .into_parts();
    let mut signed = http::Request::get(&url)
        .body(())
        .map_err(|error| failed(&error))?;
    instructions.apply_to_request_http1x(&mut signed);
    Ok(signed.uri().to_string())
}

#[cfg(test)]
mod tests;
