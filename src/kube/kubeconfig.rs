//! Every way of naming a cluster becomes a kubeconfig in memory, which `kube` knows how to read.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube::Config;
use kube::config::{
    AuthInfo, Cluster, Context, ExecConfig, ExecInteractiveMode, KubeConfigOptions, Kubeconfig,
    KubeconfigError, NamedAuthInfo, NamedCluster, NamedContext,
};

use sha2::{Digest as _, Sha256};

use super::cluster::{Direct, Exec, Identity, Server};
use crate::proxy::{Environment, NoSuchProxy, Proxy};

const NAME: &str = "mig";

/// Address and CA alone; who calls is added to each request.
pub(super) fn of_server(server: &Server) -> Kubeconfig {
    assemble(server, AuthInfo::default())
}

/// An API server with a token or a certificate.
pub(super) fn of_direct(direct: &Direct) -> Kubeconfig {
    let auth = match &direct.identity {
        Identity::Token(token) => AuthInfo {
            token: Some(token.expose().into()),
            ..AuthInfo::default()
        },
        Identity::TokenFile(path) => AuthInfo {
            token_file: Some(path.display().to_string()),
            ..AuthInfo::default()
        },
        Identity::Certificate { certificate, key } => AuthInfo {
            client_certificate_data: Some(base64_of_pem(certificate)),
            client_key_data: Some(base64_of_pem(key.expose()).into()),
            ..AuthInfo::default()
        },
    };
    assemble(&direct.server, auth)
}

/// An API server with a credential plugin.
pub(super) fn of_exec(exec: &Exec) -> Kubeconfig {
    let env = exec.env.iter().map(|(name, value)| {
        let pair = [("name", name.as_str()), ("value", value.expose())];
        pair.map(|(key, text)| (key.to_owned(), text.to_owned()))
            .into_iter()
            .collect::<HashMap<_, _>>()
    });
    let plugin = ExecConfig {
        api_version: Some(exec.api_version.clone()),
        command: Some(exec.command.clone()),
        args: Some(exec.args.clone()),
        env: Some(env.collect()),
        ..ExecConfig::default()
    };
    assemble(
        &exec.server,
        AuthInfo {
            exec: Some(plugin),
            ..AuthInfo::default()
        },
    )
}

/// The file at `path`, and nothing else: neither `KUBECONFIG` nor `~/.kube/config`.
pub(super) fn of_file(path: &Path) -> Result<Kubeconfig, KubeconfigError> {
    Kubeconfig::read_from(home_expanded(path))
}

/// The names of the contexts of a file; none where it cannot be read.
pub fn contexts(path: &Path) -> Option<Vec<String>> {
    let file = of_file(path).ok()?;
    Some(file.contexts.into_iter().map(|context| context.name).collect())
}

fn home_expanded(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

fn assemble(server: &Server, auth: AuthInfo) -> Kubeconfig {
    let cluster = Cluster {
        server: Some(server.host.clone()),
        certificate_authority_data: server.ca.as_deref().map(base64_of_pem),
        insecure_skip_tls_verify: Some(server.insecure),
        tls_server_name: server.tls_server_name.clone(),
        ..Cluster::default()
    };
    let context = Context {
        cluster: NAME.into(),
        user: Some(NAME.into()),
        ..Context::default()
    };
    Kubeconfig {
        clusters: vec![NamedCluster {
            name: NAME.into(),
            cluster: Some(cluster),
            other: Default::default(),
        }],
        auth_infos: vec![NamedAuthInfo {
            name: NAME.into(),
            auth_info: Some(auth),
            other: Default::default(),
        }],
        contexts: vec![NamedContext {
            name: NAME.into(),
            context: Some(context),
            other: Default::default(),
        }],
        current_context: Some(NAME.into()),
        ..Kubeconfig::default()
    }
}

/// PEM text as base64; what is base64 already stays, without the line ends some tools add.
fn base64_of_pem(text: &str) -> String {
    if text.contains("-----BEGIN") {
        return STANDARD.encode(text);
    }
    text.split_whitespace().collect()
}

/// How a server is reached: its address, its certificate, who calls, and through which proxy.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// All but the proxy, which is never in it.
    pub(super) config: Config,
    /// The proxy, if one leads to the server.
    pub(super) proxy: Option<Proxy>,
}

