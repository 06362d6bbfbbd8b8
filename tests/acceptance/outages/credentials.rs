//! Tokens that the API server no longer accepts, in the middle of an apply.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use counterparts::cli::Flavor;
use counterparts::eks::{AccessEntry, AccessKey, Presign};
use counterparts::{Cli, EksCluster, Fault, FaultProxy};
use serde_json::json;

use super::{CLASS, PLUGIN, class_and_plugin};
use crate::support::api_proxy::{is_change, to_cluster};
use crate::support::karpenter::{know_karpenter, live};
use crate::support::kube::{CLUSTER, KUBE, make_namespace, objects};
use crate::support::{Ground, MOTO, assert_says, with_a_cli};

/// What the proxy did to each change: method, path, and whether it was refused.
type Log = Arc<Mutex<Vec<(String, bool)>>>;

/// Answers each change with 401 whose turn `refuse` picks, counted from 0.
fn refuse(api: &FaultProxy, refuse: impl Fn(usize) -> bool + Send + 'static) -> Log {
    let log = Log::default();
    let shared = Arc::clone(&log);
    api.judge(move |method, target| {
        if !is_change(method, target) {
            return None;
        }
        let mut log = shared.lock().unwrap();
        let refused = refuse(log.len());
        let path = target.split('?').next().unwrap_or_default();
        log.push((format!("{method} {path}"), refused));
        refused.then_some(Fault::kube_error(401))
    });
    log
}

/// Two changes are refused, and each is repeated once and taken; then one is refused for good.
fn assert_renewed_once(ground: &Ground, api: &FaultProxy, configuration: &dyn Fn(&str) -> String) {
    ground.write(&configuration(""));
    ground.project.init().unwrap();
    ground.plan_words();
    let log = refuse(api, |number| number == 1);
    ground.project.try_apply_plan().unwrap().success().unwrap();
    let log = log.lock().unwrap().clone();
    let (first, refused) = &log[1];
    assert!(refused);
    let again: Vec<_> = log.iter().filter(|(call, _)| call == first).collect();
    assert_eq!(again.len(), 2, "{log:?}");
    assert_eq!(log.len(), 5, "{log:?}");
    api.clear_rules();
    ground.assert_settled();

    // A user who is known no more: told after a second try, and what is there stays in the state.
    ground.write(&configuration("tags = { team = \"ml\" }"));
    let log = refuse(api, |_| true);
    let words = ground.failed_apply();
    assert_says(
        &words,
        &[
            "EC2NodeClass",
            "cannot be applied",
            "EKS access entry",
            "a token or a client certificate may have expired",
        ],
    );
    assert_eq!(log.lock().unwrap().len(), 2);
    let mut stored = ground.project.state_list().unwrap();
    stored.sort_unstable();
    assert_eq!(stored, [PLUGIN, CLASS]);
    api.clear_rules();
    ground.settle();
    assert_eq!(
        live("EC2NodeClass", &ground.name).unwrap()["spec"]["tags"]["team"],
        "ml"
    );
    ground.project.destroy().unwrap();
    assert!(objects(&ground.name).is_empty());
}

#[test]
fn an_eks_token_that_ends_in_mid_apply_is_made_anew_once() {
    know_karpenter();
    with_a_cli(|cli| {
        let api = to_cluster();
        let ground = Ground::new(cli, "token-eks");
        make_namespace(&ground.name);
        // The same cluster, as regions that no other test uses describe it: by way of the proxy.
        let region = match cli.flavor() {
            Flavor::Terraform => "eu-north-1",
            Flavor::OpenTofu => "eu-south-1",
        };
        let through = EksCluster {
            endpoint: api.url().to_owned(),
            ..KUBE.eks_cluster(region)
        };
        MOTO.add_eks_cluster(&through).unwrap();
        let cluster = format!("name = \"{CLUSTER}\", region = \"{region}\"");
        assert_renewed_once(&ground, &api, &|more| {
            class_and_plugin(&ground.name, &cluster, more)
        });
    });
}

/// A credential plugin that notes each time that it is asked.
fn exec_plugin(ground: &Ground) -> (String, std::path::PathBuf) {
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"token": KUBE.admin_token()},
    });
    let log = ground.project.dir().join("asked");
    let script = format!(
        "#!/bin/sh\necho asked >> '{}'\necho '{credential}'\n",
        log.display()
    );
    let program = ground.project.write("token.sh", &script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (program.display().to_string(), log)
}

#[test]
fn a_credential_plugin_is_asked_again_once_when_its_token_ends_in_mid_apply() {
    know_karpenter();
    with_a_cli(|cli: &Cli| {
        let api = to_cluster();
        let ground = Ground::new(cli, "token-exec");
        make_namespace(&ground.name);
        let (program, log) = exec_plugin(&ground);
        let cluster = format!("host = \"{}\", exec = {{ command = \"{program}\" }}", api.url());
        assert_renewed_once(&ground, &api, &|more| {
            class_and_plugin(&ground.name, &cluster, more)
        });
        let asked = fs::read_to_string(log).unwrap().lines().count();
        assert!(asked >= 2, "{asked}");
    });
}

/// Whose token comes into the file while an apply of that program runs.
fn renewer(flavor: Flavor) -> AccessKey {
    let (access_key_id, arn) = match flavor {
        Flavor::Terraform => ("AKIAMIGTOKENRENEWER1", "arn:aws:iam::123456789012:user/renewer-1"),
        Flavor::OpenTofu => ("AKIAMIGTOKENRENEWER2", "arn:aws:iam::123456789012:user/renewer-2"),
    };
    AccessKey {
        access_key_id,
        secret_access_key: "acceptance/renewer/not+a+secret/at+all",
        arn,
    }
}

/// Gives the user every right in the cluster.
fn let_in(key: &AccessKey) {
    KUBE.webhook().configure(|authenticator| {
        authenticator.add_key(key);
        let groups = vec!["system:masters".to_owned()];
        let username = "renewer".to_owned();
        authenticator.grant(key.arn, AccessEntry { username, groups });
    });
}

/// Whether the cluster ever let that user in.
fn came(key: &AccessKey) -> bool {
    let decisions = KUBE.webhook().decisions();
    decisions.iter().flatten().any(|user| user.arn == key.arn)
}

#[test]
fn a_token_file_is_read_again_when_its_token_ends_in_mid_apply() {
    know_karpenter();
    with_a_cli(|cli: &Cli| {
        let api = to_cluster();
        let ground = Ground::new(cli, "token-file");
        let key = renewer(cli.flavor());
        let_in(&key);
        make_namespace(&ground.name);
        // As most programs write it: with the end of a line.
        let line = |token: &str| format!("{token}\n");
        let file = ground.project.write("token", &line(KUBE.admin_token())).unwrap();
        let cluster = format!("host = \"{}\", token_file = \"{}\"", api.url(), file.display());
        ground.write(&class_and_plugin(&ground.name, &cluster, ""));
        ground.project.init().unwrap();
        ground.plan_words();
        let renewed = line(&Presign::new(CLUSTER, &key).token());
        assert!(!came(&key));
        let log = refuse(&api, move |number| {
            if number == 1 {
                fs::write(&file, &renewed).unwrap();
            }
            number == 1
        });
        ground.project.try_apply_plan().unwrap().success().unwrap();
        assert_eq!(log.lock().unwrap().len(), 5);
        assert!(came(&key));
        api.clear_rules();
        ground.assert_settled();
        ground.project.destroy().unwrap();
    });
}
