//! Planning without the cluster.

use std::sync::LazyLock;

use counterparts::cli::Plan;

use super::{MIXED, THIS, ground, plugin, plugin_on};
use crate::support::kube::{KUBE, objects};
use crate::support::{Ground, assert_says, with_a_cli};

/// Asserts that a plan is as good as one with the cluster, and warns once.
fn assert_planned_with_one_warning(plan: &Plan, says: &[&str]) {
    assert_eq!(plan.actions(THIS), ["create"]);
    let after = &plan.changes()[0].after;
    let manifests = after["manifests"].as_object().unwrap();
    assert_eq!(manifests.len(), 3);
    assert!(
        manifests["ConfigMap/mig-device-plugin"]
            .to_string()
            .contains("migStrategy: mixed")
    );
    let words = plan.output.words();
    // Plugins of tests that run meanwhile are on the cluster, too.
    let neighbours = words.matches("serves the nodes of these layouts").count();
    assert_eq!(words.matches("Warning:").count() - neighbours, 1, "{words}");
    assert_says(
        &words,
        &[
            "The objects were not tried out on the cluster",
            "The plan is complete",
        ],
    );
    assert_says(&words, says);
}

#[test]
fn an_unreachable_aws_or_missing_credentials_make_a_warning() {
    with_a_cli(|cli| {
        let mut ground = Ground::with(cli, "no-aws", |namespace| plugin(namespace, &[MIXED], ""));
        ground.project.set_env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        assert_planned_with_one_warning(
            &ground.plan(),
            &["DescribeCluster", "Connection refused", "`endpoints`"],
        );
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            ground.project.unset_env(name);
        }
        assert_planned_with_one_warning(&ground.plan(), &["AWS_PROFILE"]);
        ground.project.unset_env("AWS_REGION");
        ground.project.unset_env("AWS_DEFAULT_REGION");
        assert_planned_with_one_warning(&ground.plan(), &["AWS_REGION"]);
    });
}

/// The file may be made by the same apply, or be on the machine that applies only.
#[test]
fn a_missing_token_file_makes_a_warning() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "no-token", |namespace| {
            let cluster = "host = \"https://127.0.0.1:1\", token_file = \"/nonexistent/token\"";
            plugin_on(cluster, namespace, &[MIXED], "")
        });
        assert_planned_with_one_warning(&ground.plan(), &["/nonexistent/token"]);
        assert_says(&ground.failed_apply(), &["Error:", "/nonexistent/token"]);
    });
}

/// The cluster of that name is not gone: it is looked for where it never was.
#[test]
fn another_default_region_does_not_lose_the_plugin() {
    with_a_cli(|cli| {
        let mut ground = ground(cli, "moved-away");
        ground.settle();
        for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            ground.project.set_env(name, "eu-west-3");
        }
        let words = ground.refused_plan();
        assert_says(&words, &["us-east-1", "eu-west-3", "another region"]);
        let destroy = [
            "destroy",
            "-no-color",
            "-input=false",
            "-auto-approve",
            "-refresh=false",
        ];
        let refused = ground.project.run(&destroy).unwrap();
        assert_eq!(refused.code, 1, "{}", refused.stdout);
        assert_says(&refused.words(), &["another region"]);
        assert_eq!(ground.project.state_list().unwrap(), [THIS]);
    });
}

#[test]
fn an_unreachable_api_server_makes_a_warning() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "no-api", |namespace| plugin(namespace, &[MIXED], ""));
        let token = ground.project.write("token", "none").unwrap();
        let cluster = format!(
            "host = \"https://127.0.0.1:1\", token_file = \"{}\"",
            token.display()
        );
        ground.write(&plugin_on(&cluster, &ground.name, &[MIXED], ""));
        assert_planned_with_one_warning(&ground.plan(), &["https://127.0.0.1:1", "HTTPS_PROXY"]);
        let words = ground.failed_apply();
        assert_says(&words, &["https://127.0.0.1:1", "Check the address"]);
        assert!(ground.project.state_list().unwrap().is_empty());
    });
}

#[test]
fn a_cluster_that_does_not_exist_makes_a_warning_and_an_error_at_apply() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "no-cluster", |namespace| {
            plugin_on("name = \"absent\"", namespace, &[MIXED], "")
        });
        assert_planned_with_one_warning(&ground.plan(), &["absent", "Check the cluster's name"]);
        let words = ground.failed_apply();
        assert_says(
            &words,
            &[
                "The cluster cannot be used",
                "EKS cluster absent",
                "Check the cluster's name, the region and the account",
            ],
        );
    });
}

/// The namespace may be made by the same apply.
#[test]
fn a_missing_namespace_makes_a_warning_and_an_error_at_its_attribute() {
    // No namespace is made here, so nothing else starts the cluster.
    LazyLock::force(&KUBE);
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "no-namespace", |namespace| plugin(namespace, &[MIXED], ""));
        assert_planned_with_one_warning(
            &ground.plan(),
            &[&format!("namespaces \"{}\" not found", ground.name)],
        );
        let words = ground.failed_apply();
        assert_says(
            &words,
            &[
                &format!("namespaces \"{}\" not found", ground.name),
                "Create the namespace first",
                &format!("namespace = \"{}\"", ground.name),
            ],
        );
        assert!(ground.project.state_list().unwrap().is_empty());
    });
}

/// What is in the state is no longer known to be there, and no longer known to be gone.
#[test]
fn a_refresh_without_the_cluster_fails_and_keeps_the_state() {
    with_a_cli(|cli| {
        let ground = ground(cli, "cut-off");
        ground.settle();
        let mut ground = ground;
        let there = ground.proxy.url();
        ground.project.set_env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
        assert_says(
            &ground.refused_plan(),
            &[
                "The cluster cannot be used",
                "DescribeCluster",
                "Connection refused",
            ],
        );
        assert_eq!(ground.project.state_list().unwrap(), [THIS]);
        ground.project.set_env("AWS_ENDPOINT_URL", &there);
        ground.assert_settled();
        assert_eq!(objects(&ground.name).len(), 3);
    });
}
