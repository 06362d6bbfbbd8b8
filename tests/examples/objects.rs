//! Examples of the provider block, resources, data sources and functions.

use counterparts::{Cli, EksCluster, Project, Stack};
use serde_json::Value;

use crate::{HEAD, files, name, project, text, with_a_cli, with_each_cli};

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
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
        project.destroy().unwrap();
    });
}

#[test]
fn resources_are_applied_once_and_leave_nothing() {
    for folder in files("resources") {
        let usage = files(&format!("resources/{}", name(&folder)));
        for file in usage.iter().filter(|file| name(file).starts_with("resource")) {
            let example = std::fs::read_to_string(file).unwrap();
            let label = format!("{}/{}", name(&folder), name(file));
            with_a_cli(&label, |cli, stack| {
                let project = project(cli, stack, &[HEAD, &example]);
                if PLANNED_ONLY.contains(&name(file)) {
                    assert_eq!(project.try_plan(&[]).unwrap().code, 2);
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
        with_a_cli(name(&folder), |cli, stack| {
            let outputs = outputs(cli, stack, &example);
            assert!(!outputs.is_empty(), "{}", name(&folder));
            for (output, value) in outputs {
                let empty = value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
                assert!(!empty, "{}: {output} is empty", name(&folder));
            }
        });
    }
}

/// The provider that an example hands its token to is not at hand.
#[test]
fn ephemeral_resources_are_opened() {
    for folder in files("ephemeral-resources") {
        let example = text(&format!(
            "ephemeral-resources/{}/ephemeral-resource.tf",
            name(&folder)
        ));
        let (own, _) = example.split_once("\nprovider ").unwrap();
        with_each_cli(|cli, stack| {
            let more = "resource \"terraform_data\" \"this\" {}\n";
            project(cli, stack, &[HEAD, own, more]).apply(&[]).unwrap();
        });
    }
}

/// A client whose cluster is not there yet keeps nobody else from an apply.
#[test]
fn the_clusters_of_many_clients_share_a_module() {
    with_each_cli(|cli, stack| {
        for (client, region) in [
            ("acme", "us-east-1"),
            ("globex", "us-east-1"),
            ("initech", "eu-west-1"),
        ] {
            let cluster = EksCluster {
                name: client.to_owned(),
                region: region.to_owned(),
                endpoint: "https://127.0.0.1:1".to_owned(),
                certificate_authority: "Q0E=".to_owned(),
                version: "1.35".to_owned(),
            };
            if client != "initech" {
                stack.moto.add_eks_cluster(&cluster).unwrap();
            }
        }
        let modules = crate::examples().with_file_name("modules");
        let example = text("many-clusters/main.tf").replace("../../modules", modules.to_str().unwrap());
        let mut project = project(cli, stack, &[&example]);
        let subnets =
            ["us-east-1", "eu-west-1"].map(|region| (region, stack.moto.default_subnets(region).unwrap()));
        let subnets = serde_json::to_string(&std::collections::BTreeMap::from(subnets)).unwrap();
        project.set_envs([("TF_VAR_subnet_ids", subnets)]);
        assert_eq!(
            project.plan(&[]).unwrap().changes().len(),
            6,
            "a plan needs no cluster"
        );
        let output = project.try_apply(&[]).unwrap();
        assert!(
            output.code == 1 && output.words().contains("No cluster found for name: initech"),
            "{}",
            output.words()
        );
        let made = project.state_list().unwrap();
        assert!(
            made.iter()
                .any(|address| address.contains("acme") && address.ends_with("mig_node_group.this")),
            "{made:?}"
        );
        let late = EksCluster {
            name: "initech".to_owned(),
            region: "eu-west-1".to_owned(),
            endpoint: "https://127.0.0.1:1".to_owned(),
            certificate_authority: "Q0E=".to_owned(),
            version: "1.35".to_owned(),
        };
        stack.moto.add_eks_cluster(&late).unwrap();
        project.apply(&[]).unwrap();
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
        let slices = project.output("slices_per_node").unwrap();
        assert_eq!(
            slices["globex"],
            serde_json::json!({"nvidia.com/mig-3g.40gb": 16})
        );
        project.destroy().unwrap();
    });
}

/// `terraform test` and `tofu test` in the module itself.
#[test]
fn the_module_of_groups_passes_its_own_tests() {
    with_each_cli(|cli, stack| {
        let module = crate::examples().with_file_name("modules").join("slice-group");
        let project = project(cli, stack, &[]);
        for folder in ["", "tests"] {
            for entry in std::fs::read_dir(module.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let to = std::path::Path::new(folder).join(path.file_name().unwrap());
                    project
                        .write(to.to_str().unwrap(), &std::fs::read_to_string(&path).unwrap())
                        .unwrap();
                }
            }
        }
        project.init().unwrap();
        let output = project.run(&["test", "-no-color"]).unwrap();
        assert_eq!(output.code, 0, "{}", output.words());
        assert!(output.stdout.contains("3 passed, 0 failed"), "{}", output.stdout);
    });
}

#[test]
fn functions_give_what_their_examples_say() {
    for folder in files("functions") {
        let example = text(&format!("functions/{}/function.tf", name(&folder)));
        let comment = leading_comment(&example);
        with_a_cli(name(&folder), |cli, stack| {
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
