//! Proxies, as kubectl treats them: the decisions in a table beside Go's own, and the ways through real ones.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use counterparts::{Cache, Program, install, install_moto};
use provider::proxy::Environment;

use crate::support::kube::{KUBE, make_namespace, objects};
use crate::support::{Ground, assert_says, with_tofu};

const CLUSTER: &str = "https://ABC.gr7.us-east-1.eks.amazonaws.com";

/// What people write into NO_PROXY.
const NO_PROXY: [&str; 32] = [
    "",
    "*",
    " * ",
    "localhost,127.0.0.1,",
    "localhost,/var/run/docker.sock",
    "/var/run/docker.sock,.amazonaws.com",
    ",,amazonaws.com",
    "amazonaws.com",
    ".amazonaws.com",
    "*.amazonaws.com",
    "*.eks.amazonaws.com , other",
    "AMAZONAWS.COM",
    "amazonaws.com:443",
    "amazonaws.com:8443",
    "amazonaws.com:",
    "abc.gr7.us-east-1.eks.amazonaws.com",
    "ABC.gr7.us-east-1.eks.amazonaws.com:443",
    "https://abc.gr7.us-east-1.eks.amazonaws.com",
    "zabc.gr7.us-east-1.eks.amazonaws.com",
    "aws.com",
    "10.0.0.0/8",
    "10.0.0.0/33,10.1.2.3",
    "10.1.2.3",
    "10.1.2.3:6443",
    "10.1.2.3:443",
    "fd00::/8",
    "fd12::1",
    "[fd12::1]:6443",
    "0.0.0.0/0",
    ":443",
    "*amazonaws.com",
    "a b,.com",
];

const SERVERS: [&str; 9] = [
    CLUSTER,
    "https://amazonaws.com",
    "https://10.1.2.3:6443",
    "https://10.1.2.3",
    "https://[fd12::1]:6443",
    "https://localhost:6443",
    "https://127.0.0.1:6443",
    "https://[::1]:6443",
    "http://plain.example.com:8080",
];

const PROXIES: [&str; 8] = [
    "http://user:p%40ss@proxy.example.com:3128",
    "proxy.example.com:3128",
    "https://proxy.example.com",
    "socks5://127.0.0.1:1080",
    "socks5h://127.0.0.1:1080",
    "http://proxy.example.com:3128/",
    "http://[::1]:3128",
    "",
];

/// HTTPS_PROXY, HTTP_PROXY, NO_PROXY, server.
fn cases() -> Vec<[&'static str; 4]> {
    let named = NO_PROXY.iter().flat_map(|no| {
        SERVERS
            .iter()
            .map(move |server| ["http://p.example.com:1", "http://q.example.com:2", *no, *server])
    });
    let written = PROXIES.iter().map(|proxy| [*proxy, "", "", CLUSTER]);
    named.chain(written).collect()
}

#[test]
fn the_same_proxy_as_go_takes() {
    let program = install(&Cache::open().unwrap(), Program::ProxyCheck).unwrap();
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let cases = cases();
    let lines: String = cases.iter().map(|case| case.join("\t") + "\n").collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let theirs: Vec<String> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(theirs.len(), cases.len());
    let mut differences = Vec::new();
    for (case, theirs) in cases.iter().zip(theirs) {
        let [https, http, no, server] = case;
        let environment = Environment::read(|name| match name {
            "HTTPS_PROXY" => Some((*https).to_owned()),
            "http_proxy" => Some((*http).to_owned()),
            "no_proxy" => Some((*no).to_owned()),
            "ALL_PROXY" => Some("http://all.example.com:9".to_owned()),
            _ => None,
        });
        let ours = match environment.proxy_for(&server.parse().unwrap()) {
            Ok(None) => String::new(),
            Ok(Some(proxy)) => without_default_port(&proxy.bare().to_string()),
            Err(_) => "error".to_owned(),
        };
        if ours != without_default_port(&theirs) {
            differences.push(format!("{case:?}: ours {ours:?}, Go's {theirs:?}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

fn without_default_port(url: &str) -> String {
    let url = url.trim_end_matches('/');
    let default = if url.starts_with("https:") { ":443" } else { ":80" };
    url.strip_suffix(default).unwrap_or(url).to_owned()
}

/// What one connection to a proxy asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    server: String,
    login: Option<String>,
}

/// A proxy that leads wherever it is asked to the API server of the tests. With a login it wants it.
fn proxy(talk: fn(&mut TcpStream, &Sender<Asked>) -> bool) -> (u16, Receiver<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, heard) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let asked = asked.clone();
            thread::spawn(move || {
                if talk(&mut stream, &asked) {
                    relay(stream);
                }
            });
        }
    });
    (port, heard)
}

