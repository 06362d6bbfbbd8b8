//! moto: EC2, EKS, STS, IAM, SSM and Auto Scaling on one address.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::http_client::{HttpClient, HttpResponse, answers};
use crate::node_groups::NodeGroups;
use crate::port::Port;
use crate::process::{Process, supervised};
use crate::python::{aws_file, install_moto};
use crate::report;
use crate::workspace::Workspace;

const READY: Duration = Duration::from_secs(60);

/// The account that moto puts everything in.
pub const ACCOUNT: &str = "123456789012";

/// An EKS cluster as DescribeCluster shall answer it.
#[derive(Debug, Clone)]
pub struct EksCluster {
    /// The cluster's name.
    pub name: String,
    /// The region it is in, for example `us-east-1`.
    pub region: String,
    /// The API server's address, `https://...`.
    pub endpoint: String,
    /// The API server's certificate authority: base64 of its PEM text.
    pub certificate_authority: String,
    /// The Kubernetes version, for example `1.35`.
    pub version: String,
}

/// What moto knows of an access key that it handed out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IssuedCredentials {
    /// The secret that signatures are made with.
    pub secret_access_key: String,
    /// Only for sessions.
    pub session_token: Option<String>,
    /// The user, or the role (not the session) that was assumed.
    pub arn: String,
    /// Only for sessions.
    pub session_name: Option<String>,
}

/// A running moto server; dropping it stops it.
#[derive(Debug)]
pub struct Moto {
    process: Process,
    client: HttpClient,
    port: Port,
    work: Workspace,
}

impl Moto {
    /// Starts moto on a free port and waits until it answers.
    ///
    /// # Errors
    /// Python or moto cannot be had, or the server does not come up.
    pub fn start() -> Result<Self> {
        let python = install_moto(&Cache::open()?)?;
        let origin = if python.own {
            "of this machine"
        } else {
            "installed by us"
        };
        report::used("moto", &format!("{} ({origin})", python.version));
        let work = Workspace::new("moto")?;
        let port = Port::reserve()?;
        let mut command = supervised(&python.python);
        command
            .arg(aws_file("moto_eks.py"))
            .args(["-H", "127.0.0.1", "-p", &port.number().to_string()]);
        command
            .env("MOTO_AMIS_PATH", aws_file("amis.json"))
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let process = Process::start("moto", command, work.path().join("moto.log"))?;
        let mut moto = Self {
            process,
            client: HttpClient::plain(),
            port,
            work,
        };
        let (client, probe) = (moto.client.clone(), format!("{}/moto-api/data.json", moto.url()));
        moto.process.wait_ready(READY, || answers(&client, &probe))?;
        Ok(moto)
    }

