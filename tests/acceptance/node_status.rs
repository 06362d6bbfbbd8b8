//! `data.mig_node_status`: the nodes of a cluster, as a configuration sees them.

use serde_json::{Value, json};

use crate::drift::Scene;
use crate::support::{Ground, assert_says, with_a_cli, with_each_cli};

/// The data source on a context of the scene, and a check that all its nodes are right.
fn configuration(scene: &Scene, context: &str) -> String {
    let kubeconfig = scene.path("kubeconfig");
    format!(
        r#"
data "mig_node_status" "this" {{
  cluster      = {{ kubeconfig = "{kubeconfig}", context = "{context}" }}
  layouts      = [{{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}]
  boot_timeout = "1m"
}}
check "slices" {{
  assert {{
    condition     = data.mig_node_status.this.counts["wrong"] == 0
    error_message = "wrong: ${{join(", ", [for name, node in data.mig_node_status.this.nodes : name if node.state == "wrong"])}}"
  }}
}}
output "counts" {{ value = data.mig_node_status.this.counts }}
output "nodes"  {{ value = data.mig_node_status.this.nodes }}
"#
    )
}

#[test]
fn nodes_are_counted_by_their_state_and_a_check_can_say_so() {
    with_each_cli(|cli| {
        let mut scene = Scene::new("status-states");
        scene.node("failed", |node| {
            node["spec"]["taints"] = json!([{"key": "mig.eks/partition-failed", "value": "no-profile", "effect": "NoSchedule"}]);
        });
        scene.node("boots", |node| {
            node["status"]["allocatable"] = json!({(crate::drift::SLICE): "0"});
            node["status"]["conditions"][0]["lastTransitionTime"] = json!(crate::drift::AHEAD);
        });
        scene.node("cordoned", |node| node["spec"]["unschedulable"] = json!(true));
        scene.node("old", |node| {
            node["metadata"]["labels"]["mig.eks/layout"] = json!("earlier")
        });
        scene.node("right", |_| ());
        scene.node("cpu", |node| node["metadata"]["labels"] = json!({"team": "web"}));
        let ground = Ground::with(cli, "status", |_| configuration(&scene, "good"));
        let applied = ground.apply();
        assert_says(&applied.words(), &["Warning", "wrong: failed"]);
        let counts = ground.project.output("counts").unwrap();
        assert_eq!(
            counts,
            json!({"right": 1, "wrong": 1, "booting": 1, "draining": 1, "unknown": 1})
        );
        let nodes = ground.project.output("nodes").unwrap();
        assert_eq!(
            nodes.as_object().unwrap().len(),
            5,
            "one without GPUs is not among them: {nodes}"
        );
        let right = &nodes["right"];
        assert_eq!(
            (&right["state"], &right["layout"]),
            (&json!("right"), &json!(scene.id))
        );
        assert_eq!(
            (&right["expected"], &right["found"]),
            (
                &json!({(crate::drift::SLICE): 56}),
                &json!({(crate::drift::SLICE): 56})
            )
        );
        assert_eq!(
            (&right["instance_type"], &right["placements"]),
            (&json!("p5.48xlarge"), &Value::Null)
        );
        assert_eq!(nodes["failed"]["partition_failed"], true);
        assert_says(
            nodes["failed"]["reason"].as_str().unwrap(),
            &["could not be cut: no-profile"],
        );
    });
}

#[test]
fn a_cluster_that_does_not_answer_is_an_error_and_no_nodes_are_none() {
    with_a_cli(|cli| {
        let scene = Scene::new("status-gone");
        let ground = Ground::with(cli, "status-gone", |_| configuration(&scene, "gone"));
        assert_says(
            &ground.refused_plan(),
            &["The nodes cannot be read", "context gone", "Connection refused"],
        );
        ground.write(&configuration(&scene, "good"));
        let applied = ground.apply();
        assert!(!applied.words().contains("Warning"), "{}", applied.words());
        assert_eq!(ground.project.output("nodes").unwrap(), json!({}));
    });
}

#[test]
fn without_the_right_to_list_nodes_it_fails_and_without_that_to_list_claims_it_says_so() {
    with_a_cli(|cli| {
        let mut scene = Scene::new("status-rights");
        scene.node("right", |_| ());
        crate::drift::rights::grant(&mut scene, "status-without-nodes", "nodes");
        crate::drift::rights::grant(&mut scene, "status-without-claims", "nodeclaims");
        scene.contexts(&["status-without-nodes", "status-without-claims"]);
        let ground = Ground::with(cli, "status-rights", |_| {
            configuration(&scene, "status-without-claims")
        });
        // The API server learns of roles after it has them.
        let planned = counterparts::wait_for("the roles", std::time::Duration::from_secs(60), || {
            let planned = ground.project.try_plan(&[]).unwrap();
            if planned.code == 1 {
                Err(planned.words())
            } else {
                Ok(planned)
            }
        });
        assert_says(
            &planned.unwrap().words(),
            &[
                "A part of what is known of the nodes cannot be read",
                "nodeclaims",
            ],
        );
        ground.write(&configuration(&scene, "status-without-nodes"));
        assert_says(
            &ground.refused_plan(),
            &["The nodes cannot be read", "cannot list resource \"nodes\""],
        );
    });
}

#[test]
fn layouts_that_are_wrong_are_told_before_anybody_is_asked() {
    with_a_cli(|cli| {
        let scene = Scene::new("status-wrong");
        let ground = Ground::with(cli, "status-wrong", |_| {
            configuration(&scene, "gone").replace("1g.10gb", "1g.11gb")
        });
        let refused = ground.refused_plan();
        assert_says(&refused, &["1g.11gb"]);
        assert!(!refused.contains("Connection refused"), "{refused}");
        ground.write(&configuration(&scene, "good").replace("\"1m\"", "\"soon\""));
        assert_says(&ground.refused_plan(), &["boot_timeout", "soon"]);
    });
}
