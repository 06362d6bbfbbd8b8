//! What is tested.

use counterparts::cli::Flavor;
use counterparts::{Cli, Project, Provider};
use serde_json::json;

pub(crate) fn all() -> Vec<(&'static str, fn())> {
    vec![
        (
            "write_only_values_reach_create_only",
            write_only_values_reach_create_only,
        ),
        ("private_data_lasts", private_data_lasts),
        ("numbers_are_exact", numbers_are_exact),
        ("dynamic_values_keep_their_type", dynamic_values_keep_their_type),
        (
            "sets_and_lists_of_objects_change_quietly",
            sets_and_lists_of_objects_change_quietly,
        ),
        ("old_state_is_upgraded", old_state_is_upgraded),
        ("state_moves_from_another_type", state_moves_from_another_type),
        (
            "functions_take_null_and_unknown_where_they_say",
            functions_take_null_and_unknown,
        ),
        ("data_sources_have_defaults", data_sources_have_defaults),
    ]
}

fn each(test: impl Fn(Project)) {
    let this = std::env::current_exe().unwrap();
    for cli in Cli::every_version().unwrap() {
        test(Project::new(&cli, &[Provider::new("example/probe", &this).itself()]).unwrap());
    }
}

pub(super) fn write(project: &Project, rest: &str) {
    let head = "terraform {\n  required_providers {\n    probe = { source = \"example/probe\" }\n  }\n}\n";
    project.write("main.tf", &format!("{head}{rest}")).unwrap();
}

/// Applies from nothing, and finds nothing to do afterwards.
pub(super) fn apply(project: &Project, rest: &str) {
    write(project, rest);
    project.init().unwrap();
    project.apply(&[]).unwrap();
    assert_quiet(project);
}

#[track_caller]
pub(super) fn assert_quiet(project: &Project) {
    let plan = project.plan(&[]).unwrap();
    assert!(plan.is_empty(), "{}", plan.output.stdout);
}

pub(super) fn thing(attributes: &str) -> String {
    format!("resource \"probe_thing\" \"this\" {{\n  name = \"n\"\n{attributes}\n}}\n")
}

fn stored(project: &Project) -> serde_json::Value {
    project.resource("probe_thing.this").unwrap().unwrap()
}

fn write_only_values_reach_create_only() {
    each(|project| {
        apply(&project, &thing("secret = \"hush-hush\"\nsecret_version = 1"));
        assert_eq!(
            (&stored(&project)["secret"], &stored(&project)["secret_length"]),
            (&json!(null), &json!(9))
        );
        // A new secret alone is no change; a new version of it is.
        write(
            &project,
            &thing("secret = \"hush-hush-hush\"\nsecret_version = 1"),
        );
        assert_quiet(&project);
        write(
            &project,
            &thing("secret = \"hush-hush-hush\"\nsecret_version = 2"),
        );
        let plan = project.plan(&[]).unwrap();
        assert_eq!(plan.actions("probe_thing.this"), ["update"]);
        assert!(
            !plan.json.to_string().contains("\"secret\":\"hush"),
            "{}",
            plan.json
        );
        assert!(project.try_apply_plan().unwrap().succeeded());
        assert_eq!(stored(&project)["secret_length"], 14);
        assert!(!project.state_file().contains("hush"));
        assert_quiet(&project);
    });
}

fn private_data_lasts() {
    each(|project| {
        apply(&project, &thing(""));
        for revision in 2..4 {
            write(&project, &thing(&format!("secret_version = {revision}")));
            project.apply(&[]).unwrap();
            assert_eq!(stored(&project)["revision"], revision);
            assert_quiet(&project);
        }
    });
}

fn numbers_are_exact() {
    each(|project| {
        let all = [
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616.5",
            "0.1",
            "-2.5",
            "1e400",
            "0",
        ];
        let configuration = format!(
            "locals {{\n  all = [{}]\n}}\nresource \"probe_thing\" \"n\" {{\n  count  = length(local.all)\n  \
             name   = \"n\"\n  number = local.all[count.index]\n  ratio  = 0.12345678901234567890123\n}}\n\
             output \"same\" {{ value = [for i, n in local.all : probe_thing.n[i].number == n] }}\n",
            all.join(", ")
        );
        apply(&project, &configuration);
        // The state holds a number that only the program can read.
        let same = project.run(&["output", "-json", "same"]).unwrap();
        assert_eq!(same.json(), json!(vec![true; all.len()]));
        // A change beside it: what the provider does not touch keeps all its digits.
        write(
            &project,
            &configuration.replace("name   = \"n\"", "name   = \"m\""),
        );
        project.apply(&[]).unwrap();
        assert_quiet(&project);
        assert!(project.state_file().contains("0.12345678901234567890123"));
    });
}

fn dynamic_values_keep_their_type() {
    each(|project| {
        let values = [
            "\"text\"",
            "5",
            "[1, \"two\"]",
            "{ a = { b = [true] } }",
            "tolist([\"a\"])",
            "null",
        ];
        for (index, value) in values.iter().enumerate() {
            let rest = format!(
                "{}output \"same\" {{ value = jsonencode(probe_thing.this.any) == jsonencode({value}) }}\n",
                thing(&format!("any = {value}"))
            );
            if index == 0 {
                apply(&project, &rest);
            } else {
                write(&project, &rest);
                project.apply(&[]).unwrap();
                assert_quiet(&project);
            }
            assert_eq!(project.output("same").unwrap(), true, "{value}");
        }
        // Unknown at plan, of a type that is not known either.
        let unknown = "resource \"terraform_data\" \"late\" { input = { a = [1] } }\n";
        write(
            &project,
            &format!("{unknown}{}", thing("any = terraform_data.late.output")),
        );
        project.apply(&[]).unwrap();
        assert_quiet(&project);
        assert_eq!(stored(&project)["any"]["value"], json!({ "a": [1] }));
    });
}

