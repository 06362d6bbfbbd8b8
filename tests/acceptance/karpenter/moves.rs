//! Objects that are to live in another cluster.

use super::{CLASS, OVERLAY, POOL, Wish, configuration, ground, overlay_name};
use crate::rights::RIGHTS;
use crate::support::karpenter::{at, know_karpenter, live};
use crate::support::kube::KUBE;
use crate::support::{Ground, assert_says, with_a_cli};

/// The cluster of the tests of rights, by a token in this file.
fn other_cluster(ground: &Ground, file: &str) -> String {
    let token = ground.project.write(file, RIGHTS.admin_token()).unwrap();
    ground.project.write("ca.crt", RIGHTS.ca_pem()).unwrap();
    format!(
        "host = \"{}\", token_file = \"{}\", cluster_ca_certificate = file(\"ca.crt\")",
        RIGHTS.url(),
        token.display()
    )
}

/// A device plugin in the cluster of the node class.
fn plugin_beside() -> String {
    "resource \"mig_device_plugin\" \"this\" {\n  cluster = mig_karpenter_nodeclass.this.cluster\n  layouts = \
     [mig_karpenter_nodeclass.this.layout]\n  namespace = \"default\"\n  name = mig_karpenter_nodeclass.this.name\n}\n"
        .to_owned()
}

#[test]
fn another_cluster_means_other_objects() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-move");
        let name = &ground.name;
        ground.settle();
        let cluster = other_cluster(&ground, "token");
        let wish = Wish {
            cluster: &cluster,
            ..Wish::default()
        };
        // The cluster is said once, by the class; pool and overlay follow it.
        ground.write(&configuration(name, &wish));
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY] {
            let change = plan
                .changes()
                .into_iter()
                .find(|change| change.address == address);
            let change = change.unwrap();
            assert_eq!(change.actions, ["delete", "create"], "{address}");
            assert_eq!(
                change.replace_paths,
                serde_json::json!([["cluster"]]),
                "{address}"
            );
        }
        ground.settle();
        let objects = [
            ("EC2NodeClass", name.clone()),
            ("NodePool", name.clone()),
            ("NodeOverlay", overlay_name(name)),
        ];
        for (kind, object) in &objects {
            assert!(live(kind, object).is_none(), "{kind} is left behind");
            assert!(RIGHTS.get(&at(kind, object)).unwrap().is_some(), "{kind}");
        }
        ground.project.destroy().unwrap();
        for (kind, object) in &objects {
            assert!(RIGHTS.get(&at(kind, object)).unwrap().is_none(), "{kind}");
        }
    });
}

#[test]
fn another_way_to_the_same_cluster_replaces_nothing() {
    with_a_cli(|cli| {
        know_karpenter();
        let ground = Ground::new(cli, "kp-way");
        let name = &ground.name;
        let through = |file: &str| {
            let cluster = other_cluster(&ground, file);
            let wish = Wish {
                cluster: &cluster,
                ..Wish::default()
            };
            ground.write(&(configuration(name, &wish) + &plugin_beside()));
        };
        through("token-a");
        ground.project.init().unwrap();
        ground.settle();
        let uid = || RIGHTS.get(&at("EC2NodeClass", name)).unwrap().unwrap()["metadata"]["uid"].clone();
        let before = uid();
        through("token-b");
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY, "mig_device_plugin.this"] {
            assert_eq!(plan.actions(address), ["update"], "{address}");
        }
        assert!(
            !plan.output.words().contains("rolls nodes"),
            "{}",
            plan.output.words()
        );
        ground.settle();
        assert_eq!(uid(), before);
        ground.project.destroy().unwrap();
    });
}

