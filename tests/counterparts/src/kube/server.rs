//! Starts the processes of a control plane in their order, each on a free port.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::SERVICE_CIDR;
use super::pki::{Certificate, Pki, Validity};
use crate::cache;
use crate::eks::Webhook;
use crate::error::Result;
use crate::go::Program;
use crate::http_client::{HttpClient, answers};
use crate::launch::{launch, log};
use crate::moto::EksCluster;
use crate::port::Port;
use crate::process::{Process, wait_for};
use crate::workspace::Workspace;

const READY: Duration = Duration::from_secs(90);

/// What a control plane shall have.
#[derive(Debug, Clone)]
pub struct KubeOptions {
    /// The EKS name of the cluster, which tokens are bound to.
    pub cluster: String,
    /// Whether the controller manager runs: without it no DaemonSet gets a status.
    pub controllers: bool,
    /// Whether the scheduler runs: without it every pod stays pending.
    pub scheduler: bool,
}

impl KubeOptions {
    /// A cluster of this name with its controllers and without a scheduler.
    #[must_use]
    pub fn new(cluster: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
            controllers: true,
            scheduler: false,
        }
    }

    /// The same with a scheduler.
    #[must_use]
    pub fn with_scheduler(self) -> Self {
        Self {
            scheduler: true,
            ..self
        }
    }
}

/// A running control plane; dropping it stops all of it.
#[derive(Debug)]
pub struct KubeApiServer {
    // Stopped in this order.
    scheduler: Option<Process>,
    controllers: Option<Process>,
    apiserver: Mutex<Option<Process>>,
    _etcd: Process,
    webhook: Webhook,
    pub(super) client: HttpClient,
    pub(super) admin_token: String,
    options: KubeOptions,
    pki: Pki,
    url: String,
    plan: Plan,
}

/// Where the parts of a control plane find one another, before any of them runs.
#[derive(Debug)]
struct Plan {
    work: Workspace,
    etcd: Port,
    peer: Port,
    api: Port,
    manager: Port,
    scheduler: Port,
}

impl KubeApiServer {
    /// Builds what is not in the cache, starts everything, waits until the API server answers.
    ///
    /// # Errors
    /// Go is missing, a build fails, or a server does not come up (with the end of its log).
    pub fn start(options: &KubeOptions) -> Result<Self> {
        let plan = Plan::new()?;
        let webhook = Webhook::start(&options.cluster)?;
        let pki = Pki::generate()?;
        let admin_token = token(&pki);
        plan.write_files(&pki, &admin_token, &webhook.url())?;
        let client = HttpClient::trusting(&pki.ca);
        let etcd = plan.start_etcd()?;
        let apiserver = plan.start_apiserver(&client)?;
        let controllers = options
            .controllers
            .then(|| plan.start_loop(Program::KubeControllerManager, &client))
            .transpose()?;
        let scheduler = options
            .scheduler
            .then(|| plan.start_loop(Program::KubeScheduler, &client))
            .transpose()?;
        let server = Self {
            scheduler,
            controllers,
            apiserver: Mutex::new(Some(apiserver)),
            _etcd: etcd,
            webhook,
            client,
            admin_token,
            options: options.clone(),
            pki,
            url: plan.url(),
            plan,
        };
        server.wait_for_default_namespace()?;
        Ok(server)
    }

    /// Kills the API server, as a node that fails does; what etcd holds stays.
    ///
    /// # Errors
    /// Its address is not free in time.
    pub fn kill_api_server(&self) -> Result<()> {
        drop(self.apiserver().take());
        let free = || {
            let taken = || format!("port {} is taken", self.plan.api.number());
            self.plan.api.is_free().then_some(()).ok_or_else(taken)
        };
        wait_for("the API server's end", READY, free)
    }

    /// Starts the API server again, at the same address.
    ///
    /// # Errors
    /// It does not come up.
    pub fn restart_api_server(&self) -> Result<()> {
        self.restart_with(Validity::Good)
    }

    /// Starts the API server again with a certificate of this validity; the methods that send requests take the good one
    /// only.
    ///
    /// # Errors
    /// It does not come up.
    pub fn restart_with(&self, validity: Validity) -> Result<()> {
        self.kill_api_server()?;
        let shown = self.pki.server(validity)?;
        self.plan.work.write("tls.crt", shown.certificate)?;
        self.plan.work.write("tls.key", shown.key)?;
        let started = self.plan.start_apiserver(&HttpClient::trusting_anyone())?;
        *self.apiserver() = Some(started);
        Ok(())
    }

