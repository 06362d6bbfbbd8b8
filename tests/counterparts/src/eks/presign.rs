//! Makes a cluster token, well-formed or broken on purpose.
//!
//! For tests of the webhook, and for tests that want to be in a cluster as some AWS user.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::OffsetDateTime;
use time::macros::format_description;

use super::AccessKey;
use super::sigv4::{EMPTY_BODY, Scope, UnsignedGet, encode, signature};

/// What every EKS token begins with.
pub const TOKEN_PREFIX: &str = "k8s-aws-v1.";
/// The header that binds a token to one cluster.
pub(crate) const CLUSTER_HEADER: &str = "x-k8s-aws-id";

/// The parts of a presigned `sts:GetCallerIdentity`; change one to see it refused.
#[derive(Debug, Clone)]
pub struct Presign {
    /// The STS host.
    pub host: String,
    /// The region of the signature.
    pub region: String,
    /// The cluster that the token is for; `None` leaves the header unsigned.
    pub cluster: Option<String>,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of an assumed role.
    pub session_token: Option<String>,
    /// When it is signed.
    pub at: OffsetDateTime,
    /// `X-Amz-Expires` in seconds.
    pub expires: u32,
    /// The STS action.
    pub action: String,
}

impl Presign {
    /// What `aws eks get-token` would sign now, in us-east-1.
    #[must_use]
    pub fn new(cluster: &str, key: &AccessKey) -> Self {
        Self {
            host: "sts.us-east-1.amazonaws.com".to_owned(),
            region: "us-east-1".to_owned(),
            cluster: Some(cluster.to_owned()),
            access_key_id: key.access_key_id.to_owned(),
            secret_access_key: key.secret_access_key.to_owned(),
            session_token: None,
            at: OffsetDateTime::now_utc(),
            expires: 60,
            action: "GetCallerIdentity".to_owned(),
        }
    }

    /// The bearer token.
    #[must_use]
    pub fn token(&self) -> String {
        format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(self.url()))
    }

    /// The presigned URL that the token carries.
    #[must_use]
    pub fn url(&self) -> String {
        let timestamp = timestamp(self.at);
        let scope = Scope {
            date: timestamp[..8].to_owned(),
            region: self.region.clone(),
            service: "sts".to_owned(),
        };
        let headers = self.headers();
        let mut query = self.query(&timestamp, &scope, &headers);
        let request = UnsignedGet {
            path: "/",
            query: &query,
            headers: &headers,
            body_hash: EMPTY_BODY,
        };
        let signature = signature(&request, &timestamp, &scope, &self.secret_access_key);
        query.push(("X-Amz-Signature".to_owned(), signature));
        let pairs: Vec<String> = query
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        format!("https://{}/?{}", self.host, pairs.join("&"))
    }

    fn headers(&self) -> Vec<(String, String)> {
        let cluster = self
            .cluster
            .iter()
            .map(|name| (CLUSTER_HEADER.to_owned(), name.clone()));
        std::iter::once(("host".to_owned(), self.host.clone()))
            .chain(cluster)
            .collect()
    }

    fn query(&self, timestamp: &str, scope: &Scope, headers: &[(String, String)]) -> Vec<(String, String)> {
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let mut query = vec![
            ("Action", self.action.clone()),
            ("Version", "2011-06-15".to_owned()),
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            (
                "X-Amz-Credential",
                format!("{}/{}", self.access_key_id, scope.text()),
            ),
            ("X-Amz-Date", timestamp.to_owned()),
            ("X-Amz-Expires", self.expires.to_string()),
            ("X-Amz-SignedHeaders", names.join(";")),
        ];
        query.extend(
            self.session_token
                .iter()
                .map(|token| ("X-Amz-Security-Token", token.clone())),
        );
        query
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// `X-Amz-Date`: basic ISO 8601 in UTC.
fn timestamp(at: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    // The format has no component that a date could lack.
    at.to_offset(time::UtcOffset::UTC)
        .format(format)
        .unwrap_or_default()
}
