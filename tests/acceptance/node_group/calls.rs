//! What a plan without changes asks of AWS: a call more for each group is paid by everybody, at every plan.

use std::collections::BTreeMap;

use super::many;
use crate::support::{Ground, REGION, eks, rights, with_a_cli};

/// More than Terraform reads at once.
const GROUPS: usize = 12;

#[test]
fn a_plan_without_changes_asks_for_each_group_once() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "calls", |name| {
            eks::add_cluster(REGION, name);
            many(name, GROUPS)
        });
        ground.settle();
        ground.proxy.clear_calls();
        ground.assert_settled();
        let mut calls = rights::counted(&ground.proxy);
        // How many share a call depends on when they ask.
        let shared = calls.remove("autoscaling:DescribeAutoScalingGroups").unwrap();
        assert!((1..=GROUPS).contains(&shared), "{shared}");
        let expected = [
            ("ec2:DescribeLaunchTemplateVersions", 1),
            ("ec2:DescribeLaunchTemplates", 1),
            ("eks:DescribeNodegroup", GROUPS),
        ];
        let expected = expected.map(|(right, count)| (right.to_owned(), count));
        assert_eq!(calls, BTreeMap::from(expected));
    });
}
