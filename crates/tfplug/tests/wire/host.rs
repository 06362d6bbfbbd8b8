//! The host's side: starts the provider as Terraform does, reads its handshake, and connects.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tfplug::unstable::protobuf::plugin::grpc_controller_client::GrpcControllerClient;
use tfplug::unstable::protobuf::tfplugin6::provider_client::ProviderClient;
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

use super::peer::ROLE;

pub(crate) const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// A certificate as Terraform makes it: P-521, and an authority.
pub(crate) struct HostCertificate {
    pub(crate) pem: String,
    der: CertificateDer<'static>,
    key: KeyPair,
}

impl HostCertificate {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let der: CertificateDer<'static> = params.self_signed(&key).unwrap().into();
        let body = base64::engine::general_purpose::STANDARD.encode(&der);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        Self { pem, der, key }
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }
}

/// The command that starts the provider, with nothing of this process's own Terraform variables.
pub(crate) fn command(role: &str, socket_dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("TF_") || name.starts_with("PLUGIN_") {
            command.env_remove(name);
        }
    }
    command
        .env(ROLE, role)
        .env("PLUGIN_UNIX_SOCKET_DIR", socket_dir)
        .stdin(Stdio::null());
    command
}

/// Starts the provider and waits for its end.
pub(crate) fn output(vars: &[(&str, &str)]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    command("plugin", dir.path())
        .envs(vars.iter().copied())
        .output()
        .unwrap()
}

/// A running provider. Ended with this value, if it has not ended before.
pub(crate) struct Peer {
    child: Child,
    /// The line of the handshake, in its fields.
    pub(crate) handshake: Vec<String>,
    stderr: Receiver<String>,
    pub(crate) dir: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// As Terraform starts it, with these variables on top.
    pub(crate) fn start(vars: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut command = command("plugin", dir.path());
        command
            .envs([COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "5,6"), ("TF_LOG", "info")])
            .envs(vars.iter().copied());
        Self::spawn(command, dir, 1)
    }

    /// The first `lines` lines of its output are its greeting.
    pub(crate) fn spawn(mut command: Command, dir: tempfile::TempDir, lines: usize) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, stderr) = channel();
        let errors = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            errors
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        for _ in 0..lines {
            line.clear();
            out.read_line(&mut line).unwrap();
        }
        // Nothing may follow the greeting; a full pipe would also stop the provider.
        std::thread::spawn(move || {
            let mut rest = String::new();
            out.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "");
        });
        let handshake = line
            .trim_end_matches('\n')
            .split('|')
            .map(str::to_owned)
            .collect();
        Self {
            child,
            handshake,
            stderr,
            dir,
        }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        PathBuf::from(&self.handshake[3])
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn interrupt(&self) {
        let pid = nix::unistd::Pid::from_raw(self.pid().try_into().unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    }

    /// Waits for a line on standard error that holds this text.
    pub(crate) fn wait_for_line(&self, text: &str) -> String {
        let mut seen = Vec::new();
        while let Ok(line) = self.stderr.recv() {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("the provider ended without the line {text:?}: {seen:#?}");
    }

    /// All lines on standard error that nothing has waited for, to its end.
    pub(crate) fn rest_of_log(&self) -> Vec<String> {
        self.stderr.iter().collect()
    }

    /// Waits for the end of the process.
    pub(crate) fn end(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Connects without TLS.
    pub(crate) async fn plain(&self) -> Channel {
        let socket = self.socket();
        let connect = tower::service_fn(move |_| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(TokioIo::new) }
        });
        Endpoint::from_static("http://localhost")
            .connect_with_connector(connect)
            .await
            .unwrap()
    }

    /// Connects as Terraform does, showing this certificate or none.
    pub(crate) async fn tls(
        &self,
        own: Option<&HostCertificate>,
    ) -> Result<Channel, tonic::transport::Error> {
        let config = Arc::new(self.client_config(own));
        let socket = self.socket();
        let connect = tower::service_fn(move |_| {
            let (socket, connector) = (socket.clone(), TlsConnector::from(Arc::clone(&config)));
            async move {
                let name = ServerName::try_from("localhost").unwrap();
                connector
                    .connect(name, UnixStream::connect(socket).await?)
                    .await
                    .map(TokioIo::new)
            }
        });
        Endpoint::from_static("http://localhost")
            .connect_with_connector(connect)
            .await
    }

    fn client_config(&self, own: Option<&HostCertificate>) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        let server = STANDARD_NO_PAD.decode(&self.handshake[5]).unwrap();
        roots.add(CertificateDer::from(server)).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match own {
            Some(own) => builder
                .with_client_auth_cert(vec![own.der.clone()], own.key())
                .unwrap(),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }
}

/// The provider's calls over a connection.
pub(crate) fn calls(channel: Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel)
        .max_decoding_message_size(256 << 20)
        .max_encoding_message_size(256 << 20)
}

/// The call that ends the provider.
pub(crate) async fn shut_down(channel: Channel) {
    GrpcControllerClient::new(channel)
        .shutdown(tfplug::unstable::protobuf::plugin::Empty {})
        .await
        .unwrap();
}

/// Runs a test's asynchronous part. The calls go on while the test itself waits for a line of the provider.
pub(crate) fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}
