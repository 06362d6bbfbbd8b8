//! No secret of the user's gets into state, plan, user data or log.

use counterparts::eks::ADMIN;

use super::template;
use crate::support::{Ground, ec2, with_a_cli};

/// How a secret may look in a log: as it is, in a query string, in JSON.
fn assert_free_of_secrets(what: &str, text: &str) {
    assert!(!text.is_empty(), "{what} is empty");
    for secret in [
        ADMIN.secret_access_key.to_owned(),
        ADMIN.secret_access_key.replace('/', "%2F").replace('+', "%2B"),
        ADMIN.secret_access_key.replace('/', "\\/"),
        "session-token-of-the-test".to_owned(),
        "secret-in-the-block".to_owned(),
    ] {
        assert!(!text.contains(&secret), "{what} holds {secret}");
    }
}

/// The log says what was asked of whom, what came back, and that it was asked again.
fn assert_calls_are_logged(name: &str, log: &str) {
    let calls: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("[DEBUG]") && line.contains("operation=CreateLaunchTemplate"))
        .collect();
    let [refused, made] = calls.as_slice() else {
        panic!("{calls:#?}");
    };
    for (line, attempt, answer) in [
        (refused, 1, "AWS: 503 RequestLimitExceeded"),
        (made, 2, "AWS: 200"),
    ] {
        for part in [
            answer,
            "service=EC2",
            "region=us-east-1",
            &format!("attempt={attempt}"),
            &format!("LaunchTemplateName={name}"),
            "took_ms=",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
    }
}

#[test]
fn from_the_environment() {
    with_a_cli(|cli| {
        let mut ground = Ground::with(cli, "secrets", |name| template(name, ""));
        ground
            .project
            .set_env("AWS_SESSION_TOKEN", "session-token-of-the-test");
        ground.project.set_env("TF_LOG", "trace");
        let plan = ground.plan();
        assert_free_of_secrets("the plan's log", &plan.output.stderr);
        assert!(plan.output.stderr.contains("[TRACE]"), "the log is no trace");
        assert_free_of_secrets("the plan", &plan.json.to_string());
        ground.proxy.add(
            counterparts::Rule::action("CreateLaunchTemplate", counterparts::Fault::throttle()).times(1),
        );
        let output = ground.apply();
        assert_free_of_secrets("the apply's log", &output.stderr);
        assert_calls_are_logged(&ground.name, &output.stderr);
        ground.proxy.add(counterparts::Rule::action(
            "DescribeLaunchTemplates",
            counterparts::Fault::ec2_error(401, "AuthFailure", "no"),
        ));
        let failed = ground.project.try_plan(&[]).unwrap();
        assert_free_of_secrets("the log of a failure", &failed.stderr);
        assert_free_of_secrets("the state", &ground.project.state_file());
        assert_free_of_secrets("the user data", &ec2::user_data(&ground.name));
    });
}

#[test]
fn from_the_provider_block() {
    let block = "provider \"mig\" {\n  access_key = \"AKIDBLOCK\"\n  secret_key = \"secret-in-the-block\"\n  token = \"session-token-of-the-test\"\n  region = \"us-east-1\"\n}\n";
    with_a_cli(|cli| {
        let mut ground = Ground::with(cli, "secrets-block", |name| {
            block.to_owned() + &template(name, "")
        });
        ground.project.set_env("TF_LOG_PROVIDER", "trace");
        let plan = ground.plan();
        let changes = plan.json["resource_changes"].to_string();
        assert_free_of_secrets("the planned changes", &changes);
        assert_free_of_secrets("the plan's text", &plan.output.stdout);
        let output = ground.apply();
        assert_free_of_secrets("the provider's log", &output.stderr);
        assert_free_of_secrets("the state", &ground.project.state_file());
        assert!(ground.proxy.calls().iter().all(|call| call.reached_server()));
    });
}
