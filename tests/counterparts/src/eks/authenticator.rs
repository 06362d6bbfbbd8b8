//! Judges a bearer token as aws-iam-authenticator (`pkg/token`) and STS together do for an EKS cluster.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};
use url::Url;

use super::AccessKey;
use super::presign::{CLUSTER_HEADER, TOKEN_PREFIX};
use super::sigv4::{EMPTY_BODY, Scope, UnsignedGet, signature};
use crate::moto::IssuedCredentials;

/// The authenticator decodes nothing longer.
const MAX_TOKEN_BYTES: usize = 4096;
/// STS takes a presigned GetCallerIdentity for this long after `X-Amz-Date`, whatever `X-Amz-Expires` says.
const VALID_FOR: Duration = Duration::minutes(15);
/// How far ahead of STS a signer's clock may be.
const CLOCK_SKEW: Duration = Duration::minutes(5);
const MAX_EXPIRES: u32 = 900;
/// The query parameters that the authenticator lets pass.
const KNOWN_PARAMETERS: [&str; 10] = [
    "action",
    "version",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
    "x-amz-user-agent",
];

/// Why a token does not open the cluster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is longer than any token of EKS.
    #[error("the token has {0} bytes, more than {MAX_TOKEN_BYTES}")]
    TooLong(usize),
    /// It is not base64url of an https URL behind the prefix.
    #[error("the token is malformed: {0}")]
    Malformed(String),
    /// The URL does not lead to STS.
    #[error("`{0}` is not an STS host")]
    NotSts(String),
    /// A query parameter is missing, unknown, there twice or has a wrong value.
    #[error("query parameter `{name}`: {fact}")]
    Parameter {
        /// Its name in lower case.
        name: String,
        /// What is wrong.
        fact: String,
    },
    /// The header that binds a token to one cluster is not among the signed ones.
    #[error("the signed headers `{0}` lack `x-k8s-aws-id`")]
    ClusterNotSigned(String),
    /// It was signed too long ago or in the future.
    #[error("signed at {signed}, which is {fact}")]
    Date {
        /// `X-Amz-Date`.
        signed: String,
        /// How it misses.
        fact: &'static str,
    },
    /// AWS does not know the access key, or its session token differs.
    #[error("access key `{0}`: the security token included in the request is invalid")]
    UnknownKey(String),
    /// Signed with another secret, for another cluster, or changed afterwards.
    #[error("the signature does not match for cluster `{0}`: another cluster's token or a wrong secret key")]
    Signature(String),
    /// AWS knows the caller, the cluster does not.
    #[error("no access entry for `{0}`")]
    NotMapped(String),
}

/// Who an accepted token stands for, in Kubernetes' terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user name that audit logs and managed fields show.
    pub username: String,
    /// The groups that RBAC sees.
    pub groups: Vec<String>,
    /// The AWS principal.
    pub arn: String,
    /// The access key that signed.
    pub access_key_id: String,
}

/// What a cluster lets a principal be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEntry {
    /// User name in Kubernetes.
    pub username: String,
    /// Groups in Kubernetes.
    pub groups: Vec<String>,
}

/// One cluster's judgement.
#[derive(Debug, Clone)]
pub struct Authenticator {
    /// The first is its own name, the others are clusters that it stands for as well.
    clusters: Vec<String>,
    keys: BTreeMap<String, IssuedCredentials>,
    entries: BTreeMap<String, AccessEntry>,
    hosts: BTreeSet<String>,
}

impl Authenticator {
    /// An authenticator that knows no key and maps nobody.
    #[must_use]
    pub fn new(cluster: &str) -> Self {
        Self {
            clusters: vec![cluster.to_owned()],
            keys: BTreeMap::new(),
            entries: BTreeMap::new(),
            hosts: BTreeSet::new(),
        }
    }

    /// Takes the tokens of another cluster too, which this one stands for.
    pub fn stand_for(&mut self, cluster: &str) {
        self.clusters.push(cluster.to_owned());
    }

