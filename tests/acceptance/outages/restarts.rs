//! The API server's process is killed and started again at the same address.

use std::sync::Arc;

use counterparts::kube::Validity;
use http::Method;
use serde_json::json;

use super::{APPLY, CLASS, LIMIT, PLUGIN, class, class_and_plugin, own_cluster, way_to};
use counterparts::{Fault, FaultProxy};

use crate::support::api_proxy::is_change;
use crate::support::karpenter::at;
use crate::support::kube::{make_namespace_in, objects_in};
use crate::support::{Ground, assert_says, with_a_cli, with_tofu};

#[test]
fn killed_in_mid_apply_and_back_again_nothing_is_lost() {
    with_tofu(|cli| {
        let kube = own_cluster("killed", true);
        // Before the first object of both, between the first and the rest, and after the last but one.
        for dies_at in [1, 2, 4] {
            let ground = Ground::new(cli, &format!("killed-{dies_at}"));
            let name = &ground.name;
            make_namespace_in(&kube, name);
            let shared = Arc::clone(&kube);
            let api = FaultProxy::to_kube(move || Arc::clone(&shared)).unwrap();
            let token = ground.project.write("token", kube.admin_token()).unwrap();
            let cluster = format!("host = \"{}\", token_file = \"{}\"", api.url(), token.display());
            ground.write(&class_and_plugin(name, &cluster, ""));
            ground.project.init().unwrap();
            let (victim, mut changes) = (Arc::clone(&kube), 0);
            api.judge(move |method, target| {
                changes += usize::from(is_change(method, target));
                if changes == dies_at && is_change(method, target) {
                    victim.kill_api_server().unwrap();
                }
                (changes >= dies_at).then_some(Fault::DropBefore)
            });
            let words = ground.failed_apply();
            assert_says(&words, &["cannot be applied", "Check the address"]);
            kube.restart_api_server().unwrap();
            let made = objects_in(&kube, name).len()
                + usize::from(kube.get(&at("EC2NodeClass", name)).unwrap().is_some());
            assert_eq!(made, dies_at - 1);
            let stored = ground.project.state_list().unwrap();
            assert!(
                objects_in(&kube, name).is_empty() || stored.contains(&PLUGIN.to_owned()),
                "{stored:?}"
            );
            let class = kube.get(&at("EC2NodeClass", name)).unwrap();
            assert!(
                class.is_none() || stored.contains(&CLASS.to_owned()),
                "{stored:?}"
            );
            api.clear_rules();
            ground.settle();
            assert_eq!(objects_in(&kube, name).len(), 3);
            ground.project.destroy().unwrap();
            assert!(objects_in(&kube, name).is_empty());
            assert!(kube.get(&at("EC2NodeClass", name)).unwrap().is_none());
        }
    });
}

#[test]
fn a_wait_outlasts_a_restart() {
    with_a_cli(|cli| {
        let kube = own_cluster("restarted", true);
        let ground = Ground::new(cli, "restarted");
        let name = &ground.name;
        let cluster = way_to(&kube, &ground);
        ground.write(&class(
            name,
            &cluster,
            "wait_for_ready = true\n  ready_timeout = \"1h\"",
        ));
        ground.project.init().unwrap();
        let running = ground.project.spawn(&APPLY).unwrap();
        let path = at("EC2NodeClass", name);
        let there = |found: &serde_json::Value| found.is_object().then_some(()).ok_or_else(String::new);
        kube.wait_until(&path, LIMIT, there).unwrap();
        kube.kill_api_server().unwrap();
        kube.restart_api_server().unwrap();
        let condition = json!({
            "type": "Ready", "status": "True", "reason": "Ready", "message": "", "observedGeneration": 1,
            "lastTransitionTime": "2026-11-24T00:00:00Z",
        });
        let patch = json!({"status": {"conditions": [condition]}}).to_string();
        let kind = "application/merge-patch+json";
        let answer = kube
            .request(Method::PATCH, &format!("{path}/status"), kind, &patch)
            .unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        running.wait(LIMIT).unwrap().success().unwrap();
        ground.assert_settled();
    });
}

#[test]
fn an_expired_certificate_of_either_side_is_told_and_loses_nothing() {
    with_tofu(|cli| {
        let kube = own_cluster("expired", true);
        let ground = Ground::new(cli, "expired");
        let name = &ground.name;
        let show = |validity| {
            let shown = kube
                .client_certificate("ops", &["system:masters"], validity)
                .unwrap();
            ground.project.write("ops.crt", &shown.certificate).unwrap();
            ground.project.write("ops.key", &shown.key).unwrap();
        };
        ground.project.write("ca.crt", kube.ca_pem()).unwrap();
        show(Validity::Good);
        // In the provider block: what a resource says of its cluster is kept in state.
        let cluster = format!(
            "provider \"mig\" {{\n  kubernetes = {{ host = \"{}\", cluster_ca_certificate = file(\"ca.crt\"), \
             client_certificate_file = \"ops.crt\", client_key_file = \"ops.key\" }}\n}}",
            kube.url()
        );
        let configuration = class(name, "NONE", "")
            .replace("provider \"mig\" {}", &cluster)
            .replace("  cluster = { NONE }\n", "");
        ground.write(&configuration);
        ground.project.init().unwrap();
        ground.settle();
        let assert_told = |says: &[&str]| {
            let place = format!("cluster at {}", kube.url());
            assert_says(
                &ground.refused_plan(),
                &["EC2NodeClass", "cannot be read", &place],
            );
            assert_says(&ground.refused_plan(), says);
            assert_eq!(ground.project.state_list().unwrap(), [CLASS]);
        };
        // Ours.
        show(Validity::Expired);
        assert_told(&["Unauthorized", "a client certificate may have expired"]);
        show(Validity::Good);
        // The server's.
        kube.restart_with(Validity::Expired).unwrap();
        assert_told(&["certificate", "expired", "Check the cluster's host, CA"]);
        kube.restart_api_server().unwrap();
        // Another cluster's authority.
        ground
            .project
            .write("ca.crt", super::super::rights::RIGHTS.ca_pem())
            .unwrap();
        assert_told(&["certificate", "Check the cluster's host, CA"]);
        ground.project.write("ca.crt", kube.ca_pem()).unwrap();
        ground.assert_settled();
        ground.project.destroy().unwrap();
    });
}
