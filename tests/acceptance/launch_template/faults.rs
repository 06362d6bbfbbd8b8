//! AWS throttled, failing, slow, lossy, down, or refusing: clear errors, nothing lost, nothing made twice.

use std::time::Duration;

use counterparts::fault_proxy::Matcher;
use counterparts::{Cli, Fault, Rule};
use serde_json::json;

use super::template;
use crate::support::{Ground, assert_says, ec2, with_a_cli};

const ADDRESS: &str = "mig_launch_template.this";

fn ground(cli: &Cli, test: &str) -> Ground {
    Ground::with(cli, test, |name| template(name, ""))
}

/// After the fault is gone, an apply is enough, and there is one template.
fn assert_recovers(ground: &Ground) {
    ground.proxy.clear_rules();
    ground.settle();
    assert_eq!(ec2::names(&ground.name), [ground.name.as_str()]);
    assert_eq!(ground.this()["id"], json!(ec2::template(&ground.name).id));
}

#[test]
fn a_throttled_create_makes_one() {
    with_a_cli(|cli| {
        let ground = ground(cli, "throttled");
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplate", Fault::throttle()).times(3));
        ground.settle();
        assert_eq!(ground.proxy.count("CreateLaunchTemplate"), 4);
        assert_eq!(ground.proxy.forwarded("CreateLaunchTemplate"), 1);
        assert_recovers(&ground);
    });
}

#[test]
fn throttling_without_end_is_told() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "throttled-for-ever", |name| {
            "provider \"mig\" {\n  max_retries = 2\n}\n".to_owned() + &template(name, "")
        });
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplate", Fault::throttle()));
        let words = ground.failed_apply();
        assert_says(
            &words,
            &["RequestLimitExceeded", &ground.name, "retry_mode", ADDRESS],
        );
        assert_eq!(ground.proxy.count("CreateLaunchTemplate"), 3);
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
        assert_recovers(&ground);
    });
}

#[test]
fn passing_failures_pass() {
    with_a_cli(|cli| {
        let ground = ground(cli, "passing");
        for action in [
            "CreateLaunchTemplate",
            "DescribeLaunchTemplates",
            "DescribeLaunchTemplateVersions",
        ] {
            ground
                .proxy
                .add(Rule::action(action, Fault::internal_error()).times(1));
            ground
                .proxy
                .add(Rule::action(action, Fault::bad_gateway()).times(1));
            ground.proxy.add(Rule::action(action, Fault::DropBefore).times(1));
        }
        ground.settle();
        assert_recovers(&ground);
    });
}

#[test]
fn failures_without_end_are_told_and_lose_nothing() {
    with_a_cli(|cli| {
        let ground = ground(cli, "failing");
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplate", Fault::internal_error()));
        let words = ground.failed_apply();
        assert_says(
            &words,
            &[
                "cannot be created",
                "InternalError",
                &ground.name,
                "us-east-1",
                "Run the command again",
            ],
        );
        assert_recovers(&ground);
    });
}

#[test]
fn a_failed_look_is_an_error_and_never_gone() {
    with_a_cli(|cli| {
        let ground = ground(cli, "unreadable");
        ground.apply();
        for action in ["DescribeLaunchTemplates", "DescribeLaunchTemplateVersions"] {
            ground.proxy.add(Rule::action(action, Fault::internal_error()));
            let words = ground.refused_plan();
            assert_says(&words, &["cannot be read", action, "InternalError"]);
            ground.proxy.clear_rules();
        }
        let denied = Fault::ec2_error(403, "UnauthorizedOperation", "You are not authorized.");
        ground.proxy.add(Rule::action("DescribeLaunchTemplates", denied));
        let words = ground.refused_plan();
        assert_says(
            &words,
            &["UnauthorizedOperation", "policy", "DescribeLaunchTemplates"],
        );
        assert_eq!(ground.project.state_list().unwrap(), [ADDRESS]);
        ground.proxy.clear_rules();
        ground.assert_settled();
    });
}

