//! What others do to the objects.

use serde_json::json;

use super::{CLASS, OVERLAY, POOL, Wish, configuration, ground, overlay_name};
use crate::support::karpenter::{at, edit, live};
use crate::support::kube::KUBE;
use crate::support::{assert_says, with_a_cli};

#[test]
fn a_field_of_ours_that_a_person_edited_is_taken_back_by_the_apply_that_showed_it() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-edited");
        let name = &ground.name;
        ground.settle();
        let patch = json!({"spec": {"template": {"spec": {"expireAfter": "24h"}}}});
        edit("NodePool", name, &patch);
        let plan = ground.plan();
        assert_eq!(plan.actions(POOL), ["update"]);
        assert_says(
            &plan.output.words(),
            &[
                "24h",
                "720h",
                "spec.template.spec.expireAfter",
                "kubectl-edit",
                "edited by hand",
            ],
        );
        ground.settle();
        let found = live("NodePool", name).unwrap();
        assert_eq!(found["spec"]["template"]["spec"]["expireAfter"], "720h");
    });
}

/// What the plan did not show is not undone: an edit after it, or one that no refresh has seen.
#[test]
fn an_edit_that_the_plan_did_not_show_stays() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-unseen");
        let name = &ground.name;
        ground.settle();
        edit(
            "NodePool",
            name,
            &json!({"spec": {"template": {"spec": {"expireAfter": "24h"}}}}),
        );
        ground.plan_words();
        edit(
            "NodePool",
            name,
            &json!({"spec": {"template": {"spec": {"expireAfter": "48h"}}}}),
        );
        let refused = ground.project.try_apply_plan().unwrap();
        assert_eq!(refused.code, 1, "{}", refused.stdout);
        assert_says(&refused.words(), &["kubectl-edit", "force_conflicts = true"]);
        let found = live("NodePool", name).unwrap();
        assert_eq!(found["spec"]["template"]["spec"]["expireAfter"], "48h");
        ground.settle();
        let found = live("NodePool", name).unwrap();
        assert_eq!(found["spec"]["template"]["spec"]["expireAfter"], "720h");
    });
}

#[test]
fn edited_user_data_shows_as_text() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-user-data");
        let name = &ground.name;
        ground.settle();
        edit(
            "EC2NodeClass",
            name,
            &json!({"spec": {"userData": "#!/bin/sh\necho theirs\n"}}),
        );
        let plan = ground.plan();
        assert_eq!(plan.actions(CLASS), ["update"]);
        assert_says(&plan.output.words(), &["echo theirs", "MIME-Version"]);
    });
}

#[test]
fn fields_of_others_never_show_and_are_not_lost() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-foreign");
        let name = &ground.name;
        ground.settle();
        edit(
            "EC2NodeClass",
            name,
            &json!({"metadata": {"annotations": {"theirs": "1"}, "finalizers": ["example.com/held"]}}),
        );
        edit(
            "NodePool",
            name,
            &json!({"metadata": {"labels": {"theirs": "1"}}}),
        );
        ground.assert_settled();
        let pool = "weight = 3";
        let class = "tags = { team = \"a\" }";
        ground.write(&configuration(
            name,
            &Wish {
                pool,
                class,
                ..Wish::default()
            },
        ));
        ground.settle();
        assert_eq!(
            live("EC2NodeClass", name).unwrap()["metadata"]["annotations"]["theirs"],
            "1"
        );
        assert_eq!(
            live("NodePool", name).unwrap()["metadata"]["labels"]["theirs"],
            "1"
        );
        edit("EC2NodeClass", name, &json!({"metadata": {"finalizers": null}}));
    });
}

#[test]
fn what_was_deleted_is_made_again() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-deleted");
        let name = &ground.name;
        ground.settle();
        KUBE.delete(&at("NodePool", name)).unwrap();
        KUBE.delete(&at("NodeOverlay", &overlay_name(name))).unwrap();
        let plan = ground.plan();
        assert_eq!(plan.actions(POOL), ["create"]);
        assert_eq!(plan.actions(OVERLAY), ["create"]);
        ground.settle();
        assert!(live("NodePool", name).is_some());
    });
}

#[test]
fn an_object_of_our_name_that_another_made_is_not_taken_for_ours() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-another");
        let name = &ground.name;
        ground.settle();
        let mut other = live("NodePool", name).unwrap();
        KUBE.delete(&at("NodePool", name)).unwrap();
        other["metadata"] = json!({"name": name});
        other["status"] = json!(null);
        KUBE.create("/apis/karpenter.sh/v1/nodepools", &other).unwrap();
        let plan = ground.plan();
        assert_eq!(plan.actions(POOL), ["create"]);
        assert_says(
            &plan.output.words(),
            &[
                "An object was deleted and made again",
                "exists already",
                "import {",
            ],
        );
        assert_says(&ground.failed_apply(), &["exists already"]);
        ground.project.destroy().unwrap();
        assert!(live("NodePool", name).is_some(), "it is not ours to delete");
        KUBE.delete(&at("NodePool", name)).unwrap();
    });
}
