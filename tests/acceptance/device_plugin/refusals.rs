//! What the API server refuses, and who it refuses.

use counterparts::eks::{AccessEntry, AccessKey, STRANGER, aws_env};

use serde_json::json;

use super::{MIXED, THIS, ground, plugin};
use crate::support::kube::{KUBE, objects};
use crate::support::{assert_says, with_a_cli};

/// An IAM user with an access entry of its own, and without rights in Kubernetes.
const READER: AccessKey = AccessKey {
    access_key_id: "AKIAMIGDEVICEPLUGIN1",
    secret_access_key: "acceptance/reader/not+a+secret/at+all",
    arn: "arn:aws:iam::123456789012:user/reader",
};

#[test]
fn what_the_server_would_refuse_shows_at_plan() {
    with_a_cli(|cli| {
        let ground = ground(cli, "refused");
        let resources = r#"resources = { requests = { cpu = "2" }, limits = { cpu = "1" } }"#;
        ground.write(&plugin(&ground.name, &[MIXED], resources));
        let words = ground.refused_plan();
        assert_says(
            &words,
            &[
                "DaemonSet/mig-device-plugin-mixed would be refused",
                "spec.template.spec.containers[0].resources.requests",
                "must be less than or equal to cpu limit",
                // The line that is to be changed.
                ": resources = { requests",
            ],
        );
        assert!(objects(&ground.name).is_empty());
    });
}

#[test]
fn a_user_without_an_access_entry_is_told_so() {
    with_a_cli(|cli| {
        let mut ground = ground(cli, "unmapped");
        ground.project.set_envs(aws_env(&ground.proxy.url(), &STRANGER));
        let plan = ground.plan();
        assert_eq!(plan.actions(THIS), ["create"]);
        assert_says(&plan.output.words(), &["Warning:", "EKS access entry"]);
        assert_says(
            &ground.failed_apply(),
            &["EKS cluster prod", "Unauthorized", "EKS access entry"],
        );

        // What holds for all objects of the cluster is told once.
        let second = plugin(&ground.name, &[MIXED], "name = \"second\"").replace("\"this\"", "\"second\"");
        let both = plugin(&ground.name, &[MIXED], "") + &second.replace("provider \"mig\" {}", "");
        ground.write(&both);
        let words = ground.plan_words();
        assert_eq!(words.matches("were not tried out").count(), 1, "{words}");
        assert!(!words.contains("similar warning"), "{words}");
        ground.write(&plugin(&ground.name, &[MIXED], ""));

        // A key of another account: AWS itself does not know it here.
        ground
            .project
            .set_env("AWS_ACCESS_KEY_ID", "AKIAOFANOTHERACCOUNT");
        assert_says(
            &ground.failed_apply(),
            &["EKS cluster prod", "Unauthorized", "check the credentials"],
        );
        assert!(ground.project.state_list().unwrap().is_empty());
    });
}

#[test]
fn a_user_without_rights_is_told_which_one_is_missing() {
    KUBE.webhook().configure(|authenticator| {
        authenticator.add_key(&READER);
        let groups = vec!["readers".to_owned()];
        let username = "reader".to_owned();
        authenticator.grant(READER.arn, AccessEntry { username, groups });
    });
    with_a_cli(|cli| {
        let mut ground = ground(cli, "forbidden");
        ground.project.set_envs(aws_env(&ground.proxy.url(), &READER));
        let plan = ground.plan();
        assert_says(
            &plan.output.words(),
            &["Warning:", "cannot get resource \"serviceaccounts\""],
        );
        let namespace = format!("in the namespace \"{}\"", ground.name);
        assert_says(
            &ground.failed_apply(),
            &[
                "User \"reader\" cannot get resource \"serviceaccounts\"",
                &namespace,
                "Allow it with RBAC",
            ],
        );
    });
}

/// The objects are taken and no pod would ever come: the API server's own warning is all that says so.
#[test]
fn what_the_server_warns_of_shows_at_plan_and_apply() {
    with_a_cli(|cli| {
        let ground = ground(cli, "warned");
        let labels = json!({"metadata": {"labels": {
            "pod-security.kubernetes.io/enforce": "baseline", "pod-security.kubernetes.io/warn": "baseline",
        }}});
        KUBE.patch(&format!("/api/v1/namespaces/{}", ground.name), &labels)
            .unwrap();
        let says = [
            "Warning: The API server warns of DaemonSet/mig-device-plugin-mixed",
            "would violate PodSecurity",
        ];
        assert_says(&ground.plan_words(), &says);
        assert_says(&ground.apply().words(), &says);
        ground.assert_settled();
    });
}
