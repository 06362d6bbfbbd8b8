//! Templates that exist already.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::template;
use crate::support::{Ground, REGION, assert_says, ec2, with_each_cli, with_tofu};

const ADDRESS: &str = "mig_launch_template.this";

/// Makes the template with one project, for another project to import.
fn made_elsewhere(ground: &Ground, arguments: &str) -> String {
    let other = Ground::with(ground.project.cli(), "elsewhere", |_| {
        template(&ground.name, arguments)
    });
    other.apply();
    ec2::template(&ground.name).id
}

/// After an import nothing is left to do: the template's own user data says what it was made from.
fn assert_nothing_to_do(ground: &Ground) {
    ground.assert_settled();
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
            assert_nothing_to_do(&ground);
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
        ground.assert_settled();
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

#[test]
fn a_generated_configuration_plans_to_nothing() {
    let everything = "  instance_type = \"p5.48xlarge\"\n  on_failure = \"terminate\"\n  partition_timeout = \"90s\"\n  render_version = 2\n  \
         description = \"slices\"\n  tags = { a = \"b\" }\n  vpc_security_group_ids = [\"sg-0123456789abcdef0\"]\n  \
         extra_user_data = { before = [{ content_type = \"text/cloud-config\", content = \"packages: [jq]\" }] }\n  \
         block_device_mappings = [{ device_name = \"/dev/xvda\", ebs = { volume_size = 200 } }]\n  \
         tag_specifications = [{ resource_type = \"instance\", tags = { a = \"b\" } }]";
    let node_config = "  node_config = { cluster_name = \"a\", api_server_endpoint = \"https://a\", certificate_authority = \
         \"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\", service_cidr = \"10.0.0.0/16\" }";
    let bottlerocket = "  ami_family = \"Bottlerocket\"";
    with_each_cli(|cli| {
        for (number, arguments) in ["", everything, node_config, bottlerocket]
            .into_iter()
            .enumerate()
        {
            let ground = Ground::new(cli, &format!("generated-{number}"));
            let made = Ground::with(cli, "elsewhere", |_| {
                let made = template(&ground.name, arguments);
                match arguments == bottlerocket {
                    true => made.replace("= 7 } }", "= 7 }, strategy = \"single\" }"),
                    false => made,
                }
            });
            made.apply();
            ground.settle_generated(&[(ADDRESS, &ground.name)]);
            assert_eq!(ec2::template(&ground.name).latest_version, 1);
            assert_eq!(ground.this()["user_data"], made.this()["user_data"]);
        }
    });
}

#[test]
fn user_data_of_others_is_said_to_be_so() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "import-foreign", |name| template(name, ""));
        let theirs = STANDARD.encode("#!/bin/sh\necho theirs\n");
        let parameters = [
            ("LaunchTemplateName", ground.name.as_str()),
            ("LaunchTemplateData.UserData", &theirs),
        ];
        ec2::call(REGION, "CreateLaunchTemplate", &parameters);
        let imported = ground.project.try_import(ADDRESS, &ground.name).unwrap();
        imported.success().unwrap();
        assert!(ground.this()["layout"].is_null());
        let plan = ground.plan();
        assert_says(
            &plan.output.words(),
            &["The user data of the launch template is not ours", "rolls nodes"],
        );
        ground.settle();
    });
}
