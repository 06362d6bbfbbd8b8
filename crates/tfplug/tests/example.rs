//! The example provider, run by real Terraform and OpenTofu as a user would.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use counterparts::{Cli, Project, Provider};

const LIMIT: Duration = Duration::from_secs(120);

#[path = "../examples/local_note/main.rs"]
mod local_note;

/// Serves the example: so the example that is tested is always the present one.
pub(crate) fn provider() -> ExitCode {
    local_note::main().unwrap()
}

pub(crate) fn tests() -> Vec<crate::Test> {
    vec![
        ("a_whole_life", a_whole_life),
        ("what_others_changed_is_seen", what_others_changed_is_seen),
        ("import_by_id_and_by_identity", import_by_id_and_by_identity),
        ("a_data_source_and_a_function", a_data_source_and_a_function),
        (
            "wrong_values_are_named_with_their_place",
            wrong_values_are_named_with_their_place,
        ),
        (
            "ctrl_c_in_a_slow_create_loses_nothing",
            ctrl_c_in_a_slow_create_loses_nothing,
        ),
        (
            "a_lock_is_there_while_it_is_needed",
            a_lock_is_there_while_it_is_needed,
        ),
        ("ctrl_c_leaves_no_lock", ctrl_c_leaves_no_lock),
        ("a_debugger_can_stay_attached", a_debugger_can_stay_attached),
        ("the_readme_shows_the_example", the_readme_shows_the_example),
    ]
}

fn example() -> PathBuf {
    std::env::current_exe().unwrap()
}

fn each(test: impl Fn(Project)) {
    for cli in Cli::all().unwrap() {
        test(Project::new(&cli, &[Provider::new("example/local", example()).itself()]).unwrap());
    }
}

fn configuration(source: &str, rest: &str) -> String {
    format!("terraform {{\n  required_providers {{\n    local = {{ source = {source:?} }}\n  }}\n}}\n{rest}")
}

fn write(project: &Project, rest: &str) {
    project
        .write("main.tf", &configuration("example/local", rest))
        .unwrap();
}

fn note(path: &str, content: &str) -> String {
    format!("resource \"local_note\" \"this\" {{\n  path    = {path:?}\n  content = {content:?}\n}}\n")
}

fn text(project: &Project, name: &str) -> Option<String> {
    fs::read_to_string(project.dir().join(name)).ok()
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < LIMIT, "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn a_whole_life() {
    each(|project| {
        write(&project, &note("a.txt", "one"));
        project.init().unwrap();
        let plan = project.plan(&[]).unwrap();
        let created = &plan.changes()[0];
        assert_eq!(
            (created.actions.as_slice(), &created.after_unknown["size"]),
            (&["create".to_owned()][..], &true.into())
        );
        project.apply(&[]).unwrap();
        assert_eq!(text(&project, "a.txt").as_deref(), Some("one"));
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);

        write(&project, &note("a.txt", "one two"));
        assert_eq!(project.plan(&[]).unwrap().actions("local_note.this"), ["update"]);
        project.apply(&[]).unwrap();
        assert_eq!(project.resource("local_note.this").unwrap().unwrap()["size"], 7);

        write(&project, &note("b.txt", "one two"));
        let plan = project.plan(&[]).unwrap();
        assert_eq!(plan.actions("local_note.this"), ["delete", "create"]);
        assert_eq!(plan.changes()[0].replace_paths, serde_json::json!([["path"]]));
        project.apply(&[]).unwrap();
        assert_eq!(
            (text(&project, "a.txt"), text(&project, "b.txt").as_deref()),
            (None, Some("one two"))
        );

        project.destroy().unwrap();
        assert_eq!(text(&project, "b.txt"), None);
        assert_eq!(project.state_list().unwrap(), Vec::<String>::new());
    });
}

