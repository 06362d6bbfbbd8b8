//! Ctrl-C during each wait: the command ends, the state has what exists, and the next command finishes the work.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use counterparts::cli::Output;
use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{Cli, Fault, FaultProxy, Rule, wait_for};
use serde_json::json;

use super::{APPLY, CLASS, DESTROY, LIMIT, PLUGIN, class, own_cluster, plugin, way_to};
use crate::support::api_proxy::{is_change, to_cluster};
use crate::support::karpenter::{edit, know_karpenter, live};
use crate::support::kube::{KUBE, make_namespace, objects};
use crate::support::{Ground, assert_says, with_a_cli, with_tofu};

/// Far longer than an interrupted command may take.
const HANGS: Fault = Fault::DelayBefore(Duration::from_secs(3600));

/// Starts a command, interrupts it when `begun` holds, and gives what it said.
fn interrupted(ground: &Ground, command: &[&str], begun: impl FnMut() -> Result<(), String>) -> Output {
    let running = ground.project.spawn(command).unwrap();
    wait_for("the wait", LIMIT, begun).unwrap();
    running.interrupt().unwrap();
    let output = running.wait(LIMIT).unwrap();
    assert_eq!(output.code, 1, "{}", output.words());
    output
}

/// A project whose way to the cluster of all tests leads through a proxy, and the `cluster` that says so.
fn through_proxy(cli: &Cli, test: &str) -> (Ground, FaultProxy, String) {
    know_karpenter();
    let api = to_cluster();
    let ground = Ground::new(cli, test);
    make_namespace(&ground.name);
    let token = ground.project.write("token", KUBE.admin_token()).unwrap();
    let cluster = format!("host = \"{}\", token_file = \"{}\"", api.url(), token.display());
    (ground, api, cluster)
}

/// Does `fault` to each request that `which` picks, and tells whether there were so many.
fn disturb(
    api: &FaultProxy,
    times: usize,
    fault: Option<Fault>,
    which: impl Fn(&str, &str) -> bool + Send + 'static,
) -> impl FnMut() -> Result<(), String> {
    let seen = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&seen);
    api.judge(move |method, target| {
        if !which(method, target) {
            return None;
        }
        *shared.lock().unwrap() += 1;
        fault.clone()
    });
    move || {
        let seen = *seen.lock().unwrap();
        (seen >= times)
            .then_some(())
            .ok_or_else(|| format!("{seen} requests yet"))
    }
}

#[test]
fn while_waiting_for_a_kind() {
    with_tofu(|cli| {
        let kube = own_cluster("no-kind", false);
        let shared = Arc::clone(&kube);
        let api = FaultProxy::to_kube(move || Arc::clone(&shared)).unwrap();
        let ground = Ground::new(cli, "stop-kind");
        let token = ground.project.write("token", kube.admin_token()).unwrap();
        let through = format!("host = \"{}\", token_file = \"{}\"", api.url(), token.display());
        ground.write(&class(&ground.name, &through, "crd_timeout = \"1h\""));
        ground.project.init().unwrap();
        ground.plan_words();
        // A plan, which OpenTofu makes once more in the apply, looks twice at most.
        let begun = disturb(&api, 4, None, |method, target| {
            method == "GET" && target.contains("ec2nodeclasses")
        });
        let output = interrupted(&ground, &["apply", "-no-color", "counterparts.tfplan"], begun);
        assert_says(
            &output.words(),
            &["does not know EC2NodeClass", "stopped while waiting for"],
        );
        assert!(ground.project.state_list().unwrap().is_empty());
        kube.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
        ground.write(&class(&ground.name, &way_to(&kube, &ground), ""));
        ground.settle();
        ground.project.destroy().unwrap();
    });
}

#[test]
fn while_waiting_for_karpenter_to_look_at_an_overlay() {
    with_a_cli(|cli| {
        let (ground, api, cluster) = through_proxy(cli, "stop-overlay");
        let name = &ground.name;
        let overlay = |timeout: &str| {
            format!(
                "provider \"mig\" {{}}\n\nresource \"mig_karpenter_nodeoverlay\" \"this\" {{\n  cluster = {{ {cluster} }}\n  \
                 nodepool = {{ name = \"{name}\" }}\n  layout = {{ instance_types = [\"p5.48xlarge\"], slices = {{ \
                 \"1g.10gb\" = 7 }} }}\n  acceptance_timeout = \"{timeout}\"\n}}\n"
            )
        };
        ground.write(&overlay("1h"));
        ground.project.init().unwrap();
        let object = format!("{name}-p5-48xlarge");
        let begun = || live("NodeOverlay", &object).map(drop).ok_or_else(String::new);
        let output = interrupted(&ground, &APPLY, begun);
        assert_says(
            &output.words(),
            &["was not looked at", "stopped while waiting for"],
        );
        assert_eq!(
            ground.project.state_list().unwrap(),
            ["mig_karpenter_nodeoverlay.this"]
        );
        ground.write(&overlay("0s"));
        ground.settle();
        assert!(live("NodeOverlay", &object).is_some());
        ground.project.destroy().unwrap();
        drop(api);
    });
}

