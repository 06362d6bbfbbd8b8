//! Ctrl-C while EKS works.

use std::time::Duration;

use counterparts::wait_for;
use serde_json::json;

use super::{ADDRESS, SIZES, SMALL, ground, group};
use crate::support::{Ground, MOTO, REGION, eks, with_a_cli};

const LIMIT: Duration = Duration::from_secs(120);
/// Long enough to interrupt, and to be seen by the next plan.
const TAKES: Duration = Duration::from_secs(12);
const APPLY: [&str; 4] = ["apply", "-no-color", "-input=false", "-auto-approve"];

/// Starts a command, interrupts it once the group has that status, and waits for its end.
fn interrupted(ground: &Ground, command: &[&str], status: &str) {
    let path = format!("GET /clusters/{0}/node-groups/{0}", ground.name);
    MOTO.node_groups(REGION, &ground.name).takes(TAKES).unwrap();
    ground.proxy.clear_calls();
    let running = ground.project.spawn(command).unwrap();
    wait_for(status, LIMIT, || {
        let looked = ground.proxy.count(&path) > 0;
        let there = eks::group(&ground.name, &ground.name).map(|group| group["status"].clone());
        (looked && there == Some(json!(status)))
            .then_some(())
            .ok_or_else(|| format!("{there:?}"))
    })
    .unwrap();
    running.interrupt().unwrap();
    let output = running.wait(LIMIT).unwrap();
    assert!(output.words().contains("nterrupt"), "{}", output.words());
    MOTO.node_groups(REGION, &ground.name).looks(1).unwrap();
}

#[test]
fn a_group_in_the_making_is_kept_and_the_next_plan_goes_on() {
    with_a_cli(|cli| {
        let ground = ground(cli, "interrupt-create", SIZES);
        interrupted(&ground, &APPLY, "CREATING");
        assert_eq!(ground.resource(ADDRESS)["status"], json!("CREATING"));
        // It may have become active meanwhile; in no case is it made twice.
        let actions = ground.plan().actions(ADDRESS);
        assert_eq!(actions, ["update"]);
        ground.settle();
        assert_eq!(eks::groups(&ground.name).len(), 1);
        assert_eq!(ground.resource(ADDRESS)["status"], json!("ACTIVE"));
        assert_eq!(
            ground.resource(ADDRESS)["autoscaling_group_names"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    });
}

#[test]
fn an_update_goes_on_where_it_is() {
    with_a_cli(|cli| {
        let ground = ground(cli, "interrupt-update", SIZES);
        ground.apply();
        ground.write(&group(&ground.name, "\"3g.40gb\" = 2", SIZES));
        interrupted(&ground, &APPLY, "UPDATING");
        let update = format!("POST /clusters/{0}/node-groups/{0}/update-version", ground.name);
        assert_eq!(ground.proxy.count(&update), 1);
        ground.settle();
        assert_eq!(ground.proxy.count(&update), 1, "asked for once");
        let group = eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(group["launchTemplate"]["version"], json!("2"));
    });
}

#[test]
fn a_deletion_is_waited_for_again() {
    with_a_cli(|cli| {
        let ground = ground(cli, "interrupt-delete", SIZES);
        ground.apply();
        let destroy = ["destroy", "-no-color", "-input=false", "-auto-approve"];
        interrupted(&ground, &destroy, "DELETING");
        assert!(
            ground
                .project
                .state_list()
                .unwrap()
                .iter()
                .any(|one| one == ADDRESS)
        );
        ground.project.destroy().unwrap();
        assert_eq!(eks::groups(&ground.name), Vec::<String>::new());
    });
}

#[test]
fn an_apply_begins_when_another_update_has_ended() {
    with_a_cli(|cli| {
        let ground = ground(cli, "busy", SIZES);
        ground.apply();
        let path = format!("node-groups/{}/update-config", ground.name);
        let labels = json!({"labels": {"addOrUpdateLabels": {"by": "hand"}}});
        eks::change(&ground.name, &path, &labels);
        ground.write(&group(
            &ground.name,
            SMALL,
            "  scaling_config = { min_size = 0, max_size = 4 }",
        ));
        ground.settle();
        let group = eks::group(&ground.name, &ground.name).unwrap();
        assert_eq!(group["scalingConfig"]["maxSize"], json!(4));
        assert!(group["labels"].get("by").is_none());
    });
}