fn what_others_changed_is_seen() {
    each(|project| {
        write(
            &project,
            "resource \"local_note\" \"this\" { path = \"a.txt\" }\n",
        );
        project.init().unwrap();
        project.apply(&[]).unwrap();
        assert_eq!(text(&project, "a.txt").as_deref(), Some("(nothing yet)"));

        fs::write(project.dir().join("a.txt"), "by hand").unwrap();
        let plan = project.plan(&[]).unwrap();
        assert_eq!(plan.actions("local_note.this"), ["update"]);
        assert_eq!(plan.changes()[0].before["content"], "by hand");
        project.apply(&[]).unwrap();
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);

        fs::remove_file(project.dir().join("a.txt")).unwrap();
        assert_eq!(project.plan(&[]).unwrap().actions("local_note.this"), ["create"]);
        project.apply(&[]).unwrap();

        // A failed look is no "gone": a folder in its place cannot be read.
        fs::remove_file(project.dir().join("a.txt")).unwrap();
        fs::create_dir(project.dir().join("a.txt")).unwrap();
        let failed = project.try_plan(&[]).unwrap();
        assert_eq!(failed.code, 1);
        assert!(
            failed.words().contains("The note's file cannot be used"),
            "{}",
            failed.words()
        );
        assert_eq!(project.state_list().unwrap(), ["local_note.this"]);
    });
}

fn import_by_id_and_by_identity() {
    each(|project| {
        write(&project, &note("a.txt", "here already"));
        fs::write(project.dir().join("a.txt"), "here already").unwrap();
        project.init().unwrap();
        let absent = project.try_import("local_note.this", "b.txt").unwrap();
        assert!(
            !absent.succeeded() && absent.words().contains("non-existent remote object"),
            "{}",
            absent.words()
        );
        project
            .try_import("local_note.this", "a.txt")
            .unwrap()
            .success()
            .unwrap();
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);

        // Both know identities from 1.12 on.
        let version = project.cli().version();
        if (version.major, version.minor) < (1, 12) {
            return;
        }
        project
            .run(&["state", "rm", "local_note.this"])
            .unwrap()
            .success()
            .unwrap();
        let import = "import {\n  to       = local_note.this\n  identity = { path = \"a.txt\" }\n}\n";
        write(&project, &format!("{}{import}", note("a.txt", "here already")));
        project.apply(&[]).unwrap();
        assert_eq!(project.resource("local_note.this").unwrap().unwrap()["size"], 12);
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
    });
}

fn a_data_source_and_a_function() {
    each(|project| {
        let rest = "data \"local_note\" \"look\" {\n  path       = \"a.txt\"\n  depends_on = [local_note.this]\n}\n\
                    output \"seen\" { value = data.local_note.look.content }\n\
                    output \"words\" { value = provider::local::words(\"one two  three\") }\n";
        write(&project, &format!("{}{rest}", note("a.txt", "one")));
        project.init().unwrap();
        project.apply(&[]).unwrap();
        assert_eq!(project.output("seen").unwrap(), "one");
        assert_eq!(project.output("words").unwrap(), 3);
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);

        write(
            &project,
            "output \"words\" { value = provider::local::words(\" \") }\n",
        );
        let failed = project.try_plan(&[]).unwrap();
        assert_eq!(failed.code, 1);
        assert!(
            failed
                .words()
                .contains("The text has no words. Give it at least one."),
            "{}",
            failed.words()
        );
    });
}

fn wrong_values_are_named_with_their_place() {
    each(|project| {
        write(&project, &note("", "one"));
        project.init().unwrap();
        let failed = project.validate().unwrap();
        assert!(!failed.succeeded());
        let words = failed.words();
        for said in [
            "Invalid value of path",
            "with local_note.this,",
            "path = \"\"",
            "It has 0 characters; allowed are 1 to 4096.",
        ] {
            assert!(words.contains(said), "{said}: {words}");
        }
        write(
            &project,
            "provider \"local\" {\n  delay_ms = -1\n}\ndata \"local_note\" \"x\" { path = \"a\" }\n",
        );
        let words = project.try_plan(&[]).unwrap().words();
        for said in [
            "Wrong number in delay_ms",
            "delay_ms = -1",
            "Expected a whole number from 0 to 4294967295, found -1.",
        ] {
            assert!(words.contains(said), "{said}: {words}");
        }
    });
}

fn ctrl_c_in_a_slow_create_loses_nothing() {
    each(|project| {
        let slow = format!(
            "provider \"local\" {{\n  delay_ms = 600000\n}}\n{}",
            note("a.txt", "one")
        );
        write(&project, &slow);
        project.init().unwrap();
        let apply = project
            .spawn(&["apply", "-no-color", "-input=false", "-auto-approve"])
            .unwrap();
        wait_until("the note", || {
            text(&project, "a.txt").is_some_and(|text| !text.is_empty())
        });
        apply.interrupt().unwrap();
        let output = apply.wait(LIMIT).unwrap();
        assert_eq!(output.code, 1, "{}", output.words());
        assert_eq!(
            project.state_list().unwrap(),
            ["local_note.this"],
            "{}",
            output.words()
        );

        // What was left half done is made anew, and goes away with the rest.
        write(&project, &note("a.txt", "one"));
        assert_eq!(
            project.plan(&[]).unwrap().actions("local_note.this"),
            ["delete", "create"]
        );
        project.destroy().unwrap();
        assert_eq!(text(&project, "a.txt"), None);
    });
}