fn relay(near: TcpStream) {
    let address = KUBE.url().trim_start_matches("https://").to_owned();
    let far = TcpStream::connect(address).unwrap();
    let (mut from_near, mut to_far) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from_near, &mut to_far));
    let (mut from_far, mut to_near) = (far, near);
    // Either end may hang up first.
    let _ = std::io::copy(&mut from_far, &mut to_near);
}

/// CONNECT with the login `user:p@ss`.
fn http(stream: &mut TcpStream, asked: &Sender<Asked>) -> bool {
    let lines = BufReader::new(stream.try_clone().unwrap())
        .lines()
        .map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let login = head.iter().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("proxy-authorization")
            .then(|| value.to_owned())
    });
    let right = login.as_deref() == Some("Basic dXNlcjpwQHNz");
    let server = head
        .first()
        .and_then(|line| line.split(' ').nth(1))
        .unwrap_or_default();
    asked
        .send(Asked {
            server: server.to_owned(),
            login,
        })
        .unwrap();
    let answer = if right {
        "200 OK"
    } else {
        "407 Proxy Authentication Required"
    };
    stream
        .write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes())
        .unwrap();
    right
}

/// SOCKS 5 without a login; the server is asked for by name.
fn socks(stream: &mut TcpStream, asked: &Sender<Asked>) -> bool {
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    stream.read_exact(&mut vec![0; head[1].into()]).unwrap();
    stream.write_all(&[5, 0]).unwrap();
    let mut request = [0; 5];
    stream.read_exact(&mut request).unwrap();
    assert_eq!(request[3], 3, "a name, which the proxy looks up");
    let mut name = vec![0; usize::from(request[4]) + 2];
    stream.read_exact(&mut name).unwrap();
    let server = String::from_utf8_lossy(&name[..name.len() - 2]).into_owned();
    asked.send(Asked { server, login: None }).unwrap();
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    true
}

/// A plugin on a cluster whose name no resolver knows.
fn plugin(ground: &Ground, cluster: &str) -> String {
    ground.project.write("token", KUBE.admin_token()).unwrap();
    format!(
        "resource \"mig_device_plugin\" \"this\" {{\n  namespace = \"{}\"\n  cluster = {{ {cluster} }}\n  \
         layouts = [{{ instance_types = [\"p5.48xlarge\"], slices = {{ \"1g.10gb\" = 7 }} }}]\n}}\n",
        ground.name
    )
}

const HOST: &str = "https://api.mig.invalid:6443";

fn direct(ground: &Ground) -> String {
    let ca = ground.project.write("ca.pem", KUBE.ca_pem()).unwrap();
    format!(
        "host = \"{HOST}\", tls_server_name = \"127.0.0.1\", cluster_ca_certificate = file(\"{}\"), token_file = \"token\"",
        ca.display()
    )
}

fn with_variables(cli: &counterparts::Cli, test: &str, variables: &[(&str, String)]) -> Ground {
    let mut ground = Ground::new(cli, test);
    ground
        .project
        .set_envs(variables.iter().map(|(name, value)| (*name, value.clone())));
    ground
}

#[test]
fn a_login_and_a_no_proxy_as_people_write_it() {
    with_tofu(|cli| {
        let (port, heard) = proxy(http);
        let variables = [
            ("HTTPS_PROXY", format!("http://user:p%40ss@127.0.0.1:{port}")),
            ("NO_PROXY", "localhost,/var/run/docker.sock,127.0.0.1,".to_owned()),
            ("TF_LOG", "trace".to_owned()),
        ];
        let ground = with_variables(cli, "proxied", &variables);
        make_namespace(&ground.name);
        ground.write(&plugin(&ground, &direct(&ground)));
        ground.project.init().unwrap();
        let applied = ground.apply();
        assert!(
            !applied.stderr.contains("p@ss") && !applied.stderr.contains("dXNlcjpwQHNz"),
            "the login is logged"
        );
        ground.assert_settled();
        assert!(objects(&ground.name).contains("DaemonSet/mig-device-plugin-mixed"));
        let asked = heard.recv().unwrap();
        assert_eq!(asked.server, "api.mig.invalid:6443");
        ground.project.destroy().unwrap();
    });
}

