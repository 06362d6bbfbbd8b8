//! Terraform and OpenTofu, with the provider that is built into both.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::time::Duration;

use counterparts::{Cli, Project, Provider};
use serde_json::json;

const ONE: &str = r#"
resource "terraform_data" "one" { input = "a" }
output "value" { value = terraform_data.one.output }
"#;

fn with_each(test: impl Fn(Project)) {
    for cli in Cli::all().unwrap() {
        test(Project::new(&cli, &[]).unwrap());
    }
}

#[test]
fn plan_apply_change_and_destroy() {
    with_each(|project| {
        project.write("main.tf", ONE).unwrap();
        project.init().unwrap();
        assert_eq!(project.state_list().unwrap(), Vec::<String>::new());
        let plan = project.plan(&[]).unwrap();
        assert!(!plan.is_empty());
        assert_eq!(plan.actions("terraform_data.one"), ["create"]);
        assert_eq!(plan.changes()[0].after["input"], "a");
        assert!(project.try_apply_plan().unwrap().succeeded());

        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
        assert_eq!(project.output("value").unwrap(), "a");
        assert_eq!(
            project.resource("terraform_data.one").unwrap().unwrap()["input"]["value"],
            "a"
        );
        assert_eq!(project.resource("terraform_data.two").unwrap(), None);

        project.write("main.tf", &ONE.replace("\"a\"", "\"b\"")).unwrap();
        assert_eq!(
            project.plan(&[]).unwrap().actions("terraform_data.one"),
            ["update"]
        );
        project.apply(&[]).unwrap();
        assert_eq!(project.state_list().unwrap(), ["terraform_data.one"]);
        let listed = project.run(&["state", "list"]).unwrap();
        assert_eq!(listed.stdout, "terraform_data.one\n");
        assert!(project.state_file().contains("terraform_data"));
        project.destroy().unwrap();
        assert_eq!(project.state_list().unwrap(), Vec::<String>::new());
    });
}

#[test]
fn errors_come_with_their_words_and_code() {
    with_each(|project| {
        project
            .write("main.tf", "resource \"terraform_data\" \"one\" { colour = 1 }")
            .unwrap();
        project.init().unwrap();
        let plan = project.try_plan(&[]).unwrap();
        assert_eq!(plan.code, 1);
        assert!(
            plan.words()
                .contains("An argument named \"colour\" is not expected here."),
            "{}",
            plan.words()
        );
        assert!(project.apply(&[]).is_err());
        assert!(!project.validate().unwrap().succeeded());
    });
}

#[test]
fn nothing_of_the_environment_gets_in_but_what_is_set() {
    with_each(|mut project| {
        project
            .write(
                "main.tf",
                "variable \"x\" { default = \"d\" }\noutput \"x\" { value = var.x }",
            )
            .unwrap();
        project.set_env("TF_VAR_x", "set");
        project.set_envs([("TF_VAR_y", "unused".to_owned())]);
        project.init().unwrap();
        project.apply(&[]).unwrap();
        assert_eq!(project.output("x").unwrap(), "set");
        project.unset_env("TF_VAR_x");
        project.apply(&[]).unwrap();
        assert_eq!(project.output("x").unwrap(), "d");
        let names = project.dir().join("names");
        let script = format!("env | cut -d= -f1 > '{}'", names.display());
        let probe = format!(
            "resource \"terraform_data\" \"env\" {{\n  provisioner \"local-exec\" {{\n    command = {}\n  }}\n}}",
            json!(script)
        );
        project.write("main.tf", &probe).unwrap();
        project.apply(&[]).unwrap();
        let names = std::fs::read_to_string(names).unwrap();
        let inherited: Vec<&str> = names
            .lines()
            .filter(|name| name.starts_with("AWS_") || name.starts_with("KUBE") || name.starts_with("CARGO"))
            .collect();
        assert_eq!(inherited, Vec::<&str>::new());
    });
}

#[test]
fn ctrl_c_reaches_what_runs_and_the_state_is_kept() {
    with_each(|project| {
        let slow = "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    \
                    command = \"echo started; sleep 600\"\n  }\n}";
        project.write("main.tf", slow).unwrap();
        project.init().unwrap();
        let mut apply = project
            .spawn(&["apply", "-no-color", "-auto-approve", "-input=false"])
            .unwrap();
        apply.wait_for_text("started", Duration::from_secs(60)).unwrap();
        apply.interrupt().unwrap();
        let output = apply.wait(Duration::from_secs(60)).unwrap();
        assert_eq!(output.code, 1, "{}", output.words());
        assert!(
            output.words().contains("Interrupt received"),
            "{}",
            output.words()
        );
        assert_eq!(project.state_list().unwrap(), ["terraform_data.slow"]);
    });
}

#[test]
fn the_provider_under_test_is_the_one_that_is_started() {
    with_each(|project| {
        let dir = tempfile::tempdir().unwrap();
        let marker = dir.path().join("started");
        let binary = dir.path().join("provider");
        std::fs::write(
            &binary,
            format!("#!/bin/sh\ntouch '{}'\nexit 1\n", marker.display()),
        )
        .unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&binary, mode).unwrap();
        let project = Project::new(project.cli(), &[Provider::mig(&binary)]).unwrap();
        let required =
            "terraform {\n  required_providers {\n    mig = { source = \"eks-mig/mig\" }\n  }\n}\n";
        project
            .write(
                "main.tf",
                &format!("{required}data \"mig_layout\" \"this\" {{}}\n"),
            )
            .unwrap();
        project.init().unwrap();
        assert_eq!(project.try_plan(&[]).unwrap().code, 1);
        assert!(marker.exists());
    });
}

#[test]
fn another_mirror_can_be_added_and_without_it_nothing_is_downloaded() {
    with_each(|project| {
        let binary = std::env::current_exe().unwrap();
        let other = Project::new(project.cli(), &[Provider::new("acme/peer", binary)]).unwrap();
        let required = "terraform {\n  required_providers {\n    peer = { source = \"acme/peer\" }\n  }\n}\n";
        let mut project = Project::new(project.cli(), &[]).unwrap();
        project.write("main.tf", required).unwrap();
        assert!(project.init().is_err());
        project.use_mirror(other.dir().join("../mirror")).unwrap();
        project.init().unwrap();
    });
}

#[test]
fn a_provider_that_was_not_built_is_named() {
    let cli = Cli::any().unwrap();
    let error = Project::new(&cli, &[Provider::mig("/no/such/provider")]).unwrap_err();
    assert!(
        error.to_string().contains("/no/such/provider (build it first)"),
        "{error}"
    );
}
