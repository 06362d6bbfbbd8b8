//! What others do to the objects.

use serde_json::json;

use super::{MIXED, MIXED_OBJECTS, THIS, ground, plugin};
use crate::support::kube::{KUBE, edit, image, live, objects, path};
use crate::support::{assert_says, with_a_cli};

const DAEMON_SET: &str = "DaemonSet/mig-device-plugin-mixed";

#[test]
fn a_field_of_ours_that_another_manager_took_shows_and_is_taken_back_only_if_asked() {
    let field = r#"spec.template.spec.containers[name="nvidia-device-plugin"].image by "argocd-controller""#;
    with_a_cli(|cli| {
        let ground = ground(cli, "taken");
        let namespace = &ground.name;
        ground.settle();
        let ours = image(namespace, "mig-device-plugin-mixed");
        let container = json!({"name": "nvidia-device-plugin", "image": "example.com/theirs:1"});
        let patch = json!({"spec": {"template": {"spec": {"containers": [container]}}}});
        edit(namespace, DAEMON_SET, "argocd-controller", &patch);

        let plan = ground.plan();
        assert_eq!(plan.actions(THIS), ["update"]);
        assert_says(
            &plan.output.words(),
            &["example.com/theirs:1", &ours, field, "force_conflicts"],
        );
        assert_eq!(plan.drift().len(), 1);
        assert_says(
            &ground.failed_apply(),
            &["cannot be applied", field, "force_conflicts = true"],
        );
        assert_eq!(
            image(namespace, "mig-device-plugin-mixed"),
            "example.com/theirs:1"
        );

        ground.write(&plugin(namespace, &[MIXED], "force_conflicts = true"));
        ground.settle();
        assert_eq!(image(namespace, "mig-device-plugin-mixed"), ours);
    });
}

