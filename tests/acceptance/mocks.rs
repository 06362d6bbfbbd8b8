//! `terraform test` of modules: with a mock in place of this provider, and with the provider itself, which plans offline
//! (hashicorp/terraform-provider-aws 36700, opentofu/opentofu 2338: what a mock makes up is refused by validation).

use counterparts::Cli;

use crate::support::{Ground, HEAD, assert_says, with_each_cli};

/// The published module, with what its callers have to give.
fn module(more: &str) -> String {
    format!(
        r#"
module "slices" {{
  source = "{}/modules/karpenter"

  name                = "mig-small"
  layout              = {{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}
  role                = "KarpenterNodeRole-prod"
  ami_alias           = "al2023@v20261003"
  subnet_tags         = {{ "karpenter.sh/discovery" = "prod" }}
  security_group_tags = {{ "karpenter.sh/discovery" = "prod" }}
  {more}
}}

output "weights" {{ value = module.slices.weights }}
"#,
        env!("CARGO_MANIFEST_DIR")
    )
}

/// A project with that configuration and one file of tests.
fn ground(cli: &Cli, test: &str, configuration: &str, tests: &str) -> Ground {
    let ground = Ground::new(cli, test);
    ground
        .project
        .write("main.tf", &format!("{HEAD}{configuration}"))
        .unwrap();
    ground.project.write("module.tftest.hcl", tests).unwrap();
    ground.project.init().unwrap();
    ground
}

const BOTH: &str = r#"
run "plan" {
  command = plan
  assert {
    condition     = length(module.slices.weights) == 1
    error_message = "one pool"
  }
}

run "apply" {
  command = apply
  assert {
    condition     = length(output.weights) == 1
    error_message = "one pool"
  }
}
"#;

#[test]
fn a_mock_stands_in_for_plan_and_apply_of_the_module() {
    with_each_cli(|cli| {
        let tests = format!("mock_provider \"mig\" {{}}\n{BOTH}");
        let ground = ground(cli, "mocked", &module(""), &tests);
        let words = ground.project.run(&["test", "-no-color"]).unwrap().words();
        assert_says(&words, &["2 passed, 0 failed"]);
    });
}

#[test]
fn the_provider_itself_plans_the_module_without_a_cluster() {
    with_each_cli(|cli| {
        let plan = BOTH.split("run \"apply\"").next().unwrap_or_default();
        let tests = format!("provider \"mig\" {{\n  region = \"us-east-1\"\n}}\n{plan}");
        let ground = ground(
            cli,
            "unmocked",
            &module("cluster = { name = \"absent\" }"),
            &tests,
        );
        let words = ground.project.run(&["test", "-no-color"]).unwrap().words();
        assert_says(&words, &["1 passed, 0 failed"]);
    });
}

/// A value of one's own is judged as before, mock or not.
#[test]
fn a_wrong_layout_fails_the_test_of_a_mocked_module() {
    with_each_cli(|cli| {
        let tests = format!("mock_provider \"mig\" {{}}\n{BOTH}");
        let wrong = module("").replace("\"1g.10gb\" = 7", "\"1g.10gb\" = 8");
        let ground = ground(cli, "mocked-wrong", &wrong, &tests);
        let output = ground.project.run(&["test", "-no-color"]).unwrap();
        assert_ne!(output.code, 0, "{}", output.words());
        assert_says(&output.words(), &["1g.10gb"]);
    });
}
