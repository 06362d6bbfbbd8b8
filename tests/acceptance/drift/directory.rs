//! `--directory` with real Terraform and OpenTofu, and plans that come as files.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use counterparts::{Cli, Project};
use serde_json::{Value, json};

use super::{DRIFT, Said, Scene, findings, not_checked};
use crate::karpenter::{Wish, configuration};
use crate::support::{Ground, MOTO, REGION, assert_says, ec2, with_a_cli, with_each_cli};

const POOL: &str = "mig_karpenter_nodepool.this";

/// `drift` of a project's directory, in its environment.
pub(super) fn drift(project: &Project, more: &[&str]) -> Said {
    let program = project.cli().path().to_owned();
    let directory = project.dir();
    let mut arguments = vec![
        "--directory",
        directory.to_str().unwrap(),
        "--program",
        program.to_str().unwrap(),
    ];
    arguments.extend(more);
    run(project, &arguments)
}

fn command(project: &Project, arguments: &[&str]) -> Command {
    let environment = project.command(&[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-mig"));
    command
        .arg("drift")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null());
    command.envs(
        environment
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command
}

fn run(project: &Project, arguments: &[&str]) -> Said {
    let output = command(project, arguments).output().unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The report on a directory, with the exit code that it must have.
fn report(project: &Project, code: i32) -> Value {
    let said = drift(project, &["--format", "json"]);
    assert_eq!(said.code, Some(code), "{}\n{}", said.out, said.err);
    said.report()
}

/// The report on a plan that was made with these arguments and comes as a file.
fn of_file(project: &Project, arguments: &[&str], code: i32) -> Value {
    let made = project
        .run(&[&["plan", "-no-color", "-input=false", "-out=by-hand"], arguments].concat())
        .unwrap();
    assert_eq!(made.code, 0, "{}", made.words());
    let shown = project.run(&["show", "-json", "-no-color", "by-hand"]).unwrap();
    let file = project.write("by-hand.json", &shown.stdout).unwrap();
    let said = run(project, &["--format", "json", "--plan", file.to_str().unwrap()]);
    assert_eq!(said.code, Some(code), "{}\n{}", said.out, said.err);
    for file in ["by-hand", "by-hand.json"] {
        project.remove(file).unwrap();
    }
    said.report()
}

/// All files below a directory, with their bytes.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
    all
}

/// Karpenter's three objects in the cluster that the test has alone.
fn wish(scene: &Scene, name: &str, pool: &str, class: &str) -> String {
    let cluster = format!(
        "kubeconfig = \"{}\", context = \"good\"",
        scene.path("kubeconfig")
    );
    configuration(
        name,
        &Wish {
            cluster: &cluster,
            pool,
            class,
            ..Wish::default()
        },
    )
}

fn ground(cli: &Cli, scene: &Scene, test: &str) -> Ground {
    let ground = Ground::with(cli, test, |name| wish(scene, name, "", ""));
    ground.apply();
    ground
}

fn finding<'a>(report: &'a Value, address: &str) -> &'a Value {
    let all = report["findings"].as_array().unwrap();
    all.iter()
        .find(|finding| finding["object"]["name"] == address)
        .unwrap_or_else(|| panic!("{address} in {report}"))
}

