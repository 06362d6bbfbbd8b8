//! Ctrl-C while EC2 answers slowly.

use std::time::Duration;

use counterparts::{Cli, Fault, Rule, wait_for};
use serde_json::json;

use super::template;
use crate::support::{Ground, ec2, with_a_cli};

const LIMIT: Duration = Duration::from_secs(120);

fn interrupted_apply(ground: &Ground, action: &str) {
    interrupted(
        ground,
        &["apply", "-no-color", "-input=false", "-auto-approve"],
        action,
    );
}

/// Starts a command, interrupts it once the proxy holds a call of `action`, and waits for its end.
fn interrupted(ground: &Ground, command: &[&str], action: &str) {
    let running = ground.project.spawn(command).unwrap();
    wait_for(action, LIMIT, || match ground.proxy.count(action) {
        0 => Err(format!("no {action} yet")),
        _ => Ok(()),
    })
    .unwrap();
    running.interrupt().unwrap();
    let output = running.wait(LIMIT).unwrap();
    assert!(output.words().contains("nterrupt"), "{}", output.words());
}

/// In a plan, that is: while `apply` makes its own plan, Terraform tells providers nothing of Ctrl-C.
#[test]
fn a_look_that_hangs_is_given_up() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "interrupt-look", |name| template(name, ""));
        ground.apply();
        // Far longer than an interrupted command may take.
        let hangs = Fault::DelayBefore(Duration::from_secs(3600));
        ground.proxy.add(Rule::action("DescribeLaunchTemplates", hangs));
        ground.proxy.clear_calls();
        interrupted(
            &ground,
            &["plan", "-no-color", "-input=false"],
            "DescribeLaunchTemplates",
        );
        assert_eq!(ground.proxy.forwarded("DescribeLaunchTemplates"), 0);
        assert_nothing_lost(&ground);
    });
}

/// What EC2 has is in the state; an apply then finishes the work, and there is one template.
fn assert_nothing_lost(ground: &Ground) {
    let made = ec2::names(&ground.name);
    let stored = ground.project.state_list().unwrap();
    assert_eq!(made.len(), stored.len(), "EC2 has {made:?}, the state {stored:?}");
    ground.proxy.clear_rules();
    ground.settle();
    assert_eq!(ec2::names(&ground.name), [ground.name.as_str()]);
    assert_eq!(ground.this()["id"], json!(ec2::template(&ground.name).id));
}

fn interrupted_create(cli: &Cli, test: &str, fault: Fault) {
    let ground = Ground::with(cli, test, |name| template(name, ""));
    ground.proxy.add(Rule::action("CreateLaunchTemplate", fault));
    interrupted_apply(&ground, "CreateLaunchTemplate");
    assert_nothing_lost(&ground);
}

#[test]
fn while_the_request_is_on_its_way() {
    let fault = Fault::DelayBefore(Duration::from_secs(4));
    with_a_cli(|cli| interrupted_create(cli, "interrupt-before", fault.clone()));
}

#[test]
fn while_the_answer_is_on_its_way() {
    let fault = Fault::DelayAfter(Duration::from_secs(4));
    with_a_cli(|cli| interrupted_create(cli, "interrupt-after", fault.clone()));
}

#[test]
fn while_a_new_version_is_made() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "interrupt-version", |name| template(name, ""));
        ground.apply();
        ground.write(&template(&ground.name, "  key_name = \"ops\""));
        let fault = Fault::DelayAfter(Duration::from_secs(4));
        ground
            .proxy
            .add(Rule::action("CreateLaunchTemplateVersion", fault));
        interrupted_apply(&ground, "CreateLaunchTemplateVersion");
        assert_nothing_lost(&ground);
        let made = ec2::template(&ground.name);
        assert_eq!((made.default_version, made.latest_version), (2, 2));
    });
}
