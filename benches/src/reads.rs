//! Bare API reads, without SDK and without Terraform: the floor of a refresh.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use counterparts::{HttpClient, KubeApiServer, query};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::{Bench, Failure};

/// One `DescribeLaunchTemplateVersions` for each name, all at once.
pub(crate) fn all_at_once(bench: &Bench, names: &[String]) -> Result<Duration, Failure> {
    let (client, endpoint) = (HttpClient::plain(), bench.moto.url());
    let start = Instant::now();
    thread::scope(|scope| {
        let calls: Vec<_> = names
            .iter()
            .map(|name| scope.spawn(|| read(&client, &endpoint, name)))
            .collect();
        calls
            .into_iter()
            .try_for_each(|call| call.join().map_err(|_| "a read panicked")?)
    })?;
    Ok(start.elapsed())
}

fn read(client: &HttpClient, endpoint: &str, name: &str) -> Result<(), Failure> {
    let parameters = [
        ("Action", "DescribeLaunchTemplateVersions"),
        ("Version", "2016-11-15"),
        ("LaunchTemplateName", name),
        ("LaunchTemplateVersion.1", "$Latest"),
    ];
    let answer = query(client, endpoint, "ec2", "us-east-1", &parameters)?;
    match answer.status == 200 && answer.body.contains(name) {
        true => Ok(()),
        false => Err(format!("EC2 answers {} for {name}: {}", answer.status, answer.body).into()),
    }
}

/// Reads of an API server by the client that the provider has as well, over one HTTP/2 connection.
pub(crate) struct Reader {
    runtime: Runtime,
    tls: ClientConfig,
    server: String,
    token: String,
}

impl Reader {
    pub(crate) fn new(server: &KubeApiServer) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(server.ca_pem().as_bytes())?)?;
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build()?,
            tls,
            server: server.url().to_owned(),
            token: format!("Bearer {}", server.admin_token()),
        })
    }

    /// One GET for each path, all at once, the connection's opening included.
    pub(crate) fn all_at_once(&self, paths: &[String]) -> Result<Duration, Failure> {
        let start = Instant::now();
        self.runtime.block_on(self.read_all(paths))?;
        Ok(start.elapsed())
    }

    async fn read_all(&self, paths: &[String]) -> Result<(), Failure> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(self.tls.clone())
            .https_only()
            .enable_http2()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .http2_only(true)
            .build::<_, Empty<Bytes>>(connector);
        let mut reads = JoinSet::new();
        for path in paths {
            let request = http::Request::get(format!("{}{path}", self.server))
                .header("authorization", &self.token)
                .body(Empty::new())?;
            let client = client.clone();
            reads.spawn(async move {
                let answer = client.request(request).await?;
                let status = answer.status();
                let body = answer.into_body().collect().await?.to_bytes();
                match status.is_success() {
                    true => Ok(body.len()),
                    false => Err(Failure::from(format!("the API server answers {status}"))),
                }
            });
        }
        while let Some(read) = reads.join_next().await {
            read??;
        }
        Ok(())
    }
}
