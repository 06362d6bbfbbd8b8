//! Files over TLS, as a registry or a mirror of providers serves them.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use http::{Response, StatusCode};
use hyper::body::Bytes;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::background::{Body, Server};
use crate::error::{Error, Result};
use crate::kube::{Certificate, Pki};
use crate::workspace::Workspace;

/// A running server of the files in a folder, read at each request; dropping it stops it.
#[derive(Debug)]
pub struct Site {
    server: Server,
    /// With the authority's certificate.
    work: Workspace,
}

impl Site {
    /// Serves a folder.
    ///
    /// # Errors
    /// No port can be listened on, or no certificate can be made.
    pub fn start(folder: impl Into<PathBuf>) -> Result<Self> {
        let pki = Pki::generate()?;
        let work = Workspace::new("site")?;
        work.write("ca.pem", &pki.ca)?;
        let folder: PathBuf = folder.into();
        let handler = move |request: http::Request<_>| {
            let answer = answer(&folder, request.uri().path());
            async { Ok(answer) }
        };
        let server = Server::start_tls(acceptor(&pki.server)?, handler)?;
        Ok(Self { server, work })
    }

    /// `localhost:PORT`, as in a provider's source address.
    #[must_use]
    pub fn host(&self) -> String {
        format!("localhost:{}", self.server.port())
    }

    /// The file with the certificate of the authority that clients have to trust.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.work.path().join("ca.pem")
    }
}

fn acceptor(server: &Certificate) -> Result<TlsAcceptor> {
    let unreadable = |error: rustls::pki_types::pem::Error| Error::Answer {
        request: "read a certificate that was just made".to_owned(),
        fact: error.to_string(),
    };
    let certificate = CertificateDer::from_pem_slice(server.certificate.as_bytes()).map_err(unreadable)?;
    let key = PrivateKeyDer::from_pem_slice(server.key.as_bytes()).map_err(unreadable)?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A file below the folder. One without a dot in its name is an answer of a registry's API.
fn answer(folder: &Path, path: &str) -> Response<Body> {
    let name = Path::new(path.trim_start_matches('/'));
    let below = name.components().all(|part| matches!(part, Component::Normal(_)));
    let content = if below {
        fs::read(folder.join(name)).ok()
    } else {
        None
    };
    let kind = match name.extension().and_then(|extension| extension.to_str()) {
        None | Some("json") => "application/json",
        Some(_) => "application/octet-stream",
    };
    let status = if content.is_some() {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let mut response = Response::new(Body::new(Bytes::from(content.unwrap_or_default())));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    response
}
