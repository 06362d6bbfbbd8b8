//! An API server that goes away, loses answers, is slow or has too much to do.

use std::time::Duration;

use counterparts::{Cli, Fault, FaultProxy};

use super::{MIXED, MIXED_OBJECTS, SINGLE, THIS, plugin_on};
use crate::support::api_proxy::{is_change, to_cluster};
use crate::support::kube::{KUBE, make_namespace, objects};
use crate::support::{Ground, assert_says, with_a_cli};

/// A project whose way to the API server leads through a proxy.
struct Faulty {
    ground: Ground,
    api: FaultProxy,
    cluster: String,
}

impl Faulty {
    fn new(cli: &Cli, test: &str) -> Self {
        let api = to_cluster();
        let ground = Ground::new(cli, test);
        make_namespace(&ground.name);
        let token = ground.project.write("token", KUBE.admin_token()).unwrap();
        let cluster = format!("host = \"{}\", token_file = \"{}\"", api.url(), token.display());
        let faulty = Self { ground, api, cluster };
        faulty.write(&[MIXED]);
        faulty.ground.project.init().unwrap();
        faulty
    }

    fn write(&self, layouts: &[&str]) {
        let configuration = plugin_on(&self.cluster, &self.ground.name, layouts, "");
        self.ground.write(&configuration);
    }

    /// Does `fault` to the changes from number `from` on, counted from 0, at most `times` times.
    fn break_changes(&self, from: usize, times: usize, fault: Fault) {
        let mut seen = 0;
        self.api.judge(move |method, target| {
            if !is_change(method, target) {
                return None;
            }
            seen += 1;
            (seen > from && seen <= from + times).then(|| fault.clone())
        });
    }

    fn assert_recovers(&self) {
        self.api.clear_rules();
        self.ground.settle();
        let found = objects(&self.ground.name);
        assert!(found.iter().eq(&MIXED_OBJECTS), "{found:?}");
        self.ground.project.destroy().unwrap();
        assert!(objects(&self.ground.name).is_empty());
    }
}

#[test]
fn an_api_server_that_goes_away_after_the_first_object_loses_nothing() {
    with_a_cli(|cli| {
        let faulty = Faulty::new(cli, "cut");
        let mut changes = 0;
        faulty.api.judge(move |method, target| {
            changes += usize::from(is_change(method, target));
            (changes > 1).then_some(Fault::DropBefore)
        });
        let words = faulty.ground.failed_apply();
        assert_says(
            &words,
            &[
                "ConfigMap/mig-device-plugin cannot be applied",
                "Check the address",
            ],
        );
        assert_eq!(objects(&faulty.ground.name).len(), 1);
        assert_eq!(faulty.ground.project.state_list().unwrap(), [THIS]);
        faulty.assert_recovers();
    });
}

#[test]
fn an_object_whose_answer_is_lost_is_in_the_state() {
    with_a_cli(|cli| {
        let faulty = Faulty::new(cli, "lost");
        faulty.break_changes(0, 1, Fault::DropAfter);
        let output = faulty.ground.project.try_apply(&[]).unwrap();
        assert_eq!(output.code, 1, "{}", output.words());
        assert_eq!(objects(&faulty.ground.name).len(), 1);
        assert_eq!(faulty.ground.project.state_list().unwrap(), [THIS]);
        faulty.assert_recovers();
    });
}

#[test]
fn an_update_that_is_cut_off_goes_on_where_it_stopped() {
    with_a_cli(|cli| {
        let faulty = Faulty::new(cli, "half");
        faulty.ground.settle();
        // The ConfigMap changes, the new DaemonSet is made and its answer lost.
        faulty.write(&[MIXED, SINGLE]);
        faulty.break_changes(1, 100, Fault::DropAfter);
        faulty
            .ground
            .project
            .try_apply(&[])
            .unwrap()
            .expect_code(&[1])
            .unwrap();
        assert_eq!(objects(&faulty.ground.name).len(), 4);
        faulty.api.clear_rules();
        faulty.ground.settle();
        // The old one is deleted and the answer lost.
        faulty.write(&[MIXED]);
        faulty.break_changes(1, 100, Fault::DropAfter);
        faulty
            .ground
            .project
            .try_apply(&[])
            .unwrap()
            .expect_code(&[1])
            .unwrap();
        assert_eq!(faulty.ground.project.state_list().unwrap(), [THIS]);
        faulty.assert_recovers();
    });
}

#[test]
fn too_many_requests_and_slowness_are_waited_out() {
    with_a_cli(|cli| {
        let faulty = Faulty::new(cli, "busy");
        let mut requests = 0;
        faulty.api.judge(move |_, _| {
            requests += 1;
            match requests % 4 {
                1 => Some(Fault::kube_error(429)),
                2 => Some(Fault::kube_error(503)),
                3 => Some(Fault::DelayBefore(Duration::from_millis(1500))),
                _ => None,
            }
        });
        faulty.ground.apply();
        faulty.assert_recovers();
    });
}

#[test]
fn a_server_fault_is_told_and_loses_nothing() {
    with_a_cli(|cli| {
        let faulty = Faulty::new(cli, "fault");
        faulty.break_changes(2, 100, Fault::kube_error(500));
        let words = faulty.ground.failed_apply();
        assert_says(
            &words,
            &[
                "DaemonSet/mig-device-plugin-mixed cannot be applied",
                "again in a while",
            ],
        );
        assert_eq!(faulty.ground.project.state_list().unwrap(), [THIS]);
        assert_eq!(objects(&faulty.ground.name).len(), 2);
        faulty.assert_recovers();
    });
}