impl Settings {
    /// The program that gives the credentials, if one does.
    pub(super) fn plugin(&self) -> Option<&str> {
        self.config.auth_info.exec.as_ref()?.command.as_deref()
    }
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    /// The kubeconfig itself.
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    /// The proxy that the kubeconfig or the environment names.
    #[error(transparent)]
    Proxy(#[from] NoSuchProxy),
}

/// What an API server is known by, whatever file or context leads to it: a fingerprint of its URL and its CA. `None` where
/// the file cannot be read or names none.
pub(super) fn server_id(path: &Path, context: Option<&str>) -> Option<String> {
    let kubeconfig = of_file(path).ok()?;
    let cluster = cluster_in_use(&kubeconfig, context)?;
    let server = cluster.server.as_deref()?.trim_end_matches('/');
    let ca = match (
        &cluster.certificate_authority_data,
        &cluster.certificate_authority,
    ) {
        (Some(data), _) => base64_of_pem(data),
        // kube has made the path one that does not depend on the folder of the file.
        (None, Some(file)) => STANDARD.encode(std::fs::read(file).ok()?),
        (None, None) => String::new(),
    };
    let name = cluster.tls_server_name.as_deref().unwrap_or_default();
    Some(fingerprint(&format!("{server}\n{name}\n{ca}")))
}

fn fingerprint(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cluster_in_use<'k>(kubeconfig: &'k Kubeconfig, context: Option<&str>) -> Option<&'k Cluster> {
    let name = context.or(kubeconfig.current_context.as_deref())?;
    let context = kubeconfig.contexts.iter().find(|named| named.name == name)?;
    let cluster = &context.context.as_ref()?.cluster;
    let cluster = kubeconfig.clusters.iter().find(|named| named.name == *cluster)?;
    cluster.cluster.as_ref()
}

/// The connection settings of a context. The `proxy-url` of its cluster counts whatever the environment says, and that of
/// other clusters does not; without one the environment decides.
pub(super) async fn settings(
    mut kubeconfig: Kubeconfig,
    context: Option<&str>,
) -> Result<Settings, Unusable> {
    let named = proxy_url(&kubeconfig, context);
    let clusters = kubeconfig.clusters.iter_mut();
    for cluster in clusters.filter_map(|named| named.cluster.as_mut()) {
        // Where it is set, kube does not look at the environment, whose NO_PROXY it reads more strictly than others do.
        cluster.proxy_url = Some(UNUSED_PROXY.to_owned());
    }
    // Terraform owns the terminal: a plugin that asks a question would hang without end.
    let auths = kubeconfig
        .auth_infos
        .iter_mut()
        .filter_map(|named| named.auth_info.as_mut());
    for plugin in auths.filter_map(|auth| auth.exec.as_mut()) {
        plugin.interactive_mode = Some(ExecInteractiveMode::Never);
    }
    let options = KubeConfigOptions {
        context: context.map(str::to_owned),
        ..Default::default()
    };
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await?;
    config.proxy_url = None;
    let proxy = match named {
        Some(url) => Some(Proxy::parse(&url, "proxy-url of the kubeconfig")?),
        None => Environment::of_process().proxy_for(&config.cluster_url)?,
    };
    Ok(Settings { config, proxy })
}

const UNUSED_PROXY: &str = "http://unused.invalid";

