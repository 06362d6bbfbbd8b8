//! NVIDIA's device plugin: every configuration that we render, read by the plugin's own parser, strictly; and what the plugin itself
//! registers on nodes of a layout.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod registers;

use std::fs;
use std::process::Command;

use crate::reader::{self, layout};
use counterparts::Program;
use mig::Layout;
use mig::manifests::{DevicePlugin, DevicePluginOptions};
use serde_json::{Value, json};

fn parse(text: &str) -> Result<Value, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.yaml");
    fs::write(&file, text).unwrap();
    let mut command = Command::new(reader::program(Program::PluginConfigCheck));
    command.arg("--config-file").arg(file);
    reader::ask(command, "")
}

/// The files of the ConfigMap that the device plugin's pods mount.
fn files(layouts: &[Layout]) -> Vec<String> {
    let objects = DevicePlugin::render(layouts, &DevicePluginOptions::default()).unwrap();
    let map = objects
        .iter()
        .find(|object| object["kind"] == "ConfigMap")
        .unwrap();
    let files = map["data"].as_object().unwrap().values();
    files.map(|file| file.as_str().unwrap().to_owned()).collect()
}

/// The strategy and the shared resources that the plugin reads from a layout's file.
fn understood(spec: Value) -> (Value, Value) {
    let layout = layout(spec);
    let files = files(std::slice::from_ref(&layout));
    assert_eq!(files, [layout.plugin_config().file], "one layout, one file");
    let config = parse(&files[0]).unwrap();
    (config["flags"]["migStrategy"].clone(), used(&config["sharing"]))
}

/// The sharing that is in use: the plugin prints an empty object for the other one.
fn used(sharing: &Value) -> Value {
    let sections = sharing.as_object().unwrap().clone();
    sections
        .into_iter()
        .filter(|(_, section)| *section != json!({}))
        .collect()
}

fn shared(strategy: &str, replicas: u64, names: &[&str]) -> Value {
    let resources: Vec<Value> = names
        .iter()
        .map(|name| json!({"name": name, "devices": "all", "replicas": replicas}))
        .collect();
    json!({strategy: {"failRequestsGreaterThanOne": true, "resources": resources}})
}

#[test]
fn strategies() {
    let mixed = json!({"instance_types": ["p5.48xlarge"], "slices": {"3g.40gb": 1, "1g.10gb": 2}});
    assert_eq!(understood(mixed).0, "mixed");
    let single = json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"});
    assert_eq!(understood(single).0, "single");
    let whole = json!({"instance_types": ["g5.48xlarge"], "slices": {}});
    assert_eq!(understood(whole).0, "none");
}

#[test]
fn sharing() {
    let slices = json!({
        "instance_types": ["g7e.2xlarge"], "slices": {"1g.24gb+me.all": 1, "1g.24gb-me": 2, "1g.24gb": 1},
        "sharing": {"strategy": "time-slicing", "replicas": 3},
    });
    let names = [
        "nvidia.com/mig-1g.24gb",
        "nvidia.com/mig-1g.24gb-me",
        "nvidia.com/mig-1g.24gb.me.all",
    ];
    let (strategy, sharing) = understood(slices);
    assert_eq!(
        (strategy, sharing),
        (json!("mixed"), shared("timeSlicing", 3, &names))
    );
    let single = json!({
        "instance_types": ["p5.4xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single",
        "sharing": {"strategy": "time-slicing", "replicas": 2},
    });
    assert_eq!(
        understood(single),
        (json!("single"), shared("timeSlicing", 2, &["nvidia.com/gpu"]))
    );
    let mps = json!({"instance_types": ["g5.48xlarge"], "sharing": {"strategy": "mps", "replicas": 8}});
    assert_eq!(
        understood(mps),
        (json!("none"), shared("mps", 8, &["nvidia.com/gpu"]))
    );
}

#[test]
fn several_layouts_have_a_file_each() {
    let layouts = [
        layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}})),
        layout(json!({"instance_types": ["p4d.24xlarge"], "slices": {"1g.5gb": 7}, "strategy": "single"})),
        layout(
            json!({"instance_types": ["g5.48xlarge"], "sharing": {"strategy": "time-slicing", "replicas": 4}}),
        ),
    ];
    let files = files(&layouts);
    assert_eq!(files.len(), 3);
    for file in files {
        parse(&file).unwrap();
    }
}

/// Wrong files are refused, each for its own reason.
#[test]
fn what_is_wrong_is_refused() {
    let right = layout(json!({
        "instance_types": ["p5.4xlarge"], "slices": {"1g.10gb": 7}, "sharing": {"strategy": "time-slicing", "replicas": 2},
    }))
    .plugin_config()
    .file;
    parse(&right).unwrap();
    for (from, to, reason) in [
        ("version: v1", "version: v2", "unknown version"),
        ("flags:", "flag:", "unknown field \"flag\""),
        (
            "migStrategy: mixed",
            "migStrategy: both",
            "unknown MIG strategy \"both\"",
        ),
        (
            "migStrategy:",
            "migStrategies:",
            "unknown field \"migStrategies\"",
        ),
        ("replicas: 2", "replicas: 1", "replicas"),
        ("replicas: 2", "replicas: many", "cannot unmarshal string"),
        ("replicas: 2", "replica: 2", "replicas"),
        ("timeSlicing:", "timeslices:", "unknown"),
        ("failRequestsGreaterThanOne:", "failRequests:", "failRequests"),
        ("timeSlicing:", "mps:", "not supported with MPS"),
    ] {
        assert!(right.contains(from), "{from} is not in {right}");
        let refusal = parse(&right.replace(from, to)).unwrap_err();
        assert!(refusal.contains(reason), "{to}: {refusal}");
    }
}