    /// Lets AWS know an access key.
    pub fn add_key(&mut self, key: &AccessKey) {
        let issued = IssuedCredentials {
            secret_access_key: key.secret_access_key.to_owned(),
            session_token: None,
            arn: key.arn.to_owned(),
            session_name: None,
        };
        self.keys.insert(key.access_key_id.to_owned(), issued);
    }

    /// Adds or replaces the access entry of a principal (a user or a role).
    pub fn grant(&mut self, arn: &str, entry: AccessEntry) {
        self.entries.insert(arn.to_owned(), entry);
    }

    /// Removes the access entry of a principal.
    pub fn revoke(&mut self, arn: &str) {
        self.entries.remove(arn);
    }

    /// Takes `host` (with its port) for STS too, over http as well; EKS itself never would.
    pub fn allow_sts_host(&mut self, host: &str) {
        self.hosts.insert(host.to_owned());
    }

    /// Judges a token; `issued` is asked for keys that [`Authenticator::add_key`] did not name.
    ///
    /// # Errors
    /// The first reason why EKS would refuse it.
    pub fn authenticate(
        &self,
        token: &str,
        now: OffsetDateTime,
        issued: impl FnOnce(&str) -> Option<IssuedCredentials>,
    ) -> Result<User, Refusal> {
        let url = self.presigned_url(token)?;
        let query = Query::of(&url)?;
        query.check_form()?;
        query.check_date(now)?;
        let (key_id, scope) = query.credential()?;
        let unknown = || Refusal::UnknownKey(key_id.clone());
        let key = self
            .keys
            .get(&key_id)
            .cloned()
            .or_else(|| issued(&key_id))
            .ok_or_else(unknown)?;
        if query.get("x-amz-security-token") != key.session_token.as_deref() {
            return Err(unknown());
        }
        let verdicts = self
            .clusters
            .iter()
            .map(|cluster| check_signature(cluster, &url, &query, &scope, &key.secret_access_key));
        any_of(verdicts)?;
        let entry = self
            .entries
            .get(&key.arn)
            .ok_or_else(|| Refusal::NotMapped(key.arn.clone()))?;
        Ok(User {
            username: entry.username.clone(),
            groups: entry.groups.clone(),
            arn: key.arn,
            access_key_id: key_id,
        })
    }

    fn presigned_url(&self, token: &str) -> Result<Url, Refusal> {
        let malformed = |fact: &str| Refusal::Malformed(fact.to_owned());
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Refusal::TooLong(token.len()));
        }
        let encoded = token
            .strip_prefix(TOKEN_PREFIX)
            .ok_or_else(|| malformed("it does not begin with `k8s-aws-v1.`"))?;
        let bytes = URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|error| Refusal::Malformed(format!("not base64url without padding: {error}")))?;
        let text = String::from_utf8(bytes).map_err(|_| malformed("not UTF-8"))?;
        let url = Url::parse(&text).map_err(|error| Refusal::Malformed(format!("not a URL: {error}")))?;
        let host = authority(&url);
        let allowed = self.hosts.contains(&host);
        if url.scheme() != "https" && !allowed {
            return Err(malformed("the URL is not https"));
        }
        if !allowed && !is_sts(&host) {
            return Err(Refusal::NotSts(host));
        }
        if url.path() != "/" {
            return Err(malformed("the URL has a path"));
        }
        Ok(url)
    }
}

/// Whether it was signed for this cluster.
fn check_signature(
    cluster: &str,
    url: &Url,
    query: &Query,
    scope: &Scope,
    secret: &str,
) -> Result<(), Refusal> {
    let mismatch = || Refusal::Signature(cluster.to_owned());
    let mut headers = Vec::new();
    for name in query.required("x-amz-signedheaders")?.split(';') {
        // The authenticator's request to STS has these two; any other signed header would be missing there.
        let value = match name {
            "host" => authority(url),
            CLUSTER_HEADER => cluster.to_owned(),
            _ => return Err(mismatch()),
        };
        headers.push((name.to_owned(), value));
    }
    let unsigned = query.without_signature();
    let request = UnsignedGet {
        path: url.path(),
        query: &unsigned,
        headers: &headers,
        body_hash: EMPTY_BODY,
    };
    let expected = signature(&request, query.required("x-amz-date")?, scope, secret);
    if expected == query.required("x-amz-signature")? {
        Ok(())
    } else {
        Err(mismatch())
    }
}