/// A note that is written while a lock is held, and takes so long.
fn locked(delay_ms: u32) -> String {
    let provider = format!("provider \"local\" {{\n  delay_ms = {delay_ms}\n}}\n");
    let lock = "ephemeral \"local_lock\" \"this\" {\n  path    = \"lock\"\n  seconds = 1\n}\n";
    let note = note("a.txt", "one").replace('}', "  depends_on = [ephemeral.local_lock.this]\n}");
    [&provider, lock, &note].concat()
}

fn a_lock_is_there_while_it_is_needed() {
    each(|project| {
        write(&project, &locked(600_000));
        project.init().unwrap();
        fs::write(project.dir().join("lock"), "another's").unwrap();
        let failed = project.try_plan(&[]).unwrap();
        assert!(failed.words().contains("The lock is held"), "{}", failed.words());
        assert_eq!(text(&project, "lock").as_deref(), Some("another's"));
        fs::remove_file(project.dir().join("lock")).unwrap();

        write(&project, &locked(4_000));
        let apply = project
            .spawn(&["apply", "-no-color", "-input=false", "-auto-approve"])
            .unwrap();
        wait_until("the second renewal", || {
            text(&project, "lock").as_deref() == Some("renewed 2 times")
        });
        let output = apply.wait(LIMIT).unwrap();
        assert_eq!(output.code, 0, "{}", output.words());
        assert_eq!(text(&project, "lock"), None);
        assert_eq!(project.state_list().unwrap(), ["local_note.this"]);
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
        assert_eq!(text(&project, "lock"), None, "a plan closes it, too");
    });
}

fn ctrl_c_leaves_no_lock() {
    each(|project| {
        write(&project, &locked(600_000));
        project.init().unwrap();
        let apply = project
            .spawn(&["apply", "-no-color", "-input=false", "-auto-approve"])
            .unwrap();
        wait_until("the note", || {
            text(&project, "a.txt").is_some_and(|text| !text.is_empty())
        });
        assert!(text(&project, "lock").is_some());
        apply.interrupt().unwrap();
        let output = apply.wait(LIMIT).unwrap();
        assert_eq!(output.code, 1, "{}", output.words());
        assert_eq!(text(&project, "lock"), None, "{}", output.words());
    });
}

/// The example in its debugging mode; ends with the value.
struct Debugged(Child);

impl Drop for Debugged {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn a_debugger_can_stay_attached() {
    for cli in Cli::all().unwrap() {
        let mut project = Project::new(&cli, &[]).unwrap();
        let child = Command::new(example())
            .arg("--debug")
            .current_dir(project.dir())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut debugged = Debugged(child);
        let lines = BufReader::new(debugged.0.stdout.take().unwrap()).lines();
        let reattach = lines
            .map_while(Result::ok)
            .find_map(|line| {
                Some(
                    line.trim()
                        .strip_prefix("TF_REATTACH_PROVIDERS='")?
                        .strip_suffix('\'')?
                        .to_owned(),
                )
            })
            .unwrap();
        project.set_env("TF_REATTACH_PROVIDERS", &reattach);
        let here = configuration("registry.terraform.io/example/local", &note("a.txt", "one"));
        project.write("main.tf", &here).unwrap();
        project.init().unwrap();
        project.apply(&[]).unwrap();
        assert_eq!(text(&project, "a.txt").as_deref(), Some("one"));
        assert_eq!(project.try_plan(&[]).unwrap().code, 0);
        project.destroy().unwrap();
        assert!(
            debugged.0.try_wait().unwrap().is_none(),
            "it outlives the runs that used it"
        );
    }
}

fn the_readme_shows_the_example() {
    let readme = include_str!("../README.md");
    let shown = readme
        .split_once("```rust\n//! A whole provider")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(code, _)| format!("//! A whole provider{code}"));
    assert_eq!(
        shown.as_deref(),
        Some(include_str!("../examples/local_note/main.rs"))
    );
}
