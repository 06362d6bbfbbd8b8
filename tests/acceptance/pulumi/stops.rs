//! What is left of a run that ends before its time, and how the next one goes on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use counterparts::cli::Running;
use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Fault, FaultProxy, Issue, PulumiProject, Rule, wait_for};
use serde_json::Value;

use super::world::{project, subnets};
use crate::support::{MOTO, REGION, assert_says, ec2, eks};

const LIMIT: Duration = Duration::from_secs(120);
/// Long enough to stop a run, and to be seen by the next one.
const TAKES: Duration = Duration::from_secs(12);
const UP: [&str; 5] = [
    "up",
    "--yes",
    "--skip-preview",
    "--non-interactive",
    "--color=never",
];

/// A project with a cluster, a template and a group, all of that name.
fn ground(name: &str) -> PulumiProject {
    eks::add_cluster(REGION, name);
    let subnets = subnets();
    project(&format!(
        "
resources:
  template:
    type: mig:LaunchTemplate
    properties:
      name: {name}
      layout: {{ instanceTypes: [p5.48xlarge], slices: {{ \"1g.10gb\": 7 }} }}
  group:
    type: mig:NodeGroup
    properties:
      clusterName: {name}
      nodeGroupName: {name}
      nodeRoleArn: arn:aws:iam::123456789012:role/nodes
      subnetIds: {subnets}
      launchTemplate: {{ id: \"${{template.id}}\", latestVersion: \"${{template.latestVersion}}\" }}
      layout: {{ instanceTypes: [p5.48xlarge], slices: {{ \"1g.10gb\": 7 }} }}
      scalingConfig: {{ minSize: 0, maxSize: 3 }}
"
    ))
}

/// A resource in the state.
fn kept(project: &PulumiProject, name: &str) -> Option<Value> {
    project.export().unwrap().resource(name).cloned()
}

/// Starts a run, and waits until EKS makes the group and the provider has looked at it once. The run's way to AWS leads through
/// the proxy.
fn making(project: &mut PulumiProject, name: &str) -> (FaultProxy, Running) {
    let proxy = FaultProxy::start(&MOTO.url()).unwrap();
    MOTO.node_groups(REGION, name).takes(TAKES).unwrap();
    project.set_envs(aws_env(&proxy.url(), &ADMIN));
    let running = project.spawn(&UP).unwrap();
    let path = format!("GET /clusters/{name}/node-groups/{name}");
    wait_for("the creation", LIMIT, || {
        let looked = proxy.count(&path) > 0;
        looked.then_some(()).ok_or_else(|| "no look yet".to_owned())
    })
    .unwrap();
    assert_eq!(eks::group(name, name).unwrap()["status"], "CREATING");
    (proxy, running)
}

/// The group is there once, and a further run has nothing to do.
fn assert_settled(project: &PulumiProject, name: &str) {
    assert_eq!(eks::groups(name), [name]);
    assert_eq!(kept(project, "group").unwrap()["outputs"]["status"], "ACTIVE");
    project.up(&["--expect-no-changes"]).unwrap();
    let refreshed = project.try_refresh(&["--expect-no-changes"]).unwrap();
    assert!(refreshed.succeeded(), "{}", refreshed.words());
    project.destroy(&[]).unwrap();
    assert_eq!(eks::groups(name), Vec::<String>::new());
}

#[test]
fn ctrl_c_keeps_the_group_in_the_making_and_the_next_run_goes_on() {
    let name = "pl-stop-interrupt";
    let mut project = ground(name);
    let (_proxy, running) = making(&mut project, name);
    running.interrupt().unwrap();
    let output = running.wait(LIMIT).unwrap();
    assert!(!output.succeeded());
    let says = [
        "EKS goes on making",
        "it is in the state. The next pulumi up waits for it",
    ];
    assert_says(&output.words(), &says);
    let group = kept(&project, "group").unwrap();
    assert_eq!(group["id"], format!("{name}:{name}"));
    assert_eq!(group["outputs"]["status"], "CREATING");
    project.set_envs(aws_env(&MOTO.url(), &ADMIN));
    project.up(&[]).unwrap();
    assert_settled(&project, name);
}

#[test]
fn a_group_that_eks_cannot_make_is_kept_and_the_next_run_makes_it_anew() {
    let name = "pl-stop-failed";
    let project = ground(name);
    let issue = Issue::new("NodeCreationFailure", "Instances failed to join").on("i-1");
    MOTO.node_groups(REGION, name)
        .fail_next_create(name, &[issue])
        .unwrap();
    let output = project.try_up(&[]).unwrap();
    assert!(!output.succeeded());
    assert_says(&output.words(), &["CREATE_FAILED", "NodeCreationFailure", "i-1"]);
    let group = kept(&project, "group").unwrap();
    assert_eq!(group["outputs"]["status"], "CREATE_FAILED");
    assert_eq!(group["outputs"]["healthIssues"][0]["code"], "NodeCreationFailure");
    let preview = project.preview(&[]).unwrap();
    let ops = preview.ops("group");
    assert!(ops.contains(&"replace".to_owned()), "{:#?}", preview.steps());
    project.up(&[]).unwrap();
    assert_settled(&project, name);
}

/// Ends the plugin of a project as the kernel does where memory is short.
fn kill_plugin(project: &PulumiProject) {
    let plugin = project
        .dir()
        .parent()
        .unwrap()
        .join("plugins/mig/pulumi-resource-mig");
    let pids: Vec<String> = processes_of(&plugin);
    assert!(!pids.is_empty(), "no process of {}", plugin.display());
    let status = std::process::Command::new("kill")
        .arg("-KILL")
        .args(&pids)
        .status();
    assert!(status.unwrap().success());
}

fn processes_of(program: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let command: PathBuf = entry.path().join("cmdline");
        // A process may have ended meanwhile.
        let line = std::fs::read(command).unwrap_or_default();
        let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
        if first == program.as_os_str().as_encoded_bytes() {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

/// The engine takes a plugin that is gone for one that has done nothing, so the state does not have what was made.
fn assert_forgotten(project: &PulumiProject, run: Running, resource: &str) {
    let output = run.wait(LIMIT).unwrap();
    assert!(!output.succeeded());
    assert_says(&output.words(), &["exited prematurely"]);
    let state = project.export().unwrap();
    assert_eq!(state.json["deployment"]["pending_operations"], Value::Null);
    assert!(state.resource(resource).is_none());
}

/// The next run makes nothing twice, and says how the object comes into the state.
fn take_in(project: &PulumiProject, token: &str, resource: &str, id: &str) {
    let again = project.try_up(&[]).unwrap();
    assert!(!again.succeeded());
    assert_says(
        &again.words(),
        &["is taken", &format!("pulumi import {token} NAME {id}")],
    );
    let imported = project.try_import(token, resource, id, &[]).unwrap();
    assert!(imported.succeeded(), "{}", imported.words());
    project.up(&[]).unwrap();
}

#[test]
fn a_group_whose_plugin_was_killed_is_named_by_the_next_run() {
    let name = "pl-stop-killed";
    let mut project = ground(name);
    let (_proxy, run) = making(&mut project, name);
    kill_plugin(&project);
    assert_forgotten(&project, run, "group");
    project.set_envs(aws_env(&MOTO.url(), &ADMIN));
    take_in(
        &project,
        "mig:index:NodeGroup",
        "group",
        &format!("{name}:{name}"),
    );
    assert_settled(&project, name);
}

#[test]
fn a_template_whose_plugin_was_killed_is_named_by_the_next_run() {
    let name = "pl-stop-template";
    let mut project = ground(name);
    let proxy = FaultProxy::start(&MOTO.url()).unwrap();
    proxy.add(Rule::action("CreateLaunchTemplate", Fault::hang_after()));
    project.set_envs(aws_env(&proxy.url(), &ADMIN));
    let run = project.spawn(&UP).unwrap();
    wait_for("the template", LIMIT, || {
        (ec2::names(name) == [name]).then_some(()).ok_or_else(String::new)
    })
    .unwrap();
    kill_plugin(&project);
    assert_forgotten(&project, run, "template");
    project.set_envs(aws_env(&MOTO.url(), &ADMIN));
    take_in(&project, "mig:index:LaunchTemplate", "template", name);
    assert_eq!(ec2::names(name), [name], "made once");
    assert_settled(&project, name);
}