/// The first verdict, unless a later one is better.
fn any_of(verdicts: impl Iterator<Item = Result<(), Refusal>>) -> Result<(), Refusal> {
    verdicts
        .reduce(|first, next| {
            if first.is_err() && next.is_ok() {
                next
            } else {
                first
            }
        })
        .unwrap_or(Ok(()))
}

/// Host with its port where it is not the scheme's own, as the `Host` header has it.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn is_sts(host: &str) -> bool {
    let region = |host: &str, suffix: &str| {
        let middle = host.strip_suffix(suffix).and_then(|rest| {
            rest.strip_prefix("sts.")
                .or_else(|| rest.strip_prefix("sts-fips."))
                .map(str::to_owned)
        });
        middle.is_some_and(|region| !region.is_empty() && !region.contains('.'))
    };
    host == "sts.amazonaws.com" || region(host, ".amazonaws.com") || region(host, ".amazonaws.com.cn")
}

/// The decoded query parameters.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(url: &Url) -> Result<Self, Refusal> {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut seen = BTreeSet::new();
        for (name, _) in &pairs {
            let name = name.to_ascii_lowercase();
            if !KNOWN_PARAMETERS.contains(&name.as_str()) {
                return Err(parameter(&name, "is not one of a presigned GetCallerIdentity"));
            }
            if !seen.insert(name.clone()) {
                return Err(parameter(&name, "is there twice"));
            }
        }
        Ok(Self(pairs))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| parameter(name, "is missing"))
    }

    fn without_signature(&self) -> Vec<(String, String)> {
        let mut pairs = self.0.clone();
        pairs.retain(|(name, _)| !name.eq_ignore_ascii_case("x-amz-signature"));
        pairs
    }

    fn check_form(&self) -> Result<(), Refusal> {
        if self.required("action")? != "GetCallerIdentity" {
            return Err(parameter("action", "is not GetCallerIdentity"));
        }
        let signed = self.required("x-amz-signedheaders")?;
        if !signed
            .split(';')
            .any(|name| name.eq_ignore_ascii_case(CLUSTER_HEADER))
        {
            return Err(Refusal::ClusterNotSigned(signed.to_owned()));
        }
        let expires = self.required("x-amz-expires")?;
        if !expires.parse::<u32>().is_ok_and(|seconds| seconds <= MAX_EXPIRES) {
            return Err(parameter(
                "x-amz-expires",
                &format!("is {expires}, allowed is 0 to {MAX_EXPIRES}"),
            ));
        }
        Ok(())
    }

    fn check_date(&self, now: OffsetDateTime) -> Result<(), Refusal> {
        let signed = self.required("x-amz-date")?;
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        let at = PrimitiveDateTime::parse(signed, format)
            .map_err(|_| parameter("x-amz-date", "is not of the form YYYYMMDDThhmmssZ"))?
            .assume_utc();
        let date = |fact| Refusal::Date {
            signed: signed.to_owned(),
            fact,
        };
        if at + VALID_FOR < now {
            return Err(date("more than 15 minutes ago"));
        }
        if at > now + CLOCK_SKEW {
            return Err(date("more than 5 minutes in the future"));
        }
        Ok(())
    }

    fn credential(&self) -> Result<(String, Scope), Refusal> {
        let text = self.required("x-amz-credential")?;
        let [key, date, region, "sts", "aws4_request"] = text.split('/').collect::<Vec<_>>()[..] else {
            return Err(parameter(
                "x-amz-credential",
                "is not KEY/DATE/REGION/sts/aws4_request",
            ));
        };
        let scope = Scope {
            date: date.to_owned(),
            region: region.to_owned(),
            service: "sts".to_owned(),
        };
        Ok((key.to_owned(), scope))
    }
}

fn parameter(name: &str, fact: &str) -> Refusal {
    Refusal::Parameter {
        name: name.to_owned(),
        fact: fact.to_owned(),
    }
}

#[cfg(test)]
#[path = "authenticator_tests.rs"]
mod tests;
