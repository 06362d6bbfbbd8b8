//! Planning without the cluster, and a cluster that does not know Karpenter yet.

use std::thread;
use std::time::Duration;

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions};

use super::{CLASS, OVERLAY, POOL, Wish, configuration};
use crate::support::{Ground, assert_says, with_a_cli, with_tofu};

#[test]
fn without_the_cluster_the_plan_is_whole_and_warns() {
    with_a_cli(|cli| {
        let wish = Wish {
            cluster: "name = \"absent\"",
            ..Wish::default()
        };
        let ground = Ground::with(cli, "kp-absent", |name| configuration(name, &wish));
        let plan = ground.plan();
        for address in [CLASS, POOL, OVERLAY] {
            assert_eq!(plan.actions(address), ["create"], "{address}");
        }
        let overlay = plan
            .changes()
            .into_iter()
            .find(|change| change.address == OVERLAY)
            .unwrap();
        assert!(
            overlay.after["manifests"]
                .to_string()
                .contains("nvidia.com/mig-1g.10gb"),
            "{}",
            overlay.after
        );
        assert_says(
            &plan.output.words(),
            &[
                "The objects were not tried out on the cluster",
                "The plan is complete",
            ],
        );
        assert_says(&ground.failed_apply(), &["The cluster cannot be used", "absent"]);
        assert!(ground.project.state_list().unwrap().is_empty());
    });
}

#[test]
fn a_cluster_without_karpenter_plans_with_warnings_and_an_apply_waits_for_it() {
    with_tofu(|cli| {
        let options = KubeOptions::new("bare");
        let kube = KubeApiServer::start(&options).unwrap();
        let ground = Ground::new(cli, "kp-bare");
        let token = ground.project.write("token", kube.admin_token()).unwrap();
        let ca = ground.project.write("ca.pem", kube.ca_pem()).unwrap();
        let cluster = format!(
            "host = \"{}\", token_file = \"{}\", cluster_ca_certificate = file(\"{}\")",
            kube.url(),
            token.display(),
            ca.display()
        );
        let write = |timeout: &str| {
            let wish = Wish {
                cluster: &cluster,
                class: timeout,
                pool: timeout,
                ..Wish::default()
            };
            ground.write(&configuration(&ground.name, &wish));
        };
        write("crd_timeout = \"1s\"");
        ground.project.init().unwrap();
        let plan = ground.plan();
        assert_eq!(plan.actions(CLASS), ["create"]);
        assert_says(
            &plan.output.words(),
            &["The objects were not tried out", "karpenter-crd"],
        );
        assert_says(
            &ground.failed_apply(),
            &[
                "The cluster does not know EC2NodeClass",
                "install the Helm chart karpenter",
            ],
        );
        assert!(ground.project.state_list().unwrap().is_empty());

        write("crd_timeout = \"5m\"");
        thread::scope(|scope| {
            let kube = &kube;
            scope.spawn(move || {
                // The apply waits already, or begins after; it ends well in both cases.
                thread::sleep(Duration::from_secs(3));
                kube.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
            });
            ground.apply();
        });
        ground.assert_settled();
        ground.project.destroy().unwrap();
    });
}
