//! What the engine has asked, asked again.

use std::collections::BTreeMap;
use std::process::Command;

use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Cache, install_pulumi_python};

use super::world::project;
use crate::support::{MOTO, provider};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/acceptance/pulumi/replay.py");

fn program(slices: u8) -> String {
    format!(
        "config:\n  mig:region:\n    value: us-east-1\nvariables:\n  checked:\n    fn::invoke:\n      function: mig:getLayout\n      arguments:\n        \
         instanceTypes: [p5.48xlarge]\n        slices: {{\"1g.10gb\": {slices}}}\nresources:\n  template:\n    type: mig:LaunchTemplate\n    \
         properties:\n      name: pl-replay\n      layout:\n        instanceTypes: [p5.48xlarge]\n        slices: {{\"1g.10gb\": {slices}}}\n\
         outputs:\n  id: ${{checked.id}}\n"
    )
}

/// A log of one day is what the plugin of a later one is asked: the same questions have the same answers, without the engine.
#[test]
fn what_the_engine_asked_is_answered_the_same_again() {
    let mut project = project(&program(7));
    let log = project.dir().join("calls.jsonl").display().to_string();
    project.up(&[]).unwrap();
    project.set_env("PULUMI_DEBUG_GRPC", &log);
    project.write_yaml(&program(6)).unwrap();
    project.preview(&[]).unwrap();
    project
        .write_yaml(&program(7).replace("pl-replay", "pl-replayed"))
        .unwrap();
    project.preview(&[]).unwrap();

    let plugin = project.dir().join("pulumi-resource-mig");
    std::os::unix::fs::symlink(provider().binary, &plugin).unwrap();
    let python = install_pulumi_python(&Cache::open().unwrap()).unwrap();
    let mut command = Command::new(python);
    command
        .arg(SCRIPT)
        .arg(&plugin)
        .arg(&log)
        .envs(aws_env(&MOTO.url(), &ADMIN));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let seen: BTreeMap<String, usize> = serde_json::from_slice(&output.stdout).unwrap();
    for method in ["Configure", "Check", "Diff", "Invoke", "Create", "Update"] {
        assert!(seen.contains_key(method), "{method} in {seen:?}");
    }
    project.destroy(&[]).unwrap();
}