    /// `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL` or the provider's `endpoints`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// The environment that makes AWS SDKs and CLIs speak to this server with [`crate::eks::ADMIN`]'s keys.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        crate::eks::aws_env(&self.url(), &crate::eks::ADMIN)
    }

    /// Creates an EKS cluster that points at an API server; replaces one of the same name and region.
    ///
    /// # Errors
    /// moto refuses it.
    pub fn add_eks_cluster(&self, cluster: &EksCluster) -> Result<()> {
        let body = json!({
            "account": ACCOUNT,
            "name": cluster.name,
            "region": cluster.region,
            "endpoint": cluster.endpoint,
            "certificate_authority": cluster.certificate_authority,
            "version": cluster.version,
            "service_cidr": crate::kube::SERVICE_CIDR,
        });
        self.post("moto-api/eks-clusters", &body.to_string(), 201)
    }

    /// What moto knows of an access key; `None` if it never handed it out.
    ///
    /// # Errors
    /// moto does not answer, or not as expected.
    pub fn credentials(&self, access_key_id: &str) -> Result<Option<IssuedCredentials>> {
        issued_credentials(&self.client, &self.url(), access_key_id)
    }

    /// Calls an action of a query service (EC2, STS, IAM, Auto Scaling) as a colleague with another tool would.
    ///
    /// # Errors
    /// No answer; a status is never an error.
    pub fn query(&self, service: &str, region: &str, parameters: &[(&str, &str)]) -> Result<HttpResponse> {
        query(&self.client, &self.url(), service, region, parameters)
    }

    /// Calls EKS as a colleague with another tool would; without a body if it is empty.
    ///
    /// # Errors
    /// No answer; a status is never an error.
    pub fn eks(&self, method: Method, region: &str, path: &str, body: &str) -> Result<HttpResponse> {
        let authorization = authorization("eks", region);
        let headers = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
        ];
        self.client
            .send(method, &format!("{}{path}", self.url()), &headers, body)
    }

    /// The subnets of the VPC that every region has from the beginning, for node groups to be in.
    ///
    /// # Errors
    /// No answer.
    pub fn default_subnets(&self, region: &str) -> Result<Vec<String>> {
        let parameters = [
            ("Action", "DescribeSubnets"),
            ("Version", "2016-11-15"),
            ("Filter.1.Name", "default-for-az"),
            ("Filter.1.Value.1", "true"),
        ];
        let answer = self.query("ec2", region, &parameters)?;
        let ids = answer.elements("subnetId").into_iter();
        Ok(ids.map(str::to_owned).collect())
    }

    /// What a test can order for the managed node groups of a cluster beyond the API.
    #[must_use]
    pub fn node_groups(&self, region: &str, cluster: &str) -> NodeGroups<'_> {
        NodeGroups::new(self, region, cluster)
    }

    /// Forgets every object, as if moto had just been started.
    ///
    /// # Errors
    /// moto does not answer.
    pub fn reset(&self) -> Result<()> {
        self.post("moto-api/reset", "", 200)
    }

    /// The server's log so far: one line per request, and Python's trace for what moto cannot do.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Where the log is, while the server runs.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.work.path().join("moto.log")
    }

    /// Calls one of moto's or the plug-in's own endpoints.
    pub(crate) fn post(&self, path: &str, body: &str, expected: u16) -> Result<()> {
        let url = format!("{}/{path}", self.url());
        let headers = [("content-type", "application/json")];
        let answer = self.client.send(Method::POST, &url, &headers, body)?;
        if answer.status == expected {
            return Ok(());
        }
        let fact = format!("status {}, expected {expected}: {}", answer.status, answer.body);
        Err(Error::Answer {
            request: format!("POST {url}"),
            fact,
        })
    }
}

/// Calls an action of a query service at `endpoint`: moto itself or a proxy in front of it.
///
/// # Errors
/// No answer; a status is never an error.
pub fn query(
    client: &HttpClient,
    endpoint: &str,
    service: &str,
    region: &str,
    parameters: &[(&str, &str)],
) -> Result<HttpResponse> {
    let authorization = authorization(service, region);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    client.send(Method::POST, endpoint, &headers, &body)
}

/// The header of a signed request: moto reads service and region from it and does not check the signature.
fn authorization(service: &str, region: &str) -> String {
    let key = crate::eks::ADMIN.access_key_id;
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20261123/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// Asks a moto server for what it knows of an access key.
pub(crate) fn issued_credentials(
    client: &HttpClient,
    moto: &str,
    access_key_id: &str,
) -> Result<Option<IssuedCredentials>> {
    let query: String = url::form_urlencoded::byte_serialize(access_key_id.as_bytes()).collect();
    let url = format!("{moto}/moto-api/credentials?access_key_id={query}");
    let answer = client.get(&url)?;
    if answer.status == 404 {
        return Ok(None);
    }
    let failed = |error: serde_json::Error| Error::Answer {
        request: format!("GET {url}"),
        fact: format!("status {}, {error}: {}", answer.status, answer.body),
    };
    serde_json::from_str(&answer.body).map(Some).map_err(failed)
}
