//! What the environment says, as it means elsewhere: certificate bundles, web identities and credential plugins.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use counterparts::eks::ADMIN;
use counterparts::{Cache, Port, install_moto, wait_for};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use serde_json::json;

use crate::support::kube::{KUBE, make_namespace};
use crate::support::{Ground, assert_says, with_tofu};

const LAYOUT: &str = "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }";

fn template(provider: &str, name: &str) -> String {
    format!(
        "provider \"mig\" {{\n  region = \"us-east-1\"\n{provider}\n}}\nresource \"mig_launch_template\" \"this\" {{\n  name   = \
         \"{name}\"\n  layout = {LAYOUT}\n}}\n"
    )
}

/// AWS behind a certificate that a company's own CA has signed.
struct Company {
    moto: Child,
    url: String,
    ca: String,
}

impl Company {
    fn start(ground: &Ground) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &ca).unwrap();
        let write = |name: &str, text: &str| ground.project.write(name, text).unwrap();
        let (certificate, key) = (
            write("server.pem", &leaf.pem()),
            write("server.key", &key.serialize_pem()),
        );
        let port = Port::reserve().unwrap();
        let python = install_moto(&Cache::open().unwrap()).unwrap().python;
        let moto = Command::new(python)
            .args([
                "-m",
                "moto.server",
                "-H",
                "127.0.0.1",
                "-p",
                &port.number().to_string(),
            ])
            .arg("-c")
            .arg(certificate)
            .arg("-k")
            .arg(key)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{}", port.number());
        let listens = || {
            std::net::TcpStream::connect(&address)
                .map(drop)
                .map_err(|error| error.to_string())
        };
        wait_for("AWS behind TLS", Duration::from_secs(60), listens).unwrap();
        Self {
            moto,
            url: format!("https://localhost:{}", port.number()),
            ca: write("company.pem", ca.pem().as_str()).display().to_string(),
        }
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed.
        let _ = self.moto.kill();
        let _ = self.moto.wait();
    }
}

/// A proxy of the company signs anew what AWS sends (aws/aws-cli 2641): its CA is named as for the AWS CLI.
#[test]
fn the_companys_ca_is_named_by_variable_or_profile() {
    with_tofu(|cli| {
        let mut ground = Ground::new(cli, "company-ca");
        let company = Company::start(&ground);
        ground.project.set_env("AWS_ENDPOINT_URL", &company.url);
        ground.write(&template("  max_retries = 0", &ground.name));
        ground.project.init().unwrap();
        let words = ground.failed_apply();
        assert_says(&words, &["localhost", "certificate", "AWS_CA_BUNDLE"]);

        ground.project.set_env("AWS_CA_BUNDLE", &company.ca);
        ground.settle();

        ground.project.set_env("AWS_CA_BUNDLE", "/nonexistent/ca.pem");
        assert_says(
            &ground.refused_plan(),
            &["AWS_CA_BUNDLE names /nonexistent/ca.pem", "cannot be read"],
        );

        ground.project.unset_env("AWS_CA_BUNDLE");
        ground.project.set_env("SSL_CERT_FILE", &company.ca);
        ground.assert_settled();
        ground.project.unset_env("SSL_CERT_FILE");
        let profile = format!("[profile company]\nca_bundle = {}\n", company.ca);
        let config = ground.project.write("aws-config", &profile).unwrap();
        ground
            .project
            .set_env("AWS_CONFIG_FILE", &config.display().to_string());
        ground.project.set_env("AWS_PROFILE", "company");
        ground.assert_settled();
        ground.project.destroy().unwrap();
    });
}

/// What IAM roles for service accounts give to a pod, with STS where `endpoints` says: by variables, by a profile, and below a
/// role that is assumed.
#[test]
fn a_web_identity_is_exchanged_at_the_endpoint_that_is_named() {
    with_tofu(|cli| {
        let mut ground = Ground::new(cli, "web-identity");
        let endpoint = ground.proxy.url();
        for name in ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            ground.project.unset_env(name);
        }
        let token = ground.project.write("web-identity-token", "a.b.c").unwrap();
        let (token, role) = (token.display().to_string(), "arn:aws:iam::123456789012:role/ci");
        ground.project.set_env("AWS_WEB_IDENTITY_TOKEN_FILE", &token);
        ground.project.set_env("AWS_ROLE_ARN", role);
        let endpoints = format!("  endpoints = {{ ec2 = \"{endpoint}\", sts = \"{endpoint}\" }}");
        ground.write(&template(&endpoints, &ground.name));
        ground.project.init().unwrap();
        ground.settle();
        assert_called(&ground, &["AssumeRoleWithWebIdentity"]);

        let assumed = format!(
            "{endpoints}\n  assume_role = {{ role_arn = \"arn:aws:iam::123456789012:role/deployer\" }}"
        );
        ground.write(&template(&assumed, &ground.name));
        ground.assert_settled();
        assert_called(&ground, &["AssumeRoleWithWebIdentity", "AssumeRole"]);

        for name in ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"] {
            ground.project.unset_env(name);
        }
        let profile = format!("[profile ci]\nrole_arn = {role}\nweb_identity_token_file = {token}\n");
        let config = ground.project.write("aws-config", &profile).unwrap();
        ground
            .project
            .set_env("AWS_CONFIG_FILE", &config.display().to_string());
        ground.write(&template(
            &format!("{endpoints}\n  profile = \"ci\""),
            &ground.name,
        ));
        ground.assert_settled();
        assert_called(&ground, &["AssumeRoleWithWebIdentity"]);
    });
}