fn sets_and_lists_of_objects_change_quietly() {
    each(|project| {
        let with = |rules: &str, parts: &str| thing(&format!("rules = [{rules}]\nparts = [{parts}]"));
        apply(
            &project,
            &with("{ port = 1 }, { port = 2 }", "{ size = 1 }, { size = 2 }"),
        );
        write(
            &project,
            &with("{ port = 2 }, { port = 1 }", "{ size = 1 }, { size = 2 }"),
        );
        assert_quiet(&project);

        write(
            &project,
            &with(
                "{ port = 3 }, { port = 1 }",
                "{ size = 1 }, { size = 2 }, { size = 3 }",
            ),
        );
        let plan = project.plan(&[]).unwrap();
        let change = &plan.changes()[0];
        assert_eq!(change.after["parts"][0], json!({ "size": 1, "place": "place-1" }));
        assert_eq!(change.after_unknown["parts"], json!([{}, {}, { "place": true }]));
        let kept = change.after["rules"]
            .as_array()
            .unwrap()
            .contains(&json!({ "port": 1, "id": "rule-1" }));
        assert!(kept, "{}", change.after);
        assert!(project.try_apply_plan().unwrap().succeeded());
        assert_quiet(&project);
        assert_eq!(stored(&project)["rules"].as_array().unwrap().len(), 2);
    });
}

/// A state file as version 0 of the provider left it.
fn old_state(flavor: Flavor) -> String {
    let provider = format!("provider[\"{}/example/probe\"]", flavor.registry());
    let instance = json!({ "schema_version": 0, "attributes": { "title": "n", "id": "id-0", "revision": 7, "gone": true } });
    json!({
        "version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "7d8b5c3e-0000-0000-0000-000000000000",
        "outputs": {},
        "resources": [{
            "mode": "managed", "type": "probe_thing", "name": "this", "provider": provider, "instances": [instance],
        }],
    })
    .to_string()
}

fn old_state_is_upgraded() {
    each(|project| {
        project
            .write("terraform.tfstate", &old_state(project.cli().flavor()))
            .unwrap();
        write(&project, &thing(""));
        project.init().unwrap();
        assert_quiet(&project);
        write(&project, &thing("secret_version = 1"));
        project.apply(&[]).unwrap();
        assert_eq!(
            (&stored(&project)["id"], &stored(&project)["name"]),
            (&json!("id-0"), &json!("n"))
        );
        assert!(!project.state_file().contains("title"));
    });
}

fn state_moves_from_another_type() {
    each(|project| {
        write(
            &project,
            "resource \"terraform_data\" \"old\" { input = \"n\" }\n",
        );
        project.init().unwrap();
        project.apply(&[]).unwrap();
        let id = project.resource("terraform_data.old").unwrap().unwrap()["id"].clone();
        let moved = "moved {\n  from = terraform_data.old\n  to   = probe_thing.this\n}\n";
        apply(&project, &format!("{}{moved}", thing("")));
        assert_eq!(stored(&project)["id"], id);
        assert_eq!(project.state_list().unwrap(), ["probe_thing.this"]);
    });
}

fn functions_take_null_and_unknown() {
    each(|project| {
        // OpenTofu does not call a function with a null of no type.
        let outputs = "output \"null\" { value = provider::probe::describe(tostring(null)) }\n\
                       output \"number\" { value = provider::probe::describe(1) }\n\
                       output \"late\" { value = provider::probe::describe(probe_thing.this.id) }\n\
                       output \"plain\" { value = provider::probe::plain(probe_thing.this.id) }\n";
        apply(&project, &format!("{}{outputs}", thing("")));
        for (name, said) in [
            ("null", "null"),
            ("number", "a number"),
            ("late", "a string"),
            ("plain", "id-n"),
        ] {
            assert_eq!(project.output(name).unwrap(), said, "{name}");
        }
        for (argument, said) in [("null", "must not be null"), ("\"panic\"", "ended in a panic")] {
            write(
                &project,
                &format!("output \"x\" {{ value = provider::probe::plain({argument}) }}\n"),
            );
            let failed = project.try_plan(&[]).unwrap();
            assert!(
                failed.code == 1 && failed.words().contains(said),
                "{}",
                failed.words()
            );
        }
    });
}

fn data_sources_have_defaults() {
    each(|project| {
        let rest = "data \"probe_echo\" \"this\" { input = { a = [1, \"b\"] } }\n\
                    data \"probe_echo\" \"own\" {\n  input = 0.1\n  ratio = 0.1\n}\n\
                    output \"all\" { value = [data.probe_echo.this.output, data.probe_echo.this.twice, data.probe_echo.own.output == 0.1, data.probe_echo.own.twice] }\n";
        apply(&project, rest);
        assert_eq!(
            project.output("all").unwrap(),
            json!([{ "a": [1, "b"] }, 1, true, 0.2])
        );
    });
}