    /// A certificate by which the API server takes its holder for this user.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn client_certificate(&self, user: &str, groups: &[&str], validity: Validity) -> Result<Certificate> {
        self.pki.client(user, groups, validity)
    }

    fn apiserver(&self) -> MutexGuard<'_, Option<Process>> {
        self.apiserver.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate authority as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.pki.ca
    }

    /// A bearer token of a user in `system:masters` that is not an AWS user.
    #[must_use]
    pub fn admin_token(&self) -> &str {
        &self.admin_token
    }

    /// A kubeconfig file with [`KubeApiServer::admin_token`]; it lives as long as the server.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.plan.work.path().join("kubeconfig")
    }

    /// The EKS name of the cluster.
    #[must_use]
    pub fn cluster(&self) -> &str {
        &self.options.cluster
    }

    /// The webhook that decides about AWS users.
    #[must_use]
    pub fn webhook(&self) -> &Webhook {
        &self.webhook
    }

    /// The cluster as EKS shall describe it.
    #[must_use]
    pub fn eks_cluster(&self, region: &str) -> EksCluster {
        let version = Program::KubeApiServer.version().unwrap_or_default();
        let minor: Vec<&str> = version.trim_start_matches('v').split('.').take(2).collect();
        EksCluster {
            name: self.options.cluster.clone(),
            region: region.to_owned(),
            endpoint: self.url.clone(),
            certificate_authority: STANDARD.encode(&self.pki.ca),
            version: minor.join("."),
        }
    }

    /// The logs of all processes: name and text.
    #[must_use]
    pub fn logs(&self) -> Vec<(&'static str, String)> {
        let names = [
            Program::Etcd,
            Program::KubeApiServer,
            Program::KubeControllerManager,
            Program::KubeScheduler,
        ];
        names
            .map(|program| (program.name(), log(program, &self.plan.work)))
            .into()
    }

    /// Whether the controller manager runs.
    #[must_use]
    pub fn has_controllers(&self) -> bool {
        self.controllers.is_some()
    }

    /// Whether the scheduler runs.
    #[must_use]
    pub fn has_scheduler(&self) -> bool {
        self.scheduler.is_some()
    }

    fn wait_for_default_namespace(&self) -> Result<()> {
        let bearer = format!("Bearer {}", self.admin_token);
        let url = format!("{}/api/v1/namespaces/default", self.url);
        let ready = || {
            let answer = self
                .client
                .send(http::Method::GET, &url, &[("authorization", &bearer)], "");
            match answer {
                Ok(answer) if answer.status == 200 => Ok(()),
                Ok(answer) => Err(format!("namespace default: {}", answer.status)),
                Err(error) => Err(error.to_string()),
            }
        };
        match self.apiserver().as_mut() {
            Some(process) => process.wait_ready(READY, ready),
            None => Ok(()),
        }
    }
}

