//! Examples of the provider block, resources, data sources and functions.

use counterparts::{Cli, Project, Stack};
use serde_json::Value;

use crate::{HEAD, files, name, project, text, with_each_cli};

/// Examples of clusters that the counterparts do not have: a plan needs none.
const PLANNED_ONLY: [&str; 1] = ["resource-clusters.tf"];

#[test]
fn the_provider_block_is_taken() {
    with_each_cli(|cli, stack| {
        let layout = text("data-sources/mig_layout/data-source.tf");
        let project = project(cli, stack, &[&text("provider/provider.tf"), &layout]);
        project.plan(&[]).unwrap();
    });
}

#[test]
fn a_module_gives_each_layout_a_pool() {
    with_each_cli(|cli, stack| {
        let modules = crate::examples().with_file_name("modules");
        let example = text("karpenter-fallback/main.tf").replace("../../modules", modules.to_str().unwrap());
        let project = project(cli, stack, &[&example]);
        project.apply(&[]).unwrap();
        let pools = project.output("weights").unwrap();
        for (pool, weight) in pools.as_object().unwrap() {
            let path = format!("/apis/karpenter.sh/v1/nodepools/{pool}");
            let found = stack.kube.get(&path).unwrap().unwrap();
            assert_eq!(&found["spec"]["weight"], weight);
            assert_eq!(found["spec"]["template"]["spec"]["nodeClassRef"]["name"], **pool);
        }
        assert_eq!(pools.as_object().unwrap().len(), 3);
        assert!(project.plan(&[]).unwrap().is_empty());
        project.destroy().unwrap();
    });
}

#[test]
fn resources_are_applied_once_and_leave_nothing() {
    for folder in files("resources") {
        let usage = files(&format!("resources/{}", name(&folder)));
        for file in usage.iter().filter(|file| name(file).starts_with("resource")) {
            let example = std::fs::read_to_string(file).unwrap();
            with_each_cli(|cli, stack| {
                let project = project(cli, stack, &[HEAD, &example]);
                if PLANNED_ONLY.contains(&name(file)) {
                    assert!(!project.plan(&[]).unwrap().is_empty());
                } else {
                    apply_twice(&project, name(file));
                }
            });
        }
    }
}

fn apply_twice(project: &Project, example: &str) {
    project.apply(&[]).unwrap();
    let second = project.plan(&[]).unwrap();
    assert!(
        second.is_empty(),
        "{example}: a second plan changes {:?}",
        second.changes()
    );
    project.destroy().unwrap();
    assert_eq!(project.state_list().unwrap(), Vec::<String>::new());
}

#[test]
fn data_sources_give_their_outputs() {
    for folder in files("data-sources") {
        let example = text(&format!("data-sources/{}/data-source.tf", name(&folder)));
        with_each_cli(|cli, stack| {
            let outputs = outputs(cli, stack, &example);
            assert!(!outputs.is_empty(), "{}", name(&folder));
            for (output, value) in outputs {
                let empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
                assert!(!empty, "{}: {output} is empty", name(&folder));
            }
        });
    }
}

#[test]
fn functions_give_what_their_examples_say() {
    for folder in files("functions") {
        let example = text(&format!("functions/{}/function.tf", name(&folder)));
        let comment = leading_comment(&example);
        with_each_cli(|cli, stack| {
            for (output, value) in outputs(cli, stack, &example) {
                let text = value.as_str().filter(|text| text.contains('\n'));
                assert!(
                    comment.contains(text.unwrap_or(&value.to_string())),
                    "{output} is {value}, the example says: {comment}"
                );
            }
        });
    }
}

/// The comment that an example begins with, without its marks.
fn leading_comment(example: &str) -> String {
    let lines = example.lines().map_while(|line| line.strip_prefix('#'));
    lines.map(|line| format!("{}\n", line.trim_start())).collect()
}

/// The outputs of an example, by name.
fn outputs(cli: &Cli, stack: &Stack, example: &str) -> Vec<(String, Value)> {
    let project = project(cli, stack, &[HEAD, example]);
    project.apply(&[]).unwrap();
    let state = project.state().unwrap();
    let outputs = state["values"]["outputs"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    outputs
        .into_iter()
        .map(|(name, output)| (name, output["value"].clone()))
        .collect()
}