/// Whatever people do to our fields, the plan shows it and its apply sets it back, without force for others.
#[test]
fn edits_of_people_are_taken_back() {
    with_a_cli(|cli| {
        let ground = ground(cli, "people");
        let namespace = &ground.name;
        ground.settle();
        let before = live(namespace, DAEMON_SET).unwrap();
        let file = live(namespace, "ConfigMap/mig-device-plugin").unwrap();
        let pod = |spec: serde_json::Value| json!({"spec": {"template": {"spec": spec}}});
        let container = |fields: serde_json::Value| {
            let mut container = fields;
            container["name"] = json!("nvidia-device-plugin");
            json!({"containers": [container]})
        };
        let env = json!([{"name": "MIG_STRATEGY", "value": "none"}]);
        for (manager, patch) in [
            (
                "kubectl-edit",
                pod(container(json!({"image": "example.com/theirs:1"}))),
            ),
            ("kubectl-set", pod(container(json!({"env": env})))),
            (
                "kubectl-patch",
                pod(json!({"nodeSelector": {"mig.eks/device-plugin": "off"}})),
            ),
            (
                "kubectl-replace",
                pod(json!({"tolerations": [{"key": "a", "operator": "Exists"}]})),
            ),
            (
                "kubectl-client-side-apply",
                pod(json!({"priorityClassName": "system-cluster-critical"})),
            ),
            (
                "k9s",
                json!({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": null}}}),
            ),
            (
                "kubectl-label",
                json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": "me"}}}),
            ),
        ] {
            edit(namespace, DAEMON_SET, manager, &patch);
        }
        let other = json!({"data": {"mixed.yaml": "version: v1\n"}});
        edit(namespace, "ConfigMap/mig-device-plugin", "Mozilla", &other);
        let words = ground.plan_words();
        let says = [
            "DaemonSet/mig-device-plugin-mixed was edited by hand",
            "kubectl-set",
            "k9s",
            "Mozilla",
        ];
        assert_says(&words, &says);
        ground.settle();
        let after = live(namespace, DAEMON_SET).unwrap();
        for pointer in [
            "/spec/template/spec",
            "/spec/updateStrategy/type",
            "/metadata/labels",
        ] {
            assert_eq!(after.pointer(pointer), before.pointer(pointer), "{pointer}");
        }
        let restored = live(namespace, "ConfigMap/mig-device-plugin").unwrap();
        assert_eq!(restored["data"], file["data"]);
    });
}

/// With a controller's field among them nothing is taken.
#[test]
fn a_controllers_field_among_them_stays_a_conflict() {
    with_a_cli(|cli| {
        let ground = ground(cli, "both");
        let namespace = &ground.name;
        ground.settle();
        let priority =
            json!({"spec": {"template": {"spec": {"priorityClassName": "system-cluster-critical"}}}});
        edit(namespace, DAEMON_SET, "kubectl-edit", &priority);
        let strategy = json!({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": null}}});
        edit(namespace, DAEMON_SET, "helm", &strategy);
        assert_says(&ground.plan_words(), &["\"helm\"", "leave the fields alone"]);
        assert_says(&ground.failed_apply(), &["\"helm\"", "force_conflicts = true"]);
        let found = live(namespace, DAEMON_SET).unwrap();
        assert_eq!(found["spec"]["updateStrategy"]["type"], "OnDelete");
    });
}

#[test]
fn what_was_taken_away_comes_back() {
    with_a_cli(|cli| {
        let ground = ground(cli, "removed");
        let namespace = &ground.name;
        ground.settle();
        let label = "app.kubernetes.io/managed-by";
        KUBE.patch(
            &path(namespace, DAEMON_SET),
            &json!({"metadata": {"labels": {label: null}}}),
        )
        .unwrap();
        KUBE.patch(
            &path(namespace, "ConfigMap/mig-device-plugin"),
            &json!({"data": {"mixed.yaml": null}}),
        )
        .unwrap();
        let plan = ground.plan();
        assert_says(&plan.output.stdout, &[label, "migStrategy"]);
        ground.settle();
        let found = live(namespace, DAEMON_SET).unwrap();
        assert_eq!(found["metadata"]["labels"][label], "terraform-provider-mig");
    });
}

#[test]
fn fields_of_others_never_show_and_survive_our_changes() {
    with_a_cli(|cli| {
        let ground = ground(cli, "foreign");
        let namespace = &ground.name;
        ground.settle();
        let container = json!({"name": "nvidia-device-plugin", "env": [{"name": "THEIRS", "value": "1"}]});
        let theirs = json!({
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {"name": "mig-device-plugin-mixed", "labels": {"theirs": "1"}, "annotations": {"theirs": "1"}},
            "spec": {"revisionHistoryLimit": 3, "template": {
                "metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-11-23T00:00:00Z"}},
                "spec": {"terminationGracePeriodSeconds": 5, "containers": [container]},
            }},
        });
        KUBE.apply(&path(namespace, DAEMON_SET), "colleague", &theirs)
            .unwrap();
        KUBE.patch(
            &path(namespace, "ConfigMap/mig-device-plugin"),
            &json!({"data": {"theirs": "1"}}),
        )
        .unwrap();
        ground.assert_settled();

        ground.write(&plugin(namespace, &[MIXED], "image = \"example.com/plugin:v2\""));
        ground.settle();
        let found = live(namespace, DAEMON_SET).unwrap();
        let template = &found["spec"]["template"];
        assert_eq!(
            template["spec"]["containers"][0]["image"],
            "example.com/plugin:v2"
        );
        assert!(
            template["spec"]["containers"][0]["env"]
                .to_string()
                .contains("THEIRS")
        );
        assert_eq!(template["spec"]["terminationGracePeriodSeconds"], 5);
        let restarted = &template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"];
        assert_eq!(restarted, "2026-11-23T00:00:00Z", "of `kubectl rollout restart`");
        assert_eq!(found["metadata"]["labels"]["theirs"], "1");
        assert_eq!(found["metadata"]["annotations"]["theirs"], "1");
        let file = live(namespace, "ConfigMap/mig-device-plugin").unwrap();
        assert_eq!(file["data"]["theirs"], "1");
    });
}

#[test]
fn what_was_deleted_is_made_again() {
    with_a_cli(|cli| {
        let ground = ground(cli, "deleted");
        let namespace = &ground.name;
        ground.settle();
        KUBE.delete(&path(namespace, DAEMON_SET)).unwrap();
        assert_eq!(ground.plan().actions(THIS), ["update"]);
        ground.settle();
        assert!(objects(namespace).iter().eq(&MIXED_OBJECTS));

        for object in MIXED_OBJECTS {
            KUBE.delete(&path(namespace, object)).unwrap();
        }
        assert_eq!(ground.plan().actions(THIS), ["create"]);
        ground.settle();
        assert!(objects(namespace).iter().eq(&MIXED_OBJECTS));
    });
}
