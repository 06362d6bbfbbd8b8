//! From the start of the provider's process to its schema, as Terraform asks for it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tfplug::unstable::protobuf::tfplugin6::get_provider_schema::Request;
use tfplug::unstable::protobuf::tfplugin6::provider_client::ProviderClient;
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

use crate::Failure;

/// What a go-plugin host sets so that a plugin knows that it was not started by hand.
pub(crate) const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// The host's certificate; making it is not the provider's time.
pub(crate) struct Host {
    der: CertificateDer<'static>,
    key: KeyPair,
    pem: String,
}

impl Host {
    /// With a certificate as Terraform makes it: P-521, and an authority.
    pub(crate) fn new() -> Result<Self, Failure> {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512)?;
        let mut params = CertificateParams::new(["localhost".to_owned()])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let der: CertificateDer<'static> = params.self_signed(&key)?.into();
        let body = STANDARD.encode(&der);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        Ok(Self { der, key, pem })
    }

    /// Starts the provider, shakes hands and reads the schema.
    pub(crate) fn start_to_schema(&self, provider: &Path) -> Result<Duration, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let sockets = tempfile::tempdir()?;
        let mut command = self.command(provider, sockets.path());
        let start = Instant::now();
        let mut child = Started(command.spawn()?);
        let greeting = child.greeting()?;
        runtime.block_on(self.schema(&greeting))?;
        Ok(start.elapsed())
    }

    fn command(&self, provider: &Path, sockets: &Path) -> Command {
        let mut command = Command::new(provider);
        command
            .env_clear()
            .envs([
                COOKIE,
                ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
                ("PLUGIN_CLIENT_CERT", &self.pem),
            ])
            .env("PLUGIN_UNIX_SOCKET_DIR", sockets)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    async fn schema(&self, greeting: &Greeting) -> Result<(), Failure> {
        let channel = self.connect(greeting).await?;
        let mut client = ProviderClient::new(channel).max_decoding_message_size(256 << 20);
        let answer = client.get_provider_schema(Request::default()).await?.into_inner();
        match answer.resource_schemas.is_empty() {
            true => Err("the provider's schema has no resources".into()),
            false => Ok(()),
        }
    }

    async fn connect(&self, greeting: &Greeting) -> Result<Channel, Failure> {
        let config = Arc::new(self.client_config(&greeting.certificate)?);
        let socket = greeting.socket.clone();
        let connect = tower::service_fn(move |_| {
            let (socket, connector) = (socket.clone(), TlsConnector::from(Arc::clone(&config)));
            async move {
                let name = ServerName::try_from("localhost").map_err(std::io::Error::other)?;
                let stream = UnixStream::connect(socket).await?;
                connector.connect(name, stream).await.map(TokioIo::new)
            }
        });
        let endpoint = Endpoint::from_static("http://localhost");
        Ok(endpoint.connect_with_connector(connect).await?)
    }

    fn client_config(&self, server: &[u8]) -> Result<ClientConfig, Failure> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(server.to_vec()))?;
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der()).into();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![self.der.clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(config)
    }
}

/// A provider process, ended with this value.
struct Started(Child);

/// What a provider says of itself on standard output.
struct Greeting {
    socket: PathBuf,
    certificate: Vec<u8>,
}

impl Started {
    fn greeting(&mut self) -> Result<Greeting, Failure> {
        let output = self
            .0
            .stdout
            .take()
            .ok_or("the provider has no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let fields: Vec<&str> = line.trim_end().split('|').collect();
        match fields.as_slice() {
            [_, _, "unix", socket, "grpc", certificate, ..] => Ok(Greeting {
                socket: socket.into(),
                certificate: STANDARD_NO_PAD.decode(certificate)?,
            }),
            _ => Err(format!("the provider greets with {line:?}").into()),
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