/// That these actions were called since the last look, and that none failed to reach the endpoint.
fn assert_called(ground: &Ground, actions: &[&str]) {
    let calls = ground.proxy.calls();
    for action in actions {
        assert!(
            calls.iter().any(|call| call.action == *action),
            "{action}: {calls:?}"
        );
    }
    ground.proxy.clear_calls();
}

/// A profile that `aws login` has written, whose session is not there: sign in, in the words of the CLI
/// (awslabs/iam-policy-autopilot 276).
#[test]
fn a_profile_of_aws_login_is_known() {
    with_tofu(|cli| {
        let mut ground = Ground::new(cli, "aws-login");
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            ground.project.unset_env(name);
        }
        let profiles = "[profile dev]\nlogin_session = arn:aws:iam::123456789012:user/Admin\nregion = us-east-1\n\n[profile \
                        role]\nrole_arn = arn:aws:iam::123456789012:role/deployer\nsource_profile = dev\n";
        let config = ground.project.write("aws-config", profiles).unwrap();
        ground
            .project
            .set_env("AWS_CONFIG_FILE", &config.display().to_string());
        for profile in ["dev", "role"] {
            let with = format!("  profile = \"{profile}\"");
            ground.write(&template(&with, &ground.name));
            ground.project.init().unwrap();
            let words = ground.failed_apply();
            assert_says(&words, &["aws login"]);
            assert!(!words.contains("feature") && !words.contains("Cargo"), "{words}");
        }
        // The session as the AWS CLI stores it, in a folder that may be named.
        let session = json!({
            "accessToken": {
                "accessKeyId": ADMIN.access_key_id, "secretAccessKey": ADMIN.secret_access_key, "sessionToken": "session",
                "accountId": "123456789012", "expiresAt": "2099-01-01T00:00:00Z",
            },
            "tokenType": "aws_sigv4", "refreshToken": "r", "idToken": "i", "clientId": "arn:aws:signin:::devtools/same-device",
            "dpopKey": "-----BEGIN EC PRIVATE KEY-----\n-----END EC PRIVATE KEY-----\n",
        });
        // SHA-256 of the session's name.
        let name = "sessions/10cabd19777b6651ac57333b55c7c10a1242b1c2337f40e674926d7324698347.json";
        let file = ground.project.write(name, &session.to_string()).unwrap();
        let folder = file.parent().unwrap().display().to_string();
        ground.project.set_env("AWS_LOGIN_CACHE_DIRECTORY", &folder);
        ground.settle();
        assert_called(&ground, &["AssumeRole"]);
    });
}

/// The plugin is named where it is missing and where it fails, and what it says stays unsaid: tokens may be in it.
#[test]
fn a_credential_plugin_that_does_not_work_is_named() {
    with_tofu(|cli| {
        let ground = Ground::new(cli, "no-plugin");
        make_namespace(&ground.name);
        let failing = ground
            .project
            .write(
                "failing.sh",
                "#!/bin/sh\necho hunter2\necho hunter2 >&2\nexit 3\n",
            )
            .unwrap();
        std::fs::set_permissions(&failing, std::fs::Permissions::from_mode(0o755)).unwrap();
        let ca = ground.project.write("ca.pem", KUBE.ca_pem()).unwrap();
        let with = |program: &str| {
            format!(
                "resource \"mig_device_plugin\" \"this\" {{\n  namespace = \"{}\"\n  layouts = [{LAYOUT}]\n  cluster = {{\n    host = \
                 \"{}\"\n    cluster_ca_certificate = file(\"{}\")\n    exec = {{ api_version = \
                 \"client.authentication.k8s.io/v1\", command = \"{program}\" }}\n  }}\n}}\n",
                ground.name,
                KUBE.url(),
                ca.display()
            )
        };
        ground.write(&with("aws-iam-authenticatr"));
        ground.project.init().unwrap();
        let missing = "the credential plugin (exec) \"aws-iam-authenticatr\" cannot be started";
        assert_says(&ground.plan_words(), &[missing, "run it by hand"]);
        assert_says(&ground.failed_apply(), &[missing]);
        let program = failing.display().to_string();
        ground.write(&with(&program));
        let words = ground.failed_apply();
        let failed = format!("the credential plugin (exec) \"{program}\" failed with exit status: 3");
        assert_says(&words, &[&failed, "run it by hand"]);
        assert!(!words.contains("hunter2"), "{words}");
    });
}
