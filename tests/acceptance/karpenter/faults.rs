//! An API server that fails, deletions that are held, and a user who interrupts.

use std::time::Duration;

use counterparts::{Cli, Fault, FaultProxy};
use serde_json::json;

use super::{CLASS, POOL, Wish, configuration, ground};
use crate::support::api_proxy::{is_change, to_cluster};
use crate::support::karpenter::{at, edit, know_karpenter, live, make_claim, set_condition};
use crate::support::kube::KUBE;
use crate::support::{Ground, assert_says, with_a_cli};

const LIMIT: Duration = Duration::from_secs(180);

/// A project whose way to the API server leads through a proxy.
fn through_proxy(cli: &Cli, test: &str) -> (Ground, FaultProxy) {
    know_karpenter();
    let api = to_cluster();
    let ground = Ground::new(cli, test);
    let token = ground.project.write("token", KUBE.admin_token()).unwrap();
    let cluster = format!("host = \"{}\", token_file = \"{}\"", api.url(), token.display());
    let wish = Wish {
        cluster: &cluster,
        ..Wish::default()
    };
    ground.write(&configuration(&ground.name, &wish));
    ground.project.init().unwrap();
    (ground, api)
}

#[test]
fn a_lost_answer_and_server_faults_lose_no_object() {
    for (test, fault) in [
        ("kp-lost", Fault::DropAfter),
        ("kp-cut", Fault::DropBefore),
        ("kp-500", Fault::kube_error(500)),
        ("kp-409", Fault::kube_error(409)),
    ] {
        with_a_cli(|cli| {
            let (ground, api) = through_proxy(cli, test);
            let (mut changes, fault) = (0, fault.clone());
            api.judge(move |method, target| {
                let change = is_change(method, target);
                changes += usize::from(change);
                (change && changes > 1).then(|| fault.clone())
            });
            let words = ground.failed_apply();
            assert_says(&words, &["NodePool", "cannot be applied"]);
            assert!(ground.project.state_list().unwrap().contains(&CLASS.to_owned()));
            api.clear_rules();
            ground.settle();
            ground.project.destroy().unwrap();
            assert!(live("NodePool", &ground.name).is_none());
            assert!(live("EC2NodeClass", &ground.name).is_none());
        });
    }
}

/// Applied objects, of which the pool waits two seconds for its end.
fn impatient(cli: &Cli, test: &str) -> Ground {
    let ground = ground(cli, test);
    let wish = Wish {
        pool: "delete_timeout = \"2s\"",
        ..Wish::default()
    };
    ground.write(&configuration(&ground.name, &wish));
    ground.settle();
    ground
}

#[test]
fn a_deletion_that_is_held_names_the_node_claims_and_can_be_repeated() {
    with_a_cli(|cli| {
        let ground = impatient(cli, "kp-held");
        let name = &ground.name;
        let claim = format!("{name}-001");
        make_claim(&claim, name);
        // More than a page of a list.
        let more: Vec<_> = (2..=260).map(|number| format!("{name}-{number:03}")).collect();
        more.iter().for_each(|claim| make_claim(claim, name));
        edit(
            "NodePool",
            name,
            &json!({"metadata": {"finalizers": ["karpenter.sh/termination"]}}),
        );
        let destroy = ["destroy", "-no-color", "-input=false", "-auto-approve"];
        let refused = ground.project.run(&destroy).unwrap();
        assert_eq!(refused.code, 1, "{}", refused.stdout);
        assert_says(
            &refused.words(),
            &[
                "cannot be deleted",
                "karpenter.sh/termination",
                &claim,
                "and 250 more",
                "goes on",
            ],
        );
        more.iter()
            .for_each(|claim| drop(KUBE.delete(&at("NodeClaim", claim)).unwrap()));
        assert!(ground.project.state_list().unwrap().contains(&POOL.to_owned()));
        edit("NodePool", name, &json!({"metadata": {"finalizers": null}}));
        KUBE.delete(&at("NodeClaim", &claim)).unwrap();
        ground.project.destroy().unwrap();
    });
}

/// Karpenter puts no finalizer on a pool: it is gone at once, and its nodes are not.
#[test]
fn a_deletion_waits_for_the_nodes_of_a_pool_that_is_gone() {
    with_a_cli(|cli| {
        let ground = impatient(cli, "kp-nodes");
        let name = &ground.name;
        let claim = format!("{name}-1");
        make_claim(&claim, name);
        let destroy = ["destroy", "-no-color", "-input=false", "-auto-approve"];
        let refused = ground.project.run(&destroy).unwrap();
        assert_eq!(refused.code, 1, "{}", refused.stdout);
        assert_says(
            &refused.words(),
            &["are not gone yet", "waited 2 s", &claim, "Keep Karpenter running"],
        );
        assert!(live("NodePool", name).is_none());
        let state = ground.project.state_list().unwrap();
        assert!(
            state.contains(&POOL.to_owned()) && state.contains(&CLASS.to_owned()),
            "{state:?}"
        );
        KUBE.delete(&at("NodeClaim", &claim)).unwrap();
        ground.project.destroy().unwrap();
    });
}

