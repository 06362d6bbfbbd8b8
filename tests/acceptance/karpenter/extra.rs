//! Fields of a Karpenter that is newer than this provider.

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions};
use serde_json::Value;

use super::{CLASS, POOL, Wish, configuration};
use crate::support::{Ground, assert_says, with_tofu};

/// A cluster whose Karpenter knows one field more of each kind, as a later one does; or none of this version at all.
fn cluster(changes: &[(&str, &str, &str)]) -> KubeApiServer {
    let options = KubeOptions {
        controllers: false,
        ..KubeOptions::new("other")
    };
    let kube = KubeApiServer::start(&options).unwrap();
    let mut crds = karpenter_crds(Flavor::Aws).unwrap();
    for (name, usual, other) in changes {
        let crd = crds.iter_mut().find(|crd| crd.name == *name).unwrap();
        assert!(crd.yaml.contains(usual), "{name}");
        crd.yaml = crd.yaml.replacen(usual, other, 1);
    }
    kube.apply_crds(&crds).unwrap();
    kube
}

/// A project on that cluster, and the words that name the cluster.
fn on(kube: &KubeApiServer, ground: &Ground) -> String {
    let token = ground.project.write("token", kube.admin_token()).unwrap();
    ground.project.write("ca.crt", kube.ca_pem()).unwrap();
    format!(
        "host = \"{}\", token_file = \"{}\", cluster_ca_certificate = file(\"ca.crt\")",
        kube.url(),
        token.display()
    )
}

fn live(kube: &KubeApiServer, path: &str) -> Value {
    kube.get(path).unwrap().unwrap()
}

#[test]
fn a_field_that_a_later_karpenter_has_can_be_given() {
    with_tofu(|cli| {
        // Beside fields that each kind has once.
        let kube = cluster(&[
            (
                "ec2nodeclasses.karpenter.k8s.aws",
                "                amiFamily:\n",
                "                ofALaterVersion:\n                  type: string\n                amiFamily:\n",
            ),
            (
                "nodepools.karpenter.sh",
                "                        expireAfter:\n",
                "                        ofALaterVersion:\n                          type: boolean\n                        \
                 expireAfter:\n",
            ),
        ]);
        let ground = Ground::new(cli, "kp-later");
        let cluster = on(&kube, &ground);
        let with = |class: &str, pool: &str| {
            let wish = Wish {
                cluster: &cluster,
                class,
                pool,
                ..Wish::default()
            };
            ground.write(&configuration(&ground.name, &wish));
        };
        with(
            "extra = jsonencode({ ofALaterVersion = \"x\" })",
            "extra = jsonencode({ template = { spec = { ofALaterVersion = true } } })",
        );
        ground.project.init().unwrap();
        ground.settle();
        let class = format!("/apis/karpenter.k8s.aws/v1/ec2nodeclasses/{}", ground.name);
        let pool = format!("/apis/karpenter.sh/v1/nodepools/{}", ground.name);
        assert_eq!(live(&kube, &class)["spec"]["ofALaterVersion"], "x");
        assert_eq!(
            live(&kube, &pool)["spec"]["template"]["spec"]["ofALaterVersion"],
            true
        );

        with("extra = jsonencode({ ofALaterVersion = \"y\" })", "");
        let plan = ground.plan();
        assert_eq!(plan.actions(CLASS), ["update"]);
        assert_eq!(plan.actions(POOL), ["update"]);
        assert_says(
            &plan.output.words(),
            &["rolls nodes", "Changed: ofALaterVersion."],
        );
        ground.settle();
        assert_eq!(live(&kube, &class)["spec"]["ofALaterVersion"], "y");
        assert!(
            live(&kube, &pool)["spec"]["template"]["spec"]
                .get("ofALaterVersion")
                .is_none()
        );

        // A field that this Karpenter does not have: a warning, since the same apply may upgrade it; then an error.
        with("extra = jsonencode({ misspelt = 1 })", "");
        let plan = ground.plan();
        assert_says(&plan.output.words(), &["would be refused", "misspelt"]);
        assert_says(
            &ground.failed_apply(),
            &["misspelt", "field not declared in schema"],
        );
        // What has an attribute.
        with("extra = jsonencode({ role = \"r\" })", "");
        assert_says(&ground.refused_plan(), &["spec.role has an attribute of its own"]);
        with("", "extra = jsonencode({ limits = { nodes = \"1\" } })");
        assert_says(
            &ground.refused_plan(),
            &["spec.limits has an attribute of its own"],
        );
    });
}

/// Karpenter 0.37 served v1beta1 alone.
#[test]
fn a_karpenter_that_is_too_old_is_said_to_be() {
    with_tofu(|cli| {
        let kube = cluster(&[
            (
                "ec2nodeclasses.karpenter.k8s.aws",
                "    name: v1\n",
                "    name: v1beta1\n",
            ),
            ("nodepools.karpenter.sh", "    name: v1\n", "    name: v1beta1\n"),
        ]);
        let ground = Ground::new(cli, "kp-old");
        let cluster = on(&kube, &ground);
        let wish = Wish {
            cluster: &cluster,
            class: "crd_timeout = \"1s\"",
            ..Wish::default()
        };
        ground.write(&configuration(&ground.name, &wish));
        ground.project.init().unwrap();
        let old = "in the version v1beta1, and not in v1. Its chart is too old";
        assert_says(&ground.plan_words(), &[old]);
        assert_says(
            &ground.failed_apply(),
            &["The cluster does not know EC2NodeClass", old],
        );
    });
}
