//! Rights that make plans better, and plans with less.

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions};
use serde_json::json;

use super::roles::{documented, role};
use super::{DEVICE_PLUGIN, Desk, NODE_CLASS, RIGHTS, SUBJECTS, Subject};
use crate::device_plugin::neighbours::mig_manager;
use crate::support::karpenter::at;
use crate::support::kube::collection;
use crate::support::{assert_says, with_a_cli, with_tofu};

#[test]
fn the_guide_has_a_role_for_each_resource_and_one_for_better_plans() {
    let names: Vec<String> = documented(&RIGHTS).into_iter().map(|role| role.name).collect();
    let expected: Vec<&str> = SUBJECTS
        .iter()
        .map(|subject| subject.role)
        .chain(["mig-better-plans"])
        .collect();
    assert_eq!(names, expected);
}

#[test]
fn without_the_right_to_list_node_claims_a_plan_says_so_and_does_not_fail() {
    with_a_cli(|cli| {
        let mut desk = Desk::new(cli, "no-claims", NODE_CLASS);
        let user = desk.ground.name.clone();
        let class = role(&RIGHTS, NODE_CLASS.role);
        let better = role(&RIGHTS, "mig-better-plans").only(&["get"]);
        desk.seat(&user, &[class, better]);
        desk.ground.settle();
        desk.write(true);
        let plan = desk.ground.plan();
        assert_eq!(plan.actions(NODE_CLASS.address), ["update"]);
        assert_says(
            &plan.output.words(),
            &[
                "The change rolls nodes",
                "How many nodes there are could not be asked",
            ],
        );
        desk.ground.settle();
        desk.ground.project.destroy().unwrap();
    });
}

/// A class whose deletion is not waited for long.
const IMPATIENT: Subject = Subject {
    block: |name, changed| format!("{}  delete_timeout = \"2s\"\n", (NODE_CLASS.block)(name, changed)),
    ..NODE_CLASS
};

#[test]
fn without_the_right_to_list_node_claims_a_held_deletion_says_that_it_cannot_tell_by_which() {
    with_a_cli(|cli| {
        let mut desk = Desk::new(cli, "held", IMPATIENT);
        let user = desk.ground.name.clone();
        desk.seat(&user, &[role(&RIGHTS, NODE_CLASS.role)]);
        desk.ground.settle();
        let object = at("EC2NodeClass", &user);
        let finalizers = |value| json!({"metadata": {"finalizers": value}});
        let held = finalizers(json!(["karpenter.k8s.aws/termination"]));
        RIGHTS.patch(&object, &held).unwrap();
        let destroy = ["destroy", "-no-color", "-input=false", "-auto-approve"];
        let refused = desk.ground.project.run(&destroy).unwrap();
        assert_eq!(refused.code, 1, "{}", refused.stdout);
        let who = format!("User \"{user}\" cannot list resource \"nodeclaims\"");
        assert_says(
            &refused.words(),
            &[
                "cannot be deleted",
                "karpenter.k8s.aws/termination",
                "could not be asked",
                &who,
            ],
        );
        assert_eq!(desk.ground.project.state_list().unwrap(), [NODE_CLASS.address]);
        RIGHTS.patch(&object, &finalizers(json!(null))).unwrap();
        desk.ground.project.destroy().unwrap();
    });
}

#[test]
fn only_who_may_list_daemon_sets_everywhere_is_told_of_a_mig_manager() {
    with_tofu(|cli| {
        let mut desk = Desk::new(cli, "neighbours", DEVICE_PLUGIN);
        let user = desk.ground.name.clone();
        let least = role(&RIGHTS, DEVICE_PLUGIN.role);
        desk.seat(&user, std::slice::from_ref(&least));
        let sets = collection(&user, "DaemonSet");
        RIGHTS.create(&sets, &mig_manager()).unwrap();
        let place = format!("{user}/nvidia-mig-manager");
        let plan = desk.ground.plan();
        assert_eq!(plan.actions(DEVICE_PLUGIN.address), ["create"]);
        assert!(!plan.output.words().contains(&place));
        let better = role(&RIGHTS, "mig-better-plans");
        desk.replace(&format!("{user}-better"), &[least, better]);
        assert_says(&desk.ground.plan_words(), &[&place]);
        RIGHTS.delete(&format!("{sets}/nvidia-mig-manager")).unwrap();
    });
}

#[test]
fn a_plan_needs_the_right_to_read_alone() {
    with_tofu(|cli| {
        for subject in SUBJECTS {
            let mut desk = Desk::new(cli, &format!("reader-{}", subject.role), subject);
            let user = desk.ground.name.clone();
            let full = role(&RIGHTS, subject.role);
            desk.seat(&user, std::slice::from_ref(&full));
            let reader = format!("{user}-plans");
            desk.replace(&reader, &[full.only(&["get"])]);
            let plan = desk.ground.plan();
            assert_eq!(plan.actions(subject.address), ["create"]);
            let refused = format!("User \"{reader}\" cannot patch resource");
            assert_says(
                &plan.output.words(),
                &[
                    "Warning: The objects were not tried out",
                    &refused,
                    "The plan is complete",
                ],
            );
            desk.replace(&format!("{user}-makes"), std::slice::from_ref(&full));
            desk.ground.settle();
            desk.replace(&format!("{user}-again"), &[full.only(&["get"])]);
            let output = desk.ground.project.try_plan(&[]).unwrap();
            assert_eq!(output.code, 0, "{}", output.words());
            assert!(!output.words().contains("Warning"), "{}", output.words());
            // What cannot be read is not taken for gone.
            desk.replace(&format!("{user}-blind"), &[full.only(&["delete"])]);
            assert_says(
                &desk.ground.refused_plan(),
                &["cannot get resource", "Allow it with RBAC"],
            );
            assert_eq!(desk.ground.project.state_list().unwrap(), [subject.address]);
        }
    });
}

#[test]
fn only_with_the_right_to_read_definitions_is_an_uninstalled_kind_known_to_be_gone() {
    with_tofu(|cli| {
        let options = KubeOptions {
            controllers: false,
            ..KubeOptions::new("uninstalled")
        };
        // Its definitions go, which nobody else may miss. It ends with the test process.
        let kube: &'static KubeApiServer = Box::leak(Box::new(KubeApiServer::start(&options).unwrap()));
        kube.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
        let mut desk = Desk::new(cli, "uninstalled", NODE_CLASS);
        desk.kube = kube;
        let user = desk.ground.name.clone();
        let class = role(kube, NODE_CLASS.role);
        desk.seat(&user, std::slice::from_ref(&class));
        desk.ground.settle();
        let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let definition = format!("{definitions}/ec2nodeclasses.karpenter.k8s.aws");
        kube.delete(&definition).unwrap();
        kube.wait_until(&definition, super::roles::LIMIT, |found| {
            found.is_null().then_some(()).ok_or_else(|| found.to_string())
        })
        .unwrap();
        assert_says(
            &desk.ground.refused_plan(),
            &[
                &format!("EC2NodeClass/{user} cannot be read"),
                "Install the chart",
            ],
        );
        assert_eq!(desk.ground.project.state_list().unwrap(), [NODE_CLASS.address]);
        let better = role(kube, "mig-better-plans");
        desk.replace(&format!("{user}-better"), &[class, better]);
        assert_eq!(desk.ground.plan().actions(NODE_CLASS.address), ["create"]);
    });
}