#[test]
fn slow_answers_are_waited_for() {
    with_a_cli(|cli| {
        let ground = ground(cli, "slow");
        let slow = Fault::DelayAfter(Duration::from_millis(1500));
        ground.proxy.add(Rule::new(Matcher::Any, slow));
        ground.settle();
        assert_eq!(ground.proxy.count("CreateLaunchTemplate"), 1);
        assert_recovers(&ground);
    });
}

#[test]
fn a_lost_answer_to_a_create_makes_no_second_one() {
    with_a_cli(|cli| {
        let ground = ground(cli, "lost");
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplate", Fault::DropAfter).times(1));
        ground.apply();
        assert_eq!(ground.proxy.forwarded("CreateLaunchTemplate"), 2);
        assert_one_token(&ground, "CreateLaunchTemplate");
        ground.assert_settled();
        assert_recovers(&ground);
    });
}

/// All requests of an action carried the same client token.
fn assert_one_token(ground: &Ground, action: &str) {
    let calls = ground.proxy.calls();
    let mut tokens: Vec<_> = calls
        .iter()
        .filter(|call| call.action == action)
        .map(|call| call.parameter("ClientToken").expect("a client token"))
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
}

#[test]
fn a_create_whose_every_answer_is_lost_is_still_found() {
    with_a_cli(|cli| {
        let ground = ground(cli, "all-lost");
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplate", Fault::DropAfter));
        ground.apply();
        assert_eq!(ground.project.state_list().unwrap(), [ADDRESS]);
        assert_recovers(&ground);
    });
}

#[test]
fn someone_elses_template_is_not_taken_for_ours() {
    with_a_cli(|cli| {
        let ground = ground(cli, "not-ours");
        ec2::call(
            crate::support::REGION,
            "CreateLaunchTemplate",
            &[
                ("LaunchTemplateName", ground.name.as_str()),
                ("LaunchTemplateData.ImageId", "ami-other"),
            ],
        );
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplate", Fault::DropAfter));
        let words = ground.failed_apply();
        assert_says(&words, &["cannot be created", &ground.name, "not known"]);
        assert_eq!(ground.project.state_list().unwrap(), Vec::<String>::new());
        assert!(ec2::latest_data(&ground.name).contains("ami-other"));
    });
}

#[test]
fn a_lost_answer_to_a_new_version_makes_no_second_one() {
    with_a_cli(|cli| {
        let ground = ground(cli, "lost-version");
        ground.apply();
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplateVersion", Fault::DropAfter).times(1));
        ground.write(&template(&ground.name, "  key_name = \"ops\""));
        ground.settle();
        assert_one_token(&ground, "CreateLaunchTemplateVersion");
        let made = ec2::template(&ground.name);
        assert_eq!((made.default_version, made.latest_version), (2, 2));
    });
}

#[test]
fn an_update_that_fails_half_way_goes_on_where_it_was() {
    with_a_cli(|cli| {
        let ground = ground(cli, "half-way");
        ground.apply();
        ground
            .proxy
            .add(Rule::action("ModifyLaunchTemplate", Fault::internal_error()));
        ground.write(&template(
            &ground.name,
            "  key_name = \"ops\"\n  tags = { a = \"b\" }",
        ));
        let words = ground.failed_apply();
        assert_says(&words, &["default version cannot be set", "ModifyLaunchTemplate"]);
        assert_eq!(ground.this()["latest_version"], json!(2));
        assert_recovers(&ground);
        let made = ec2::template(&ground.name);
        assert_eq!((made.default_version, made.latest_version), (2, 2));
        assert!(made.has_tag("a", "b"));
    });
}

#[test]
fn tags_that_cannot_be_set_are_planned_again() {
    with_a_cli(|cli| {
        let ground = ground(cli, "tags-fail");
        ground.apply();
        ground
            .proxy
            .add(Rule::action("CreateTags", Fault::internal_error()));
        ground.write(&template(&ground.name, "  tags = { a = \"b\" }"));
        assert_says(&ground.failed_apply(), &["tags cannot be changed", "CreateTags"]);
        assert_recovers(&ground);
        assert!(ec2::template(&ground.name).has_tag("a", "b"));
    });
}

