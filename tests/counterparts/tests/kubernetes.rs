//! The control plane, and the way into it that EKS users take.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use counterparts::eks::{ADMIN, AccessEntry, Presign, Refusal, STRANGER};
use counterparts::{Cache, HttpClient, Stack, install_moto, wait_for};
use http::Method;
use serde_json::{Value, json};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::start("prod").unwrap());

fn status_with(token: &str) -> u16 {
    let path = "/api/v1/namespaces";
    STACK
        .kube
        .request_as(token, Method::GET, path, "application/json", "")
        .unwrap()
        .status
}

fn who_am_i(token: &str) -> Value {
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let answer = STACK
        .kube
        .request_as(token, Method::POST, path, "application/json", &review.to_string());
    answer.unwrap().json()["status"]["userInfo"].clone()
}

fn refused(token: &str, reason: &Refusal) {
    assert_eq!(status_with(token), 401);
    let decisions = STACK.kube.webhook().decisions();
    assert!(decisions.contains(&Err(reason.clone())), "{decisions:?}");
}

#[test]
fn an_aws_user_with_an_access_entry_is_let_in() {
    let token = Presign::new("prod", &ADMIN).token();
    assert_eq!(status_with(&token), 200);
    let user = who_am_i(&token);
    assert_eq!(user["username"], ADMIN.arn);
    assert_eq!(user["groups"], json!(["system:masters", "system:authenticated"]));
    assert_eq!(user["extra"]["accessKeyId"], json!([ADMIN.access_key_id]));
}

#[test]
fn other_tokens_are_refused_each_for_its_reason() {
    let other = Presign {
        cluster: Some("staging".into()),
        ..Presign::new("prod", &ADMIN)
    };
    refused(&other.token(), &Refusal::Signature("prod".into()));
    refused(
        &Presign::new("prod", &STRANGER).token(),
        &Refusal::NotMapped(STRANGER.arn.into()),
    );
    let unbound = Presign {
        cluster: None,
        ..Presign::new("prod", &ADMIN)
    };
    refused(&unbound.token(), &Refusal::ClusterNotSigned("host".into()));
    assert_eq!(status_with("k8s-aws-v1.nonsense"), 401);
    assert_eq!(status_with("plain"), 401);
}

#[test]
fn an_access_entry_without_rights_is_authenticated_and_forbidden() {
    let key = counterparts::eks::AccessKey {
        access_key_id: "AKIAREADER",
        secret_access_key: "reader",
        arn: "arn:aws:iam::123456789012:user/reader",
    };
    STACK.kube.webhook().configure(|authenticator| {
        authenticator.add_key(&key);
        authenticator.grant(
            key.arn,
            AccessEntry {
                username: "reader".into(),
                groups: vec!["readers".into()],
            },
        );
    });
    let token = Presign::new("prod", &key).token();
    assert_eq!(status_with(&token), 403);
    STACK
        .kube
        .webhook()
        .configure(|authenticator| authenticator.revoke(key.arn));
    // The API server remembers an accepted token for ten seconds.
    let refused = || {
        if status_with(&token) == 401 {
            Ok(())
        } else {
            Err("still let in".to_owned())
        }
    };
    wait_for("the end of the access", Duration::from_secs(30), refused).unwrap();
}

#[test]
fn an_assumed_role_is_let_in_with_its_own_keys() {
    let role = "arn:aws:iam::123456789012:role/pipeline";
    STACK.kube.webhook().configure(|authenticator| {
        let groups = vec!["system:masters".into()];
        authenticator.grant(
            role,
            AccessEntry {
                username: "pipeline".into(),
                groups,
            },
        );
    });
    let parameters = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", role),
        ("RoleSessionName", "ci"),
    ];
    let answer = STACK.moto.query("sts", "us-east-1", &parameters).unwrap().body;
    let id = answer
        .split_once("<AccessKeyId>")
        .unwrap()
        .1
        .split_once('<')
        .unwrap()
        .0
        .to_owned();
    let issued = STACK.moto.credentials(&id).unwrap().unwrap();
    let presign = Presign {
        access_key_id: id,
        secret_access_key: issued.secret_access_key,
        session_token: issued.session_token,
        ..Presign::new("prod", &ADMIN)
    };
    assert_eq!(who_am_i(&presign.token())["username"], "pipeline");
}

