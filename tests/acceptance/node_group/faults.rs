//! EKS throttled, or lossy: nothing lost, nothing made twice.

use counterparts::{Fault, Rule};

use super::{SIZES, SMALL, ground, group, many};
use crate::support::{Ground, REGION, assert_says, eks, with_a_cli};

#[test]
fn a_create_whose_answers_are_lost_makes_one_group() {
    with_a_cli(|cli| {
        let ground = ground(cli, "group-lost", SIZES);
        let create = format!("POST /clusters/{}/node-groups", ground.name);
        ground.proxy.add(Rule::action(&create, Fault::DropAfter));
        ground.apply();
        assert!(ground.proxy.forwarded(&create) >= 1);
        ground.proxy.clear_rules();
        ground.assert_settled();
        assert_eq!(eks::groups(&ground.name), std::slice::from_ref(&ground.name));
    });
}

/// An update that was begun just now need not be seen everywhere yet.
#[test]
fn an_update_that_is_shown_late_is_waited_for() {
    with_a_cli(|cli| {
        let ground = ground(cli, "group-late-update", SIZES);
        ground.settle();
        let updates = format!("/clusters/{}/updates/", ground.name);
        let unseen = Fault::json_error(404, "ResourceNotFoundException", "No update found for ID");
        ground.proxy.add(Rule::path(&updates, unseen.clone()).times(2));
        let sizes = "  scaling_config = { min_size = 0, max_size = 4 }";
        ground.write(&group(&ground.name, SMALL, sizes));
        ground.settle();
        ground.proxy.add(Rule::path(&updates, unseen));
        ground.write(&group(&ground.name, SMALL, SIZES));
        assert_says(&ground.failed_apply(), &["No update found for ID"]);
    });
}

#[test]
fn fifty_groups_are_planned_while_eks_throttles() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "fifty", |name| {
            eks::add_cluster(REGION, name);
            many(name, 50)
        });
        let path = format!("/clusters/{}/node-groups/", ground.name);
        let throttled = Fault::json_error(429, "ThrottlingException", "Rate exceeded");
        ground.proxy.add(Rule::path(&path, throttled.clone()).times(60));
        ground.apply();
        ground.proxy.add(Rule::path(&path, throttled).times(60));
        ground.assert_settled();
        assert_eq!(eks::groups(&ground.name).len(), 50);
    });
}