#[test]
fn while_finalizers_hold_a_deleted_object() {
    with_a_cli(|cli| {
        let (ground, _api, cluster) = through_proxy(cli, "stop-delete");
        let name = &ground.name;
        ground.write(&class(name, &cluster, "delete_timeout = \"1h\""));
        ground.project.init().unwrap();
        ground.settle();
        let finalizers = |value: serde_json::Value| json!({"metadata": {"finalizers": value}});
        edit(
            "EC2NodeClass",
            name,
            &finalizers(json!(["karpenter.k8s.aws/termination"])),
        );
        let begun = || {
            let marked = live("EC2NodeClass", name).unwrap()["metadata"]["deletionTimestamp"].is_string();
            marked.then_some(()).ok_or_else(String::new)
        };
        let output = interrupted(&ground, &DESTROY, begun);
        assert_says(
            &output.words(),
            &[
                "cannot be deleted",
                "stopped while waiting for",
                "Run the command again",
            ],
        );
        assert_eq!(ground.project.state_list().unwrap(), [CLASS]);
        edit("EC2NodeClass", name, &finalizers(json!(null)));
        ground.project.destroy().unwrap();
        assert!(live("EC2NodeClass", name).is_none());
    });
}

#[test]
fn while_an_api_server_does_not_answer_a_look() {
    with_a_cli(|cli| {
        let (ground, api, cluster) = through_proxy(cli, "stop-look");
        ground.write(&class(&ground.name, &cluster, ""));
        ground.project.init().unwrap();
        ground.settle();
        let begun = disturb(&api, 1, Some(HANGS), |method, _| method == "GET");
        let output = interrupted(&ground, &["plan", "-no-color", "-input=false"], begun);
        assert_says(
            &output.words(),
            &["cannot be read", "stopped while waiting for an answer"],
        );
        api.clear_rules();
        assert_eq!(ground.project.state_list().unwrap(), [CLASS]);
        ground.assert_settled();
        ground.project.destroy().unwrap();
    });
}

#[test]
fn while_eks_does_not_say_where_the_cluster_is() {
    with_a_cli(|cli| {
        know_karpenter();
        let ground = Ground::new(cli, "stop-eks");
        ground.write(&class(&ground.name, "name = \"prod\"", ""));
        ground.project.init().unwrap();
        ground.plan_words();
        let hours = Fault::DelayBefore(Duration::from_secs(3600));
        ground.proxy.add(Rule::path("/clusters/", hours));
        ground.proxy.clear_calls();
        let asked = || {
            let calls = ground.proxy.calls();
            let asked = calls.iter().any(|call| call.path.starts_with("/clusters/"));
            asked.then_some(()).ok_or_else(String::new)
        };
        let output = interrupted(&ground, &["apply", "-no-color", "counterparts.tfplan"], asked);
        assert_says(&output.words(), &["EKS cluster prod", "stopped while waiting"]);
        assert!(ground.project.state_list().unwrap().is_empty());
        ground.proxy.clear_rules();
        ground.settle();
        ground.project.destroy().unwrap();
    });
}

/// The change is done or not, and its answer never comes.
fn assert_hanging_change(cli: &Cli, test: &str, done: bool) {
    let (ground, api, cluster) = through_proxy(cli, test);
    let name = ground.name.clone();
    ground.write(&format!("provider \"mig\" {{}}\n{}", plugin(&name, &cluster)));
    ground.project.init().unwrap();
    let hangs = move |method: &str, target: &str| is_change(method, target) && target.contains("configmaps");
    let begun = disturb(
        &api,
        1,
        Some(if done { Fault::hang_after() } else { HANGS }),
        hangs,
    );
    let output = interrupted(&ground, &APPLY, begun);
    assert_says(
        &output.words(),
        &[
            "ConfigMap/mig-device-plugin cannot be applied",
            "stopped while waiting for an answer",
            "Run the command again",
        ],
    );
    let made = objects(&name);
    assert_eq!(made.len(), 1 + usize::from(done), "{made:?}");
    assert_eq!(ground.project.state_list().unwrap(), [PLUGIN]);
    api.clear_rules();
    ground.settle();
    assert_eq!(objects(&name).len(), 3);
    ground.project.destroy().unwrap();
    assert!(objects(&name).is_empty());
}

#[test]
fn while_a_change_is_on_its_way() {
    with_a_cli(|cli| assert_hanging_change(cli, "stop-change", false));
}

#[test]
fn while_the_answer_to_a_change_is_on_its_way() {
    with_a_cli(|cli| assert_hanging_change(cli, "stop-answer", true));
}