/// The token that botocore signs in the way of `aws eks get-token`: an implementation that is not ours.
#[test]
fn a_token_made_by_botocore_is_accepted() {
    let script = r#"
import base64, sys, botocore.session
from botocore.signers import RequestSigner
session = botocore.session.Session()
session.set_credentials(sys.argv[1], sys.argv[2])
service = session.get_service_model("sts").service_id
signer = RequestSigner(service, "eu-west-1", "sts", "v4", session.get_credentials(), session.get_component("event_emitter"))
request = {
    "method": "GET",
    "url": "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
    "body": {}, "headers": {"x-k8s-aws-id": "prod"}, "context": {},
}
url = signer.generate_presigned_url(request, region_name="eu-west-1", expires_in=60, operation_name="")
print("k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("="))
"#;
    let python = install_moto(&Cache::open().unwrap()).unwrap().python;
    let mut command = Command::new(python);
    command.args(["-c", script, ADMIN.access_key_id, ADMIN.secret_access_key]);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let token = String::from_utf8(output.stdout).unwrap();
    assert_eq!(who_am_i(token.trim())["username"], ADMIN.arn);
}

#[test]
fn eks_describes_the_real_api_server() {
    let url = format!("{}/clusters/prod", STACK.proxy.url());
    let authorization = "AWS4-HMAC-SHA256 Credential=AK/20261123/us-east-1/eks/aws4_request, Signature=0";
    let client = HttpClient::plain();
    let answer = client
        .send(Method::GET, &url, &[("authorization", authorization)], "")
        .unwrap();
    let found = answer.json()["cluster"].clone();
    assert_eq!(found["endpoint"], STACK.kube.url());
    assert_eq!(STACK.proxy.count("GET /clusters/prod"), 1);
    use base64::Engine as _;
    let authority = found["certificateAuthority"]["data"].as_str().unwrap();
    let pem = base64::engine::general_purpose::STANDARD
        .decode(authority)
        .unwrap();
    let version = HttpClient::trusting(&String::from_utf8(pem).unwrap())
        .get(&format!("{}/version", found["endpoint"].as_str().unwrap()))
        .unwrap();
    assert_eq!(version.json()["gitVersion"], "v1.35.4");
    assert_eq!(found["version"], "1.35");
}

#[test]
fn a_client_that_does_not_know_the_authority_gets_nothing() {
    let error = HttpClient::plain()
        .get(&format!("{}/version", STACK.kube.url()))
        .unwrap_err();
    assert!(error.to_string().contains("UnknownIssuer"), "{error}");
}

#[test]
fn a_daemon_set_gets_its_status_from_the_controllers() {
    let labels = json!({ "app": "probe" });
    let manifest = json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": { "name": "probe" },
        "spec": {
            "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{ "name": "probe", "image": "example.invalid/probe:1" }] },
            },
        },
    });
    let path = "/apis/apps/v1/namespaces/default/daemonsets/probe";
    STACK.kube.apply(path, "test", &manifest).unwrap();
    let observed = || {
        let found = STACK
            .kube
            .get(path)
            .map_err(|error| error.to_string())?
            .unwrap_or_default();
        if found["status"]["observedGeneration"] == 1 {
            Ok(())
        } else {
            Err(found.to_string())
        }
    };
    wait_for("the DaemonSet's status", Duration::from_secs(60), observed).unwrap();
    STACK
        .kube
        .patch(path, &json!({ "metadata": { "labels": { "by-hand": "yes" } } }))
        .unwrap();
    let changed = STACK.kube.get(path).unwrap().unwrap();
    assert_eq!(changed["metadata"]["labels"]["by-hand"], "yes");
    STACK.kube.delete(path).unwrap();
    assert_eq!(STACK.kube.get("/api/v1/namespaces/absent").unwrap(), None);
    let names: Vec<&str> = STACK
        .kube
        .logs()
        .iter()
        .map(|(name, log)| (*name, log))
        .filter(|(_, log)| !log.is_empty())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["etcd", "kube-apiserver", "kube-controller-manager"]);
}

#[test]
fn the_report_names_what_ran() {
    LazyLock::force(&STACK);
    let text = counterparts::report().to_string();
    for name in ["moto", "etcd", "kube-apiserver", "kube-controller-manager"] {
        assert!(text.contains(name), "{text}");
    }
}
