//! What only Terraform 1.14 and later ask of a provider: lists and actions.

use counterparts::{Cli, Project, Provider};
use serde_json::json;

use super::cases::{apply, assert_quiet, thing, write};

pub(super) fn all() -> Vec<(&'static str, fn())> {
    vec![
        ("a_query_lists_objects", a_query_lists_objects),
        ("a_query_writes_configuration", a_query_writes_configuration),
        ("a_query_that_fails_says_where", a_query_that_fails_says_where),
        ("an_action_is_invoked_by_hand", an_action_is_invoked_by_hand),
        ("an_action_is_triggered", an_action_is_triggered),
        (
            "an_action_that_fails_ends_the_apply",
            an_action_that_fails_ends_the_apply,
        ),
    ]
}

fn project() -> Project {
    let this = std::env::current_exe().unwrap();
    let cli = Cli::newest_terraform().unwrap();
    Project::new(&cli, &[Provider::new("example/probe", this).itself()]).unwrap()
}

/// A `list` block that finds this many things.
fn list(number: &str, rest: &str) -> String {
    format!(
        "list \"probe_thing\" \"all\" {{\n  provider = probe\n{rest}\n  config {{\n    number = {number}\n  }}\n}}\n"
    )
}

/// A project with this query, initialised.
fn asking(query: &str) -> Project {
    let project = project();
    write(&project, "provider \"probe\" {}\n");
    project.write("all.tfquery.hcl", query).unwrap();
    project.init().unwrap();
    project
}

fn a_query_lists_objects() {
    let project = asking(&list("3", "  include_resource = true"));
    let found = project.query().unwrap();
    let names: Vec<_> = found
        .iter()
        .map(|event| event["display_name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["thing 0", "thing 1", "thing 2"]);
    assert_eq!(found[1]["identity"], json!({ "id": "id-1" }));
    let resource = &found[1]["resource_object"];
    assert_eq!(
        (&resource["name"], &resource["revision"]),
        (&json!("id-1"), &json!(1))
    );
    // More than the limit are never asked for.
    project
        .write("all.tfquery.hcl", &list("1000000", "  limit = 2"))
        .unwrap();
    assert_eq!(project.query().unwrap().len(), 2);
}

fn a_query_writes_configuration() {
    let project = asking(&list("2", ""));
    let output = project
        .run(&["query", "-no-color", "-generate-config-out=found.tf"])
        .unwrap();
    assert!(output.succeeded(), "{}", output.words());
    let plan = project.plan(&[]).unwrap();
    let all = "2 to import, 0 to add, 0 to change, 0 to destroy";
    assert!(plan.output.words().contains(all), "{}", plan.output.words());
    project.apply(&[]).unwrap();
    assert_quiet(&project);
}

fn a_query_that_fails_says_where() {
    let project = asking(&list("-1", ""));
    let failed = project.run(&["query", "-no-color"]).unwrap();
    let words = failed.words();
    assert_eq!(failed.code, 1, "{words}");
    assert!(words.contains("from 0 to 1000000"), "{words}");
    assert!(words.contains("on all.tfquery.hcl line"), "{words}");
}

/// An action that rings this often, and an object that triggers it.
fn ringing(times: &str, trigger: &str) -> String {
    let action = format!("action \"probe_ring\" \"bell\" {{\n  config {{\n    times = {times}\n  }}\n}}\n");
    let lifecycle = format!(
        "  lifecycle {{\n    action_trigger {{\n      events  = [{trigger}]\n      actions = [action.probe_ring.bell]\n    }}\n  }}"
    );
    format!("{action}{}", thing(&lifecycle))
}

fn an_action_is_invoked_by_hand() {
    let project = project();
    apply(&project, &ringing("2", "after_update"));
    let output = project.apply(&["-invoke=action.probe_ring.bell"]).unwrap();
    for said in ["ring 1", "ring 2", "Actions: 1 invoked"] {
        assert!(
            output.words().contains(said),
            "no {said:?} in:\n{}",
            output.words()
        );
    }
    assert_quiet(&project);
}

fn an_action_is_triggered() {
    let project = project();
    // The number is known after the object is made.
    let configuration = ringing("probe_thing.this.revision + 1", "after_create");
    write(&project, &configuration);
    project.init().unwrap();
    let output = project.apply(&[]).unwrap();
    assert!(output.words().contains("ring 2"), "{}", output.words());
    assert_quiet(&project);
}

fn an_action_that_fails_ends_the_apply() {
    let project = project();
    write(&project, &ringing("13", "after_create"));
    project.init().unwrap();
    let failed = project.try_apply(&[]).unwrap();
    assert_eq!(failed.code, 1, "{}", failed.words());
    for said in ["ring 12", "The bell is broken"] {
        assert!(
            failed.words().contains(said),
            "no {said:?} in:\n{}",
            failed.words()
        );
    }
    // What a validator refuses is found before anything is made.
    write(&project, &ringing("0", "after_create"));
    let refused = project.try_plan(&[]).unwrap();
    assert_eq!(refused.code, 1, "{}", refused.words());
    assert!(refused.words().contains("from 1 to 100"), "{}", refused.words());
}
