//! What the server refuses, in its words, at our attribute.

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions};
use serde_json::json;

use super::{Wish, configuration, ground};
use crate::support::karpenter::live;
use crate::support::kube::KUBE;
use crate::support::{Ground, assert_says, with_a_cli};

/// A cluster whose Karpenter accepts less than the versions that are known here, as an older or a later one may.
fn strict_cluster() -> KubeApiServer {
    let options = KubeOptions {
        controllers: false,
        ..KubeOptions::new("strict")
    };
    let kube = KubeApiServer::start(&options).unwrap();
    let mut crds = karpenter_crds(Flavor::Aws).unwrap();
    let stricter = [
        (
            "ec2nodeclasses.karpenter.k8s.aws",
            "maximum: 64\n",
            "maximum: 1\n",
        ),
        ("nodepools.karpenter.sh", "maximum: 100\n", "maximum: 10\n"),
        ("nodeoverlays.karpenter.sh", "maximum: 10000\n", "maximum: 10\n"),
    ];
    for (name, usual, less) in stricter {
        let crd = crds.iter_mut().find(|crd| crd.name == name).unwrap();
        assert_eq!(crd.yaml.matches(usual).count(), 1, "{name}");
        crd.yaml = crd.yaml.replace(usual, less);
    }
    kube.apply_crds(&crds).unwrap();
    kube
}

/// A warning of the plan, since the same apply may bring other CRDs; an error of the apply.
#[test]
fn a_field_that_only_the_server_refuses_is_told_at_its_attribute() {
    with_a_cli(|cli| {
        let kube = strict_cluster();
        let ground = Ground::new(cli, "kp-strict");
        let token = ground.project.write("token", kube.admin_token()).unwrap();
        ground.project.write("ca.crt", kube.ca_pem()).unwrap();
        let cluster = format!(
            "host = \"{}\", token_file = \"{}\", cluster_ca_certificate = file(\"ca.crt\")",
            kube.url(),
            token.display()
        );
        let with = |class: &str, pool: &str, overlay: &str| {
            let overlay = format!("acceptance_timeout = \"0s\"\n  {overlay}");
            let wish = Wish {
                cluster: &cluster,
                class,
                pool,
                overlay: &overlay,
                ..Wish::default()
            };
            ground.write(&configuration(&ground.name, &wish));
        };
        with("", "", "");
        ground.project.init().unwrap();
        let cases = [
            (
                ["metadata_options = { http_put_response_hop_limit = 2 }", "", ""],
                "EC2NodeClass",
                "spec.metadataOptions.httpPutResponseHopLimit",
                "should be less than or equal to 1",
            ),
            (
                ["", "weight = 20", ""],
                "NodePool",
                "spec.weight",
                "should be less than or equal to 10",
            ),
            (
                ["", "", "weight = 20"],
                "NodeOverlay",
                "spec.weight",
                "should be less than or equal to 10",
            ),
        ];
        for (attributes, kind, field, message) in cases {
            let [class, pool, overlay] = attributes;
            with(class, pool, overlay);
            // Terraform quotes the line of the attribute that an error is about.
            let quoted = attributes.concat();
            let said = [
                field,
                message,
                &format!(": {quoted}"),
                "Change what the API server names",
            ];
            let plan = ground.plan_words();
            assert_says(&plan, &[kind, "would be refused"]);
            assert_says(&plan, &said);
            assert_says(&ground.failed_apply(), &said);
        }
        with("", "weight = 5", "weight = 5");
        ground.settle();
        ground.project.destroy().unwrap();
    });
}

/// A policy of the cluster against pools of this name; its refusal has this reason.
fn forbid(name: &str, reason: &str) {
    let root = "/apis/admissionregistration.k8s.io/v1";
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [{
                "apiGroups": ["karpenter.sh"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"],
                "resources": ["nodepools"], "resourceNames": [name],
            }]},
            "validations": [{
                "expression": "has(object.metadata.annotations) && 'owner' in object.metadata.annotations",
                "message": "every pool has an owner", "reason": reason,
            }],
        },
    });
    KUBE.create(&format!("{root}/validatingadmissionpolicies"), &policy)
        .unwrap();
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name}, "spec": {"policyName": name, "validationActions": ["Deny"]},
    });
    KUBE.create(&format!("{root}/validatingadmissionpolicybindings"), &binding)
        .unwrap();
    // A policy holds when the API server's own watch has brought it.
    let pool = json!({
        "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": name},
        "spec": {"template": {"spec": {
            "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "x"}, "requirements": [],
        }}},
    });
    counterparts::wait_for("the policy", std::time::Duration::from_secs(240), || {
        let answer = KUBE.create("/apis/karpenter.sh/v1/nodepools?dryRun=All", &pool);
        answer.map_or_else(
            |error| {
                error
                    .to_string()
                    .contains("owner")
                    .then_some(())
                    .ok_or(error.to_string())
            },
            |_| Err("not refused yet".to_owned()),
        )
    })
    .unwrap();
}

#[test]
fn a_policy_of_the_cluster_is_told_in_its_own_words() {
    for (test, reason) in [("kp-invalid", "Invalid"), ("kp-denied", "Forbidden")] {
        with_a_cli(|cli| {
            let ground = ground(cli, test);
            let name = &ground.name;
            forbid(name, reason);
            let says = ["NodePool", "would be refused", "every pool has an owner"];
            // A policy may be changed by the same apply, whatever code it answers with, so the plan only warns.
            let words = ground.plan_words();
            assert_says(&words, &says);
            assert_says(&words, &["Warning:", "RBAC is not in the way"]);
            let words = ground.failed_apply();
            let says = [
                "cannot be applied",
                "every pool has an owner",
                "RBAC is not in the way",
            ];
            assert_says(&words, &says);
            assert!(!words.contains("Allow it with RBAC"), "{words}");
            assert!(live("NodePool", name).is_none());
            let pool = "annotations = { owner = \"ml\" }";
            ground.write(&configuration(
                name,
                &Wish {
                    pool,
                    ..Wish::default()
                },
            ));
            ground.settle();
            ground.project.destroy().unwrap();
        });
    }
}