/// A deferred data source makes the host of a cluster unknown with any change of the cluster's module.
#[test]
fn a_cluster_that_is_not_known_yet_replaces_nothing() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-late");
        let name = &ground.name;
        let rights = other_cluster(&ground, "token");
        let hosted = |url: &str, trigger: u8| {
            let host = format!(
                "resource \"terraform_data\" \"host\" {{\n  input            = \"{url}\"\n  triggers_replace = {trigger}\n}}\n"
            );
            let cluster = rights.replace(&format!("\"{}\"", RIGHTS.url()), "terraform_data.host.output");
            let wish = Wish {
                cluster: &cluster,
                ..Wish::default()
            };
            ground.write(&(configuration(name, &wish) + &plugin_beside() + &host));
        };
        know_karpenter();
        hosted(RIGHTS.url(), 1);
        ground.settle();
        let uid = || RIGHTS.get(&at("NodePool", name)).unwrap().unwrap()["metadata"]["uid"].clone();
        let before = uid();
        hosted(RIGHTS.url(), 2);
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY, "mig_device_plugin.this"] {
            assert_eq!(plan.actions(address), ["update"], "{address}");
        }
        ground.settle();
        assert_eq!(uid(), before);
        // It turns out to be another cluster: the plan showed no replacement, and so there is none.
        hosted(KUBE.url(), 3);
        let words = ground.failed_apply();
        assert_says(&words, &["from Update to DeleteThenCreate"]);
        assert_eq!(uid(), before);
        assert!(live("NodePool", name).is_none());
        hosted(RIGHTS.url(), 3);
        ground.settle();
        assert_eq!(uid(), before);
        ground.project.destroy().unwrap();
    });
}

#[test]
fn a_region_that_was_meant_and_the_provider_block_name_the_same_cluster() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-same");
        let name = &ground.name;
        ground.settle();
        let uid = || live("EC2NodeClass", name).unwrap()["metadata"]["uid"].clone();
        let before = uid();
        let wish = Wish {
            cluster: "name = \"prod\", region = \"us-east-1\"",
            ..Wish::default()
        };
        let explicit = configuration(name, &wish);
        let both = explicit.replace(
            "provider \"mig\" {}",
            "provider \"mig\" {\n  kubernetes = { name = \"prod\" }\n}",
        );
        let by_default = both.replace("cluster = { name = \"prod\", region = \"us-east-1\" }", "");
        for text in [&explicit, &by_default, &both] {
            ground.write(text);
            let plan = ground.plan();
            for address in [CLASS, POOL, OVERLAY] {
                assert_eq!(plan.actions(address), ["update"], "{address} in {text}");
            }
            ground.settle();
        }
        assert_eq!(uid(), before);
        ground.write(&by_default);
        ground.settle();
        ground.write(&explicit);
        assert_says(
            &ground.refused_plan(),
            &[
                "The cluster is not named",
                "keep kubernetes in the provider block until",
            ],
        );
        ground.write(&both);
        ground.settle();
        ground.write(&explicit.replace("us-east-1\" }", "us-west-2\" }"));
        let plan = ground.plan();
        assert_eq!(plan.actions(CLASS), ["delete", "create"]);
        ground.write(&explicit);
        ground.project.destroy().unwrap();
    });
}

/// What a refresh goes by is the state, in which a file of another machine may be named.
#[test]
fn a_way_in_the_state_that_is_gone_can_be_replaced() {
    with_a_cli(|cli| {
        know_karpenter();
        let ground = Ground::new(cli, "kp-stale");
        let through = |file: &str| {
            let cluster = other_cluster(&ground, file);
            let wish = Wish {
                cluster: &cluster,
                ..Wish::default()
            };
            ground.write(&configuration(&ground.name, &wish));
        };
        through("token-a");
        ground.project.init().unwrap();
        ground.settle();
        ground.project.remove("token-a").unwrap();
        through("token-b");
        assert_says(
            &ground.refused_plan(),
            &[
                "The file cannot be read",
                "token-a",
                "terraform apply -refresh=false",
            ],
        );
        ground.project.apply(&["-refresh=false"]).unwrap();
        ground.assert_settled();
        ground.project.destroy().unwrap();
        assert!(RIGHTS.get(&at("NodePool", &ground.name)).unwrap().is_none());
    });
}