/// A tunnel on this machine: `NO_PROXY` is about servers, not about proxies.
#[test]
fn the_proxy_url_of_a_kubeconfig_counts_whatever_no_proxy_says() {
    with_tofu(|cli| {
        let (port, heard) = proxy(socks);
        let ground = with_variables(cli, "socks", &[("NO_PROXY", "*,localhost,127.0.0.1".to_owned())]);
        make_namespace(&ground.name);
        let kubeconfig = format!(
            "clusters:\n- name: c\n  cluster:\n    server: {HOST}\n    tls-server-name: 127.0.0.1\n    proxy-url: \
             socks5://127.0.0.1:{port}\n    certificate-authority: ca.pem\ncontexts:\n- {{name: c, context: {{cluster: c, user: \
             u}}}}\nusers: [{{name: u, user: {{token: {}}}}}]\ncurrent-context: c\n",
            KUBE.admin_token()
        );
        ground.project.write("ca.pem", KUBE.ca_pem()).unwrap();
        ground.project.write("kubeconfig", &kubeconfig).unwrap();
        ground.write(&plugin(&ground, "kubeconfig = \"./kubeconfig\""));
        ground.project.init().unwrap();
        ground.settle();
        assert_eq!(heard.recv().unwrap().server, "api.mig.invalid");
        ground.project.destroy().unwrap();
    });
}

/// The proxy is what fails, and where it was named is said.
#[test]
fn a_proxy_that_refuses_is_named() {
    with_tofu(|cli| {
        let (port, _heard) = proxy(http);
        let ground = with_variables(cli, "refusing", &[("https_proxy", format!("127.0.0.1:{port}"))]);
        ground.write(&plugin(&ground, &direct(&ground)));
        ground.project.init().unwrap();
        let said = ground.failed_apply();
        assert_says(
            &said,
            &[
                &format!("the proxy 127.0.0.1:{port} (https_proxy)"),
                "login",
                "NO_PROXY",
            ],
        );
        assert!(!said.contains("cluster's host, CA"), "{said}");
    });
}

/// Asks botocore, which the AWS CLI is made of, about the same cases.
const BOTOCORE: &str = r#"
import json, os, sys
from urllib.parse import urlparse
from botocore.utils import get_environ_proxies
answers = []
for line in sys.stdin:
    https, http, no, server = line.rstrip("\n").split("\t")
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ.update({"HTTPS_PROXY": https, "HTTP_PROXY": http, "NO_PROXY": no})
    answers.append(get_environ_proxies(server).get(urlparse(server).scheme, ""))
print(json.dumps(answers))
"#;

/// The AWS CLI and kubectl disagree about what people write. One reader serves both here, by Go's rules: where that differs from the
/// AWS CLI it is in these ways alone.
#[test]
fn where_the_aws_cli_takes_another_way() {
    let python = install_moto(&Cache::open().unwrap()).unwrap().python;
    let mut child = Command::new(python)
        .args(["-c", BOTOCORE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let cases: Vec<_> = cases()
        .into_iter()
        .filter(|case| case[3] == AWS || case[3] == CLUSTER)
        .collect();
    let lines: String = cases.iter().map(|case| case.join("\t") + "\n").collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let theirs: Vec<String> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(theirs.len(), cases.len());
    let mut others = Vec::new();
    for (case, theirs) in cases.iter().zip(theirs) {
        let [https, _, no, server] = case;
        let environment = Environment::read(|name| match name {
            "HTTPS_PROXY" => Some((*https).to_owned()),
            "NO_PROXY" => Some((*no).to_owned()),
            _ => None,
        });
        let direct = environment.proxy_for(&server.parse().unwrap()).unwrap().is_none();
        if direct != theirs.is_empty() {
            others.push((*no, direct));
        }
    }
    others.sort_unstable();
    others.dedup();
    // What goes past the proxy here and not with the AWS CLI, and the other way round.
    assert_eq!(others, KNOWN_DIFFERENCES);
}

const AWS: &str = "https://amazonaws.com";

/// What NO_PROXY says, and whether it is heeded here: Python's urllib, by which botocore judges, knows no wildcards but `*` alone, takes
/// upper case in names and ports for others, and takes a leading dot for the domain itself as well.
const KNOWN_DIFFERENCES: [(&str, bool); 8] = [
    (" * ", true),
    ("*.amazonaws.com", true),
    ("*.eks.amazonaws.com , other", true),
    (".amazonaws.com", false),
    ("/var/run/docker.sock,.amazonaws.com", false),
    ("ABC.gr7.us-east-1.eks.amazonaws.com:443", true),
    ("amazonaws.com:", true),
    ("amazonaws.com:443", true),
];