#[test]
fn a_failed_delete_keeps_the_template_in_the_state() {
    with_a_cli(|cli| {
        let ground = ground(cli, "undeleted");
        ground.apply();
        ground
            .proxy
            .add(Rule::action("DeleteLaunchTemplate", Fault::internal_error()));
        let output = ground
            .project
            .run(&["destroy", "-no-color", "-auto-approve"])
            .unwrap();
        assert_eq!(output.code, 1);
        assert_says(&output.words(), &["cannot be deleted", "DeleteLaunchTemplate"]);
        assert_eq!(ground.project.state_list().unwrap(), [ADDRESS]);
        ground.proxy.clear_rules();
        ground
            .proxy
            .add(Rule::action("DeleteLaunchTemplate", Fault::DropAfter).times(1));
        ground.project.destroy().unwrap();
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
    });
}

#[test]
fn an_endpoint_that_is_down_is_named() {
    with_a_cli(|cli| {
        let mut ground = ground(cli, "down");
        let there = ground.proxy.url();
        ground.project.set_env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        let words = ground.failed_apply();
        assert_says(
            &words,
            &["cannot be created", "refused", "endpoints", &ground.name],
        );
        ground.project.set_env("AWS_ENDPOINT_URL", &there);
        ground.apply();
        ground.project.set_env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        assert_says(
            &ground.refused_plan(),
            &["cannot be read", "refused", "endpoints"],
        );
        assert_eq!(ground.project.state_list().unwrap(), [ADDRESS]);
        ground.project.set_env("AWS_ENDPOINT_URL", &there);
        assert_recovers(&ground);
    });
}

#[test]
fn refused_credentials_are_told() {
    let refusals = [
        (
            401,
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
            "Check the keys",
        ),
        (
            403,
            "UnrecognizedClientException",
            "The security token included in the request is invalid",
            "Check the keys",
        ),
        (
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
            "Sign in again",
        ),
        (
            403,
            "UnauthorizedOperation",
            "You are not authorized to perform this operation",
            "Allow the action",
        ),
    ];
    with_a_cli(|cli| {
        let ground = ground(cli, "refused");
        for (status, code, message, next) in refusals {
            ground
                .proxy
                .add(Rule::new(Matcher::Any, Fault::ec2_error(status, code, message)));
            assert_says(
                &ground.failed_apply(),
                &[code, message, next, "CreateLaunchTemplate"],
            );
            assert_eq!(
                ground.proxy.count("CreateLaunchTemplate"),
                1,
                "{code} is not tried again"
            );
            ground.proxy.clear_calls();
            ground.proxy.clear_rules();
        }
        assert_recovers(&ground);
    });
}

#[test]
fn no_credentials_at_all_are_told() {
    with_a_cli(|cli| {
        let mut ground = ground(cli, "keyless");
        ground.project.unset_env("AWS_ACCESS_KEY_ID");
        ground.project.unset_env("AWS_SECRET_ACCESS_KEY");
        let words = ground.failed_apply();
        assert_says(&words, &["cannot be created", "AWS_PROFILE", "assume_role"]);
        assert_eq!(ground.proxy.calls().len(), 0);
        ground.project.set_envs(counterparts::eks::aws_env(
            &ground.proxy.url(),
            &counterparts::eks::ADMIN,
        ));
        assert_recovers(&ground);
    });
}

#[test]
fn no_region_at_all_is_told() {
    with_a_cli(|cli| {
        let mut ground = ground(cli, "regionless");
        ground.project.unset_env("AWS_REGION");
        ground.project.unset_env("AWS_DEFAULT_REGION");
        assert_says(
            &ground.failed_apply(),
            &["no region", "AWS_REGION", "provider block"],
        );
        assert_eq!(ground.proxy.calls().len(), 0);
        ground.project.set_env("AWS_REGION", "us-east-1");
        assert_recovers(&ground);
    });
}