#[test]
fn what_others_edit_and_what_was_not_applied_is_drift() {
    with_each_cli(|cli| {
        let scene = Scene::new("drift-directory");
        let ground = ground(cli, &scene, "drift-dir");
        let project = &ground.project;
        let before = files(&project.dir());
        let settled = report(project, 0);
        assert_eq!(
            not_checked(&settled),
            ["good FeatureGate/NodeOverlay unknown", "good Node none"],
            "the plan names the cluster, in which no Karpenter runs"
        );
        assert_eq!(files(&project.dir()), before, "nothing is left in the directory");
        assert_eq!(
            settled["checked"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|object| object["place"]["cluster"] == "good")
                .count(),
            6
        );

        let path = format!("/apis/karpenter.sh/v1/nodepools/{}", ground.name);
        let edit = |age: &str| {
            DRIFT
                .patch(
                    &path,
                    &json!({"spec": {"template": {"spec": {"expireAfter": age}}}}),
                )
                .unwrap()
        };
        edit("24h");
        let edited = report(project, 2);
        let pool = finding(&edited, POOL);
        assert_eq!(
            (&pool["class"], edited["findings"].as_array().unwrap().len()),
            (&json!("D5"), 1)
        );
        assert_says(pool["expected"].as_str().unwrap(), &["expireAfter is 720h"]);
        assert_says(pool["found"].as_str().unwrap(), &["expireAfter is 24h"]);
        assert_says(pool["cause"].as_str().unwrap(), &["changed the object"]);

        edit("720h");
        ground.write(&wish(&scene, &ground.name, "weight = 3", ""));
        let changed = report(project, 2);
        let pool = finding(&changed, POOL);
        assert_says(pool["expected"].as_str().unwrap(), &["weight is 3"]);
        assert_says(pool["found"].as_str().unwrap(), &["weight is not there"]);
        assert_says(pool["cause"].as_str().unwrap(), &["was not applied"]);
        assert_eq!(findings(&changed).len(), 1);
        ground.project.destroy().unwrap();
    });
}

#[test]
fn a_plan_of_a_part_or_of_a_refresh_alone_is_never_in_sync() {
    with_each_cli(|cli| {
        let scene = Scene::new("drift-parts");
        let ground = ground(cli, &scene, "drift-parts");
        let project = &ground.project;
        let whole = of_file(project, &[], 0);
        let way = "good Cluster unknown";
        assert_eq!(
            not_checked(&whole),
            [way],
            "a file does not say how to reach a cluster"
        );
        let class = ["-target=mig_karpenter_nodeclass.this"];
        let part = not_checked(&of_file(project, &class, 0));
        assert!(
            part.contains(&format!("good NodePool/{POOL} unknown")),
            "{part:?}"
        );
        let refreshed = not_checked(&of_file(project, &["-refresh-only"], 0));
        assert_eq!(refreshed.len(), 3, "{refreshed:?}");
        // Neither program says in JSON whether it has looked at the objects, as the guide says.
        assert_eq!(not_checked(&of_file(project, &["-refresh=false"], 0)), [way]);
        ground.project.destroy().unwrap();
    });
}

#[test]
fn the_program_is_asked_for_a_plan_without_a_lock_and_for_nothing_else() {
    with_a_cli(|cli| {
        let scene = Scene::new("drift-asked");
        let mut ground = ground(cli, &scene, "drift-asked");
        let log = scene.path("asked");
        let script = format!(
            "#!/bin/sh\necho \"$@\" >> '{log}'\nexec '{}' \"$@\"\n",
            cli.path().display()
        );
        let program = scene.write("recorder", &script);
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        // What a pipeline sets for its own plans does not blind the report.
        ground
            .project
            .set_env("TF_CLI_ARGS_plan", "-refresh=false -detailed-exitcode");
        let path = format!("/apis/karpenter.sh/v1/nodepools/{}", ground.name);
        DRIFT
            .patch(
                &path,
                &json!({"spec": {"template": {"spec": {"expireAfter": "24h"}}}}),
            )
            .unwrap();
        let directory = ground.project.dir();
        let said = run(
            &ground.project,
            &["--directory", directory.to_str().unwrap(), "--program", &program],
        );
        assert_eq!(said.code, Some(2), "{}\n{}", said.out, said.err);
        let asked = std::fs::read_to_string(&log).unwrap();
        let commands: Vec<_> = asked
            .lines()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        assert_eq!(commands, ["plan", "show"]);
        assert!(asked.lines().next().unwrap().contains("-lock=false"), "{asked}");
        ground.project.unset_env("TF_CLI_ARGS_plan");
        ground.project.destroy().unwrap();
    });
}

#[test]
fn a_plan_that_fails_is_an_error_in_the_programs_words() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "drift-fails", |_| {
            "output \"a\" {\n  value = 1\n}\n".to_owned()
        });
        ground.write("output \"a\" {\n  value = nobody.knows.it\n}\n");
        let said = drift(&ground.project, &[]);
        assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
        assert_says(
            &said.err,
            &["plan failed", "Reference to undeclared resource", "nobody"],
        );
        let missing = run(&ground.project, &["--directory", "/no/such/folder"]);
        assert_eq!(missing.code, Some(1));
        assert_says(&missing.err, &["/no/such/folder is no directory"]);
        let directory = ground.project.dir();
        let nobody = run(
            &ground.project,
            &[
                "--directory",
                directory.to_str().unwrap(),
                "--program",
                "no-such-program",
            ],
        );
        assert_eq!(nobody.code, Some(1));
        assert_says(&nobody.err, &["cannot run no-such-program", "--program"]);
    });
}

