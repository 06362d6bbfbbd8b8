//! What EKS cannot do, or has done already.

use counterparts::Issue;
use serde_json::json;

use super::{ADDRESS, SIZES, SMALL, ground, group};
use crate::support::{MOTO, REGION, assert_says, eks, with_a_cli};

/// As in terraform-provider-aws, issue 20268: the group must not be lost.
#[test]
fn a_group_that_eks_cannot_make_stays_in_the_state_and_is_made_anew() {
    with_a_cli(|cli| {
        let ground = ground(cli, "create-failed", SIZES);
        let issue = Issue::new(
            "NodeCreationFailure",
            "Instances failed to join the kubernetes cluster",
        )
        .on("i-1");
        MOTO.node_groups(REGION, &ground.name)
            .fail_next_create(&ground.name, &[issue])
            .unwrap();
        assert_says(
            &ground.failed_apply(),
            &[
                "CREATE_FAILED",
                "NodeCreationFailure",
                "i-1",
                "lines of the boot script",
            ],
        );
        assert_eq!(ground.resource(ADDRESS)["status"], json!("CREATE_FAILED"));
        assert_eq!(ground.plan().actions(ADDRESS), ["delete", "create"]);
        ground.settle();
        assert_eq!(eks::groups(&ground.name).len(), 1);
    });
}

#[test]
fn an_update_that_fails_says_why_and_is_tried_again() {
    with_a_cli(|cli| {
        let ground = ground(cli, "update-failed", SIZES);
        ground.apply();
        ground.write(&group(&ground.name, "\"3g.40gb\" = 2", SIZES));
        let issue = Issue::new(
            "PodEvictionFailure",
            "Reached max retries while trying to evict pods",
        )
        .on("ip-10-0-0-1");
        // Labels change first, which replaces no node.
        MOTO.node_groups(REGION, &ground.name)
            .fail_next_update(&ground.name, &[issue])
            .unwrap();
        assert_says(
            &ground.failed_apply(),
            &["PodEvictionFailure", "ip-10-0-0-1", "force_update_version"],
        );
        let state = ground.resource(ADDRESS);
        assert_eq!(state["launch_template_version"], json!(1), "what EKS has");
        ground.settle();
        assert_eq!(ground.resource(ADDRESS)["launch_template_version"], json!(2));
    });
}

#[test]
fn a_group_that_exists_is_not_taken_over() {
    with_a_cli(|cli| {
        let owner = ground(cli, "exists", SIZES);
        owner.apply();
        let other = crate::support::Ground::with(cli, "exists-other", |name| {
            group(name, SMALL, SIZES).replace(
                &format!("  cluster_name    = \"{name}\"\n  node_group_name = \"{name}\""),
                &format!(
                    "  cluster_name    = \"{0}\"\n  node_group_name = \"{0}\"",
                    owner.name
                ),
            )
        });
        let said = other.failed_apply();
        let id = format!("id = \"{0}:{0}\"", owner.name);
        assert_says(
            &said,
            &[
                "The name of the node group is taken",
                "to = mig_node_group.NAME",
                &id,
            ],
        );
        assert!(
            !other
                .project
                .state_list()
                .unwrap()
                .iter()
                .any(|one| one == ADDRESS)
        );
        owner.assert_settled();
    });
}

#[test]
fn a_deletion_that_fails_says_why_and_keeps_the_group() {
    with_a_cli(|cli| {
        let ground = ground(cli, "delete-failed", SIZES);
        ground.apply();
        let issue = Issue::new("Ec2SecurityGroupDeletionFailure", "The security group is in use").on("sg-1");
        MOTO.node_groups(REGION, &ground.name)
            .fail_next_delete(&ground.name, &[issue])
            .unwrap();
        let output = ground
            .project
            .run(&["destroy", "-no-color", "-input=false", "-auto-approve"])
            .unwrap();
        assert_eq!(output.code, 1);
        assert_says(&output.words(), &["DELETE_FAILED", "sg-1"]);
        assert_eq!(eks::groups(&ground.name).len(), 1);
        ground.project.destroy().unwrap();
        assert_eq!(eks::groups(&ground.name), Vec::<String>::new());
    });
}

/// Ten groups ask Auto Scaling, which answers "not allowed": the groups are there, with a warning.
#[test]
fn tags_that_may_not_be_set_do_not_cost_the_group() {
    with_a_cli(|cli| {
        let ground = ground(cli, "no-right", SIZES);
        let refused = counterparts::Fault::query_error(403, "AccessDenied", "not authorized");
        ground
            .proxy
            .add(counterparts::Rule::action("CreateOrUpdateTags", refused));
        let output = ground.apply();
        assert_says(
            &output.words(),
            &["AccessDenied", "The next plan shows what is missing"],
        );
        ground.proxy.clear_rules();
        assert_eq!(ground.plan().actions(ADDRESS), ["update"], "not replaced");
        ground.settle();
    });
}
