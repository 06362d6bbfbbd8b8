//! Pulumi's command line, engine and YAML host: with what is built into them, and with a provider in Python (`pulumi/note.py`).
//! Programs in Python and TypeScript.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::process::Command;
use std::time::Duration;

use counterparts::{
    Cache, Language, Plugin, PulumiProject, install_pulumi_python, node_version, unavailable,
};

/// `pulumi:pulumi:StackReference` is the one resource that the engine has itself.
const REFERENCE: &str = "
resources:
  other:
    type: pulumi:pulumi:StackReference
    properties:
      name: organization/test/one
outputs:
  word: ${greeting}
  theirs: ${other.outputs[\"word\"]}
variables:
  greeting: hello
";
const NOTHING: &str = "outputs:\n  word: first\n";

fn project(program: &str) -> PulumiProject {
    let project = PulumiProject::new(&[]).unwrap();
    project.write_yaml(program).unwrap();
    project
}

#[test]
fn two_stacks_live_and_one_reads_the_other() {
    let project = project(NOTHING);
    project.init("one").unwrap();
    assert!(project.preview(&[]).unwrap().is_empty());
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    assert_eq!(project.output("word").unwrap(), "first");

    project.init("two").unwrap();
    project.write_yaml(REFERENCE).unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("other"), ["read"]);
    project.up(&[]).unwrap();
    assert_eq!(project.output("theirs").unwrap(), "first");
    assert_eq!(project.export().unwrap().names(), ["other"]);
    assert!(project.try_refresh(&[]).unwrap().succeeded());
    project.destroy(&[]).unwrap();
    assert!(project.export().unwrap().names().is_empty());
    project.select("one").unwrap();
    assert_eq!(project.output("word").unwrap(), "first");
}

#[test]
fn errors_come_with_their_words_and_nothing_is_downloaded() {
    let project = project("resources:\n  one:\n    type: absent:Thing\n");
    project.init("one").unwrap();
    let output = project.try_preview(&[]).unwrap();
    assert_ne!(output.code, 0);
    assert!(
        output
            .words()
            .contains("no resource plugin 'pulumi-resource-absent' found"),
        "{}",
        output.words()
    );
}

#[test]
fn a_secret_is_not_on_disk() {
    let project = project("config:\n  word:\n    type: string\noutputs:\n  word: ${word}\n");
    project.init("one").unwrap();
    project.set_config("word", "do-not-tell", &["--secret"]).unwrap();
    project.up(&[]).unwrap();
    assert_eq!(project.output("word").unwrap(), "do-not-tell");
    assert!(!project.state_files().contains("do-not-tell"));
}

#[test]
fn the_plugin_under_test_is_the_one_that_is_started() {
    let dir = tempfile::tempdir().unwrap();
    let marker = dir.path().join("started");
    let binary = dir.path().join("any-name");
    let script = format!(
        "#!/bin/sh\necho \"$0\" \"$PWD\" > '{}'\nexit 1\n",
        marker.display()
    );
    std::fs::write(&binary, script).unwrap();
    std::fs::set_permissions(&binary, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let project = PulumiProject::new(&[Plugin::mig(&binary)]).unwrap();
    project
        .write_yaml("resources:\n  one:\n    type: mig:Thing\n")
        .unwrap();
    project.init("one").unwrap();
    let mut preview = project.spawn(&["preview", "--non-interactive"]).unwrap();
    preview.wait_for_text("mig", Duration::from_secs(60)).unwrap();
    assert_ne!(preview.wait(Duration::from_secs(60)).unwrap().code, 0);
    let started = std::fs::read_to_string(marker).unwrap();
    assert!(started.contains("pulumi-resource-mig "), "{started}");
}

#[test]
fn a_binary_that_was_not_built_is_named() {
    let error = PulumiProject::new(&[Plugin::mig("/no/such/provider")]).unwrap_err();
    assert!(
        error.to_string().contains("/no/such/provider (build it first)"),
        "{error}"
    );
}

#[test]
fn the_sdk_for_python_has_stubs_of_the_provider_protocol_and_reads_values() {
    let python = install_pulumi_python(&Cache::open().unwrap()).unwrap();
    let program = "from pulumi.runtime import rpc\n\
                   from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc\n\
                   print(len(provider_pb2.DESCRIPTOR.services_by_name['ResourceProvider'].methods), rpc._special_secret_sig)";
    let output = Command::new(python).args(["-c", program]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.trim(), "21 1b47061264138c4ac30d75fd1eb44270");
}

const IN_PYTHON: &str = "import pulumi
config = pulumi.Config()
pulumi.export('word', config.require_secret('word').apply(lambda word: word.upper()))
pulumi.export('preview', pulumi.runtime.is_dry_run())
";
const IN_TYPESCRIPT: &str = "import * as pulumi from '@pulumi/pulumi';
const config = new pulumi.Config();
export const word: pulumi.Output<string> = config.requireSecret('word').apply(word => word.toUpperCase());
export const preview: boolean = pulumi.runtime.isDryRun();
";

/// A program that needs no provider: what it is told, it tells.
fn run_in((language, runtime): (Language, &str), file: &str, program: &str) {
    let mut project = PulumiProject::new(&[]).unwrap();
    project.use_language(language, &[]).unwrap();
    project.write("Pulumi.yaml", &project.header(runtime)).unwrap();
    project.write(file, program).unwrap();
    project.init("one").unwrap();
    project.set_config("word", "do-not-tell", &["--secret"]).unwrap();
    project.preview(&[]).unwrap();
    project.up(&[]).unwrap();
    assert_eq!(project.output("word").unwrap(), "DO-NOT-TELL");
    assert_eq!(project.output("preview").unwrap(), false);
    assert!(!project.state_files().contains("DO-NOT-TELL"));
    project.write(file, "this is no program").unwrap();
    let output = project.try_up(&[]).unwrap();
    assert_ne!(output.code, 0, "{}", output.words());
}

#[test]
fn a_program_in_python_runs() {
    run_in((Language::Python, "python"), "__main__.py", IN_PYTHON);
}

#[test]
fn a_program_in_typescript_runs() {
    if let Err(error) = node_version() {
        unavailable("pulumi SDK for Node.js", &error.to_string());
        return;
    }
    run_in((Language::NodeJs, "nodejs"), "index.ts", IN_TYPESCRIPT);
}

/// A project with the provider of `pulumi/note.py`, and the folder that it keeps notes in.
fn note_project(work: &std::path::Path) -> (PulumiProject, std::path::PathBuf) {
    let python = install_pulumi_python(&Cache::open().unwrap()).unwrap();
    let program = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pulumi/note.py");
    let script = format!("#!/bin/sh\nexec '{}' '{}'\n", python.display(), program.display());
    let binary = work.join("provider");
    std::fs::write(&binary, script).unwrap();
    std::fs::set_permissions(&binary, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let notes = work.join("notes");
    std::fs::create_dir(&notes).unwrap();
    let mut project = PulumiProject::new(&[Plugin::new("note", &binary)]).unwrap();
    project.set_env("NOTES", &notes.display().to_string());
    (project, notes)
}

fn note(name: &str, text: &str) -> String {
    format!(
        "resources:\n  one:\n    type: note:Note\n    properties:\n      name: {name}\n      text: {text}\n\
         outputs:\n  length: ${{one.length}}\n"
    )
}

#[test]
fn a_resource_is_created_changed_refreshed_replaced_imported_and_destroyed() {
    let work = tempfile::tempdir().unwrap();
    let (project, notes) = note_project(work.path());
    project.write_yaml(&note("a", "hello")).unwrap();
    project.init("one").unwrap();
    assert_eq!(project.preview(&[]).unwrap().ops("one"), ["create"]);
    project.up(&[]).unwrap();
    assert_eq!(project.output("length").unwrap(), 5);
    assert!(project.preview(&[]).unwrap().is_empty());

    project.write_yaml(&note("a", "hello-you")).unwrap();
    assert_eq!(project.preview(&[]).unwrap().ops("one"), ["update"]);
    project.up(&[]).unwrap();
    let read = |name: &str| std::fs::read_to_string(notes.join(name)).unwrap();
    assert_eq!(read("a"), "hello-you");

    std::fs::write(notes.join("a"), "another").unwrap();
    project.try_refresh(&[]).unwrap().success().unwrap();
    let stack = project.export().unwrap();
    assert_eq!(stack.resource("one").unwrap()["outputs"]["text"], "another");
    project.up(&[]).unwrap();
    assert_eq!(read("a"), "hello-you");

    project.write_yaml(&note("b", "hello-you")).unwrap();
    let preview = project.preview(&[]).unwrap();
    let [replace] = &preview.changes()[..] else {
        panic!("{:?}", preview.changes())
    };
    assert_eq!(
        (replace.op.as_str(), &replace.replace_reasons[..]),
        ("replace", &["name".to_owned()][..])
    );
    project.up(&[]).unwrap();
    assert!(!notes.join("a").exists());

    std::fs::write(notes.join("c"), "found").unwrap();
    let imported = project.try_import("note:index:Note", "two", "c", &[]).unwrap();
    let imported = imported.success().unwrap();
    assert!(imported.stdout.contains("text: found"), "{}", imported.stdout);
    assert_eq!(project.export().unwrap().names(), ["one", "two"]);
    project.destroy(&[]).unwrap();
    assert_eq!(std::fs::read_dir(&notes).unwrap().count(), 0);
}

#[test]
fn ctrl_c_lets_the_engine_keep_what_exists() {
    let work = tempfile::tempdir().unwrap();
    let (mut project, notes) = note_project(work.path());
    project.set_env("NOTE_SECONDS", "3");
    project.write_yaml(&note("a", "hello")).unwrap();
    project.init("one").unwrap();
    let mut up = project
        .spawn(&[
            "up",
            "--yes",
            "--skip-preview",
            "--non-interactive",
            "--color=never",
        ])
        .unwrap();
    up.wait_for_text("creating", Duration::from_secs(60)).unwrap();
    up.interrupt().unwrap();
    let output = up.wait(Duration::from_secs(60)).unwrap();
    assert_ne!(output.code, 0, "{}", output.words());
    let made = notes.join("a").exists();
    let known = project.export().unwrap().names() == ["one"];
    assert_eq!(made, known, "{}", output.words());
}
