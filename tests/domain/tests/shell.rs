//! The boot script as it is rendered, read by shellcheck.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::reader::layout;
use counterparts::{Cache, install_shellcheck};
use mig::boot::{BootOptions, OnFailure, RenderVersion, boot_script};
use serde_json::json;

/// What shellcheck complains of, or nothing.
fn complaints(file: &Path) -> String {
    let shellcheck = install_shellcheck(&Cache::open().unwrap()).unwrap();
    let output = Command::new(shellcheck)
        .arg("--shell=bash")
        .arg(file)
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), text.is_empty(), "{text}");
    text
}

/// The installing script, and the scripts that it carries in here-documents: shellcheck does not look into those.
fn scripts(rendered: &str) -> Vec<String> {
    let mut scripts = vec![rendered.to_owned()];
    let mut lines = rendered.lines();
    while let Some(line) = lines.next() {
        let Some((_, end)) = line.split_once("<<'") else {
            continue;
        };
        let end = end.trim_end_matches(|c: char| !c.is_ascii_uppercase());
        let end = end.split('\'').next().unwrap();
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != end).collect();
        if body.first().is_some_and(|line| line.starts_with("#!")) {
            scripts.push(body.join("\n") + "\n");
        }
    }
    scripts
}

#[test]
fn every_rendered_script_is_clean() {
    let folder = tempfile::tempdir().unwrap();
    let layouts = [
        layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}})),
        layout(json!({"instance_types": ["g7e.2xlarge", "p4d.24xlarge"], "slices": {"1g": 3}})),
    ];
    let versions: Vec<RenderVersion> = (1..).map_while(RenderVersion::from_number).collect();
    assert!(!versions.is_empty());
    for render_version in versions {
        for on_failure in [OnFailure::Halt, OnFailure::JoinTainted, OnFailure::Terminate] {
            for layout in &layouts {
                let options = BootOptions {
                    render_version,
                    on_failure,
                    ..BootOptions::default()
                };
                let scripts = scripts(&boot_script(layout, &options));
                assert!(
                    scripts.len() > 1,
                    "the script that cuts the GPUs is one of its own"
                );
                for script in scripts {
                    let file = folder.path().join("script.sh");
                    fs::write(&file, &script).unwrap();
                    assert_eq!(
                        complaints(&file),
                        "",
                        "version {} of {script}",
                        render_version.number()
                    );
                }
            }
        }
    }
}

/// The reader is not one that takes everything.
#[test]
fn a_script_with_a_fault_is_not_clean() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("script.sh");
    fs::write(&file, "#!/bin/bash\nfor f in $(ls); do rm $f; done\n").unwrap();
    let text = complaints(&file);
    assert!(text.contains("SC2045") && text.contains("SC2086"), "{text}");
}