#[test]
fn an_interrupt_ends_the_wait_and_keeps_the_object() {
    with_a_cli(|cli| {
        let ground = ground(cli, "kp-stop");
        let name = &ground.name;
        let class = "wait_for_ready = true\n  ready_timeout = \"1h\"";
        ground.write(&configuration(
            name,
            &Wish {
                class,
                ..Wish::default()
            },
        ));
        let running = ground
            .project
            .spawn(&["apply", "-no-color", "-input=false", "-auto-approve"])
            .unwrap();
        KUBE.wait_until(&at("EC2NodeClass", name), LIMIT, |found| {
            found.is_object().then_some(()).ok_or_else(String::new)
        })
        .unwrap();
        running.interrupt().unwrap();
        let output = running.wait(LIMIT).unwrap();
        assert_eq!(output.code, 1, "{}", output.stdout);
        assert_says(&output.words(), &["is not ready"]);
        assert_eq!(ground.project.state_list().unwrap(), [CLASS]);
        ground.project.destroy().unwrap();
    });
}

#[test]
fn a_busy_and_slow_server_is_waited_for_as_long_as_it_says() {
    with_a_cli(|cli| {
        let (ground, api) = through_proxy(cli, "kp-busy");
        let mut requests = 0;
        api.judge(move |_, _| {
            requests += 1;
            match requests % 5 {
                1 => Some(Fault::kube_busy(1)),
                2 => Some(Fault::kube_error(503)),
                3 => Some(Fault::DelayBefore(Duration::from_millis(1500))),
                _ => None,
            }
        });
        ground.apply();
        api.clear_rules();
        ground.assert_settled();
        ground.project.destroy().unwrap();
    });
}

#[test]
fn a_server_that_stays_busy_is_told_and_loses_nothing() {
    with_a_cli(|cli| {
        let (ground, api) = through_proxy(cli, "kp-flood");
        ground.settle();
        let cluster = format!(
            "host = \"{}\", token_file = \"{}\"",
            api.url(),
            ground.project.dir().join("token").display()
        );
        let wish = Wish {
            cluster: &cluster,
            pool: "weight = 7",
            ..Wish::default()
        };
        ground.write(&configuration(&ground.name, &wish));
        // A time that nobody waits for is not waited for.
        for fault in [Fault::kube_busy(0), Fault::kube_busy(86_400)] {
            api.judge(move |method, target| is_change(method, target).then(|| fault.clone()));
            let words = ground.failed_apply();
            assert_says(&words, &["NodePool", "cannot be applied", "again in a while"]);
            assert_eq!(ground.project.state_list().unwrap().len(), 3);
        }
        api.clear_rules();
        ground.settle();
        assert_eq!(live("NodePool", &ground.name).unwrap()["spec"]["weight"], 7);
        ground.project.destroy().unwrap();
    });
}

#[test]
fn connections_that_are_cut_during_a_wait_do_not_end_it() {
    with_a_cli(|cli| {
        let (ground, api) = through_proxy(cli, "kp-wait-cut");
        let name = ground.name.clone();
        let cluster = format!(
            "host = \"{}\", token_file = \"{}\"",
            api.url(),
            ground.project.dir().join("token").display()
        );
        let wish = Wish {
            cluster: &cluster,
            class: "wait_for_ready = true\n  ready_timeout = \"1h\"",
            ..Wish::default()
        };
        ground.write(&configuration(&name, &wish));
        // The first looks after the class is made are cut, refused and lost; then Karpenter says that it is ready.
        let (mut made, mut looks) = (false, 0);
        api.judge(move |method, target| {
            made |= is_change(method, target);
            if !made || method != "GET" || !target.contains("ec2nodeclasses") {
                return None;
            }
            looks += 1;
            match looks {
                1 | 2 => Some(Fault::DropBefore),
                3 => Some(Fault::kube_error(500)),
                4 => Some(Fault::DropAfter),
                5 => {
                    set_condition("EC2NodeClass", &name, "Ready", "True", "");
                    None
                }
                _ => None,
            }
        });
        ground.apply();
        api.clear_rules();
        ground.assert_settled();
        ground.project.destroy().unwrap();
    });
}
