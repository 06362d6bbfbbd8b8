//! Templates that exist already.

use serde_json::json;

use super::template;
use crate::support::{Ground, assert_says, ec2, with_each_cli, with_tofu};

const ADDRESS: &str = "mig_launch_template.this";

/// Makes the template with one project, for another project to import.
fn made_elsewhere(ground: &Ground, arguments: &str) -> String {
    let other = Ground::with(ground.project.cli(), "elsewhere", |_| {
        template(&ground.name, arguments)
    });
    other.apply();
    ec2::template(&ground.name).id
}

/// After an import only what EC2 does not keep may be added, and nothing at EC2 changes.
fn assert_only_adds_our_own(ground: &Ground) {
    let plan = ground.plan();
    assert_eq!(plan.actions(ADDRESS), ["update"], "{}", plan.output.stdout);
    assert!(!plan.output.words().contains("rolls nodes"));
    let change = &plan.changes()[0];
    let (before, after) = (&change.before, &change.after);
    for (name, value) in after.as_object().unwrap() {
        let ours = [
            "ami_family",
            "layout",
            "on_failure",
            "partition_timeout",
            "render_version",
            "update_default_version",
        ];
        let added = before[name].is_null() && ours.contains(&name.as_str());
        assert!(
            added || before[name] == *value,
            "{name}: {} -> {value}",
            before[name]
        );
    }
    ground.settle();
    assert_eq!(ec2::template(&ground.name).latest_version, 1);
}

#[test]
fn a_template_is_imported_by_id_or_by_name() {
    with_each_cli(|cli| {
        for how in ["id", "name"] {
            let ground = Ground::with(cli, &format!("import-by-{how}"), |name| {
                template(
                    name,
                    "  tags = { a = \"b\" }\n  block_device_mappings = [{ device_name = \"/dev/xvda\", ebs = { volume_size = 200 } }]",
                )
            });
            let id = made_elsewhere(
                &ground,
                "  tags = { a = \"b\" }\n  block_device_mappings = [{ device_name = \"/dev/xvda\", ebs = { volume_size = 200 } }]",
            );
            let by = if how == "id" { &id } else { &ground.name };
            ground.project.try_import(ADDRESS, by).unwrap().success().unwrap();
            assert_eq!(ground.this()["id"], json!(id));
            assert_only_adds_our_own(&ground);
        }
    });
}

#[test]
fn a_template_of_another_region_is_imported() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "import-region", |name| {
            template(name, "  region = \"eu-central-1\"")
        });
        let other = Ground::with(cli, "elsewhere", |_| {
            template(&ground.name, "  region = \"eu-central-1\"")
        });
        other.apply();
        let by = format!("{}@eu-central-1", ground.name);
        ground
            .project
            .try_import(ADDRESS, &by)
            .unwrap()
            .success()
            .unwrap();
        ground.settle();
        assert_eq!(ec2::names_in("eu-central-1", &ground.name).len(), 1);
    });
}

#[test]
fn a_template_is_imported_by_identity() {
    with_tofu(|cli| {
        let ground = Ground::with(cli, "import-identity", |name| template(name, ""));
        let id = made_elsewhere(&ground, "");
        let block = format!(
            "import {{\n  to = {ADDRESS}\n  identity = {{ id = \"{id}\", region = \"us-east-1\" }}\n}}\n"
        );
        ground.write(&(block + &template(&ground.name, "")));
        let plan = ground.plan();
        assert_says(&plan.output.words(), &["1 to import", "0 to add", "0 to destroy"]);
        ground.settle();
        assert_eq!(ground.this()["id"], json!(id));
        assert_eq!(ec2::template(&ground.name).latest_version, 1);
    });
}

#[test]
fn a_taken_name_comes_with_the_block_that_imports_it() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "taken", |name| template(name, ""));
        let id = made_elsewhere(&ground, "");
        let output = ground.project.try_apply(&[]).unwrap();
        assert_eq!(output.code, 1);
        assert_says(
            &output.words(),
            &["is taken", &ground.name, "import {", "name_prefix"],
        );
        ground.write(&(pasted_block(&output.stderr) + &template(&ground.name, "")));
        ground.settle();
        assert_eq!(ground.this()["id"], json!(id));
        assert_eq!(ec2::names(&ground.name), [ground.name.as_str()]);
        assert_eq!(ec2::template(&ground.name).latest_version, 1);
    });
}

/// The `import` block of an error as a user copies it; its address is the user's own.
fn pasted_block(stderr: &str) -> String {
    let lines: Vec<_> = stderr.lines().map(|l| l.trim_start_matches('│')).collect();
    let first = lines.iter().position(|l| l.trim() == "import {").unwrap();
    let block: Vec<_> = lines[first..].iter().take(4).copied().collect();
    let block = block.join("\n") + "\n";
    assert!(block.trim_end().ends_with('}'), "{block}");
    block.replace("mig_launch_template.NAME", ADDRESS)
}

#[test]
fn a_template_that_is_not_there_is_not_imported() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "import-none", |name| template(name, ""));
        for id in ["lt-0123456789abcdef0", "no-such-template"] {
            let output = ground.project.try_import(ADDRESS, id).unwrap();
            assert_eq!(output.code, 1);
            assert_says(&output.words(), &["non-existent", "id", ADDRESS]);
        }
        assert_eq!(ground.project.state_list().unwrap(), Vec::<String>::new());
    });
}