impl Plan {
    fn new() -> Result<Self> {
        Ok(Self {
            work: Workspace::new("kube")?,
            etcd: Port::reserve()?,
            peer: Port::reserve()?,
            api: Port::reserve()?,
            manager: Port::reserve()?,
            scheduler: Port::reserve()?,
        })
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.api.number())
    }

    fn path(&self, name: &str) -> String {
        self.work.path().join(name).display().to_string()
    }

    fn write_files(&self, pki: &Pki, admin_token: &str, webhook: &str) -> Result<()> {
        let files = [
            ("ca.crt", pki.ca.clone()),
            ("tls.crt", pki.server.certificate.clone()),
            ("tls.key", pki.server.key.clone()),
            ("sa.key", pki.service_account_key.clone()),
            ("sa.pub", pki.service_account_public.clone()),
            (
                "tokens.csv",
                format!("{admin_token},admin,1,\"system:masters\"\n"),
            ),
            (
                "kubeconfig",
                kubeconfig(&self.url(), Some((&pki.ca, admin_token))),
            ),
            ("webhook", kubeconfig(webhook, None)),
        ];
        for (name, content) in files {
            self.work.write(name, content)?;
        }
        Ok(())
    }

    fn launch(&self, program: Program, flags: &[String]) -> Result<Process> {
        launch(program, &self.work, flags, &[])
    }

    fn start_etcd(&self) -> Result<Process> {
        let client = format!("http://127.0.0.1:{}", self.etcd.number());
        let peer = format!("http://127.0.0.1:{}", self.peer.number());
        let flags = [
            format!("--data-dir={}", self.path("etcd")),
            format!("--listen-client-urls={client}"),
            format!("--advertise-client-urls={client}"),
            format!("--listen-peer-urls={peer}"),
            format!("--initial-advertise-peer-urls={peer}"),
            format!("--initial-cluster=default={peer}"),
            // The data does not outlive the test.
            "--unsafe-no-fsync".to_owned(),
        ];
        let mut etcd = self.launch(Program::Etcd, &flags)?;
        let (plain, health) = (HttpClient::plain(), format!("{client}/health"));
        etcd.wait_ready(READY, || answers(&plain, &health))?;
        Ok(etcd)
    }

    fn start_apiserver(&self, client: &HttpClient) -> Result<Process> {
        let flags = [
            format!("--etcd-servers=http://127.0.0.1:{}", self.etcd.number()),
            format!("--secure-port={}", self.api.number()),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--cert-dir={}", self.path("certs")),
            format!("--tls-cert-file={}", self.path("tls.crt")),
            format!("--tls-private-key-file={}", self.path("tls.key")),
            "--service-account-issuer=https://kubernetes.default.svc".to_owned(),
            format!("--service-account-key-file={}", self.path("sa.pub")),
            format!("--service-account-signing-key-file={}", self.path("sa.key")),
            format!("--service-cluster-ip-range={SERVICE_CIDR}"),
            format!("--token-auth-file={}", self.path("tokens.csv")),
            format!("--client-ca-file={}", self.path("ca.crt")),
            "--authorization-mode=RBAC".to_owned(),
            // On by default from 1.36 on: a DeviceClass may serve an extended resource.
            "--feature-gates=DRAExtendedResource=true".to_owned(),
            // As on EKS: the MPS control daemon is privileged.
            "--allow-privileged=true".to_owned(),
            // Pods would wait for the tokens of a kubelet that does not exist.
            "--disable-admission-plugins=ServiceAccount".to_owned(),
            format!(
                "--authentication-token-webhook-config-file={}",
                self.path("webhook")
            ),
            "--authentication-token-webhook-version=v1".to_owned(),
            // Refusals are judged anew each time; what was accepted the API server itself remembers for 10 s.
            "--authentication-token-webhook-cache-ttl=0s".to_owned(),
        ];
        let mut apiserver = self.launch(Program::KubeApiServer, &flags)?;
        let ready = format!("{}/readyz", self.url());
        apiserver.wait_ready(READY, || answers(client, &ready))?;
        Ok(apiserver)
    }

    /// Starts the controller manager or the scheduler: both are loops that watch the API server.
    fn start_loop(&self, program: Program, client: &HttpClient) -> Result<Process> {
        let manager = program == Program::KubeControllerManager;
        let port = if manager { &self.manager } else { &self.scheduler }.number();
        let mut flags = vec![
            format!("--kubeconfig={}", self.path("kubeconfig")),
            "--leader-elect=false".to_owned(),
            "--bind-address=127.0.0.1".to_owned(),
            format!("--secure-port={port}"),
            format!("--cert-dir={}", self.path("certs")),
            format!("--tls-cert-file={}", self.path("tls.crt")),
            format!("--tls-private-key-file={}", self.path("tls.key")),
            "--authentication-skip-lookup=true".to_owned(),
        ];
        if manager {
            let key = self.path("sa.key");
            flags.push(format!("--service-account-private-key-file={key}"));
        }
        let mut process = self.launch(program, &flags)?;
        let health = format!("https://127.0.0.1:{port}/healthz");
        process.wait_ready(READY, || answers(client, &health))?;
        Ok(process)
    }
}

/// 32 hex digits that nobody can guess: they follow from a key that was just generated.
fn token(pki: &Pki) -> String {
    format!(
        "{}{}",
        cache::key([pki.server.key.as_bytes()]),
        cache::key([pki.service_account_key.as_bytes()])
    )
}

/// A kubeconfig in JSON, which is YAML too.
fn kubeconfig(server: &str, trust: Option<(&str, &str)>) -> String {
    let mut cluster = json!({ "server": server });
    let mut user = json!({});
    if let Some((ca, token)) = trust {
        cluster["certificate-authority-data"] = STANDARD.encode(ca).into();
        user["token"] = token.into();
    }
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": "counterpart", "cluster": cluster }],
        "users": [{ "name": "counterpart", "user": user }],
        "contexts": [{ "name": "counterpart", "context": { "cluster": "counterpart", "user": "counterpart" } }],
        "current-context": "counterpart",
    })
    .to_string()
}