/// GitHub refuses all of a report where a result has no file.
#[test]
fn in_sarif_a_directory_is_shown_at_its_first_file() {
    with_a_cli(|cli| {
        let scene = Scene::new("drift-anchor");
        let ground = Ground::with(cli, "drift-anchor", |name| wish(&scene, name, "", ""));
        let program = cli.path().to_str().unwrap();
        let mut command = command(
            &ground.project,
            &["--directory", ".", "--program", program, "--format", "sarif"],
        );
        let output = command.current_dir(ground.project.dir()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "nothing is made yet");
        let log: Value = serde_json::from_slice(&output.stdout).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        for result in results {
            assert_eq!(
                result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
                "main.tf"
            );
        }
    });
}

#[test]
fn secrets_of_a_configuration_are_in_no_format() {
    with_a_cli(|cli| {
        let scene = Scene::new("drift-secrets");
        let class = "tags = { pin = var.pin }\n  extra_user_data = { before = [{ content_type = \"text/x-shellscript\", content = \"#!/bin/sh\\necho ${var.pin}\\n\" }] }";
        let with = |name: &str, secret: &str| {
            let variable =
                format!("variable \"pin\" {{\n  default   = \"{secret}\"\n  sensitive = true\n}}\n");
            format!("{variable}{}", wish(&scene, name, "", class))
        };
        let ground = Ground::with(cli, "drift-secrets", |name| with(name, "hunter2-old"));
        ground.apply();
        assert_eq!(drift(&ground.project, &[]).code, Some(0));
        ground.write(&with(&ground.name, "hunter2-new"));
        for format in ["text", "json", "junit", "sarif", "markdown"] {
            let said = drift(&ground.project, &["--format", format]);
            assert_eq!(said.code, Some(2), "{}", said.err);
            assert!(
                !said.out.contains("hunter2") && !said.err.contains("hunter2"),
                "{format}: {}",
                said.out
            );
            assert_says(&said.out, &["tags"]);
        }
        ground.project.destroy().unwrap();
    });
}

#[test]
fn templates_and_groups_that_were_changed_in_aws_are_drift() {
    with_a_cli(|cli| {
        let ground = crate::node_group::sized_ground(cli, "drift-aws");
        ground.apply();
        let name = &ground.name;
        assert_eq!(drift(&ground.project, &[]).code, Some(0));
        let labels = json!({"labels": {"by": "hand"}});
        MOTO.node_groups(REGION, name).change(name, &labels).unwrap();
        let group = report(&ground.project, 2);
        let group = finding(&group, "mig_node_group.this");
        assert_eq!(
            (&group["class"], &group["object"]["place"]["cluster"]),
            (&json!("D4"), &json!(name))
        );
        assert_says(group["found"].as_str().unwrap(), &["labels_all.by is hand"]);
        assert_says(group["next_step"].as_str().unwrap(), &["CloudTrail"]);
        ground.apply();
        MOTO.node_groups(REGION, name)
            .change(name, &json!({"tags": {}}))
            .unwrap();
        let tags = report(&ground.project, 2);
        assert_eq!(finding(&tags, "mig_node_group.this")["class"], "D8");
        ground.apply();
        ec2::new_version(
            name,
            &[
                ("LaunchTemplateData.InstanceType", "p5.48xlarge"),
                ("LaunchTemplateData.UserData", "I2NsaWVudA=="),
            ],
        );
        let template = report(&ground.project, 2);
        let template = finding(&template, "mig_launch_template.this");
        assert_eq!(
            (&template["class"], &template["object"]["place"]["region"]),
            (&json!("D4"), &json!(REGION))
        );
        let both = [
            template["expected"].as_str().unwrap(),
            template["found"].as_str().unwrap(),
        ];
        assert!(both.iter().all(|side| side.len() < 2000), "{both:?}");
    });
}