/// What the cluster of the context in use says of its proxy.
fn proxy_url(kubeconfig: &Kubeconfig, context: Option<&str>) -> Option<String> {
    let url = cluster_in_use(kubeconfig, context)?.proxy_url.clone()?;
    (!url.trim().is_empty()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(ca: &str) -> Server {
        Server {
            host: "https://10.0.0.1:6443".into(),
            ca: Some(ca.into()),
            ..Server::default()
        }
    }

    #[test]
    fn a_ca_may_be_pem_or_base64() {
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let encoded = STANDARD.encode(pem);
        let broken = format!("{}\n{}\n", &encoded[..20], &encoded[20..]);
        for ca in [pem, &encoded, &broken] {
            let made = of_server(&server(ca));
            let data = made.clusters[0]
                .cluster
                .as_ref()
                .unwrap()
                .certificate_authority_data
                .clone();
            assert_eq!(data.as_deref(), Some(encoded.as_str()));
        }
    }

    #[tokio::test]
    async fn a_direct_server_is_used_as_given() {
        let identity = Identity::Token("hunter2".into());
        let direct = Direct {
            server: Server {
                host: "https://10.0.0.1:6443".into(),
                ..Server::default()
            },
            identity,
        };
        let config = settings(of_direct(&direct), None).await.unwrap().config;
        assert_eq!(config.cluster_url, "https://10.0.0.1:6443/");
        assert!(!config.accept_invalid_certs);
    }

    #[tokio::test]
    async fn plugins_never_ask_questions() {
        let exec = Exec {
            command: "aws".into(),
            server: server("AAAA"),
            ..Exec::default()
        };
        let mut kubeconfig = of_exec(&exec);
        kubeconfig.clusters[0]
            .cluster
            .as_mut()
            .unwrap()
            .certificate_authority_data = None;
        let config = settings(kubeconfig, None).await.unwrap().config;
        assert_eq!(
            config.auth_info.exec.unwrap().interactive_mode,
            Some(ExecInteractiveMode::Never)
        );
    }

    /// Two clusters, of which the second has a proxy on localhost, which `NO_PROXY` says nothing about.
    #[tokio::test]
    async fn the_proxy_of_the_context_in_use_counts() {
        let text = "
clusters:
- {name: a, cluster: {server: 'https://a.example.com'}}
- {name: b, cluster: {server: 'https://b.example.com', proxy-url: 'socks5://127.0.0.1:1080'}}
contexts:
- {name: a, context: {cluster: a, user: u}}
- {name: b, context: {cluster: b, user: u}}
users: [{name: u, user: {token: t}}]
current-context: a
";
        let kubeconfig = Kubeconfig::from_yaml(text).unwrap();
        let of = async |context| settings(kubeconfig.clone(), context).await.unwrap();
        let through = of(Some("b")).await;
        assert_eq!(through.proxy.as_ref().unwrap().address(), "127.0.0.1:1080");
        assert!(
            through
                .proxy
                .unwrap()
                .to_string()
                .contains("proxy-url of the kubeconfig")
        );
        assert_eq!(through.config.proxy_url, None);
        let direct = of(None).await;
        assert_eq!(direct.config.cluster_url, "https://a.example.com/");
        assert!(
            direct
                .proxy
                .is_none_or(|proxy| proxy.source != "proxy-url of the kubeconfig")
        );
    }

    /// By another path, by a link, by the context's name: the same server. Another CA behind the same address is another one:
    /// tunnels to several clusters end at the same port of this machine.
    #[test]
    fn a_server_is_known_whatever_leads_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, server: &str, ca: &str| {
            let data = STANDARD.encode(ca);
            let text = format!(
                "clusters: [{{name: c, cluster: {{server: '{server}', certificate-authority-data: {data}}}}}]\n\
                 contexts: [{{name: x, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {{token: t}}}}]\n\
                 current-context: x\n"
            );
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let first = write("first", "https://127.0.0.1:6443", "A");
        let same = write("copy", "https://127.0.0.1:6443/", "A");
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&first, &link).unwrap();
        let id = server_id(&first, None);
        assert!(id.is_some());
        for (path, context) in [(&same, None), (&link, None), (&first, Some("x"))] {
            assert_eq!(server_id(path, context), id);
        }
        assert_ne!(
            server_id(&write("other-ca", "https://127.0.0.1:6443", "B"), None),
            id
        );
        assert_ne!(
            server_id(&write("other", "https://127.0.0.1:6444", "A"), None),
            id
        );
        assert_eq!(server_id(&folder.path().join("none"), None), None);
        assert_eq!(server_id(&first, Some("y")), None);
    }

    #[test]
    fn only_the_named_file_is_read() {
        let missing = of_file(Path::new("/nonexistent/config")).unwrap_err();
        assert!(missing.to_string().contains("/nonexistent/config"), "{missing}");
    }
}
