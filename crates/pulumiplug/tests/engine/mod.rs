//! Pulumi's own engine, with a program in YAML, in front of the plugin.

use std::path::PathBuf;
use std::time::Duration;

use counterparts::{Plugin, PulumiProject};

use crate::{CABINET_FILE, PLUGIN};

/// Longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(120);

const SPOONS: &str = "
config:
  word:
    type: string
resources:
  one:
    type: cabinet:BigDrawer
    properties:
      labelText: spoons
      key: ${word}
      tags:
        a_b: c
      parts:
        - itemName: spoon
outputs:
  summary: ${one.summary}
  name: ${one.name}
  words:
    fn::invoke:
      function: cabinet:joinWords
      arguments:
        glueText: '-'
        words: [a, b]
";

fn project(program: &str) -> (PulumiProject, PathBuf) {
    let binary = std::env::current_exe().unwrap();
    let mut project = PulumiProject::new(&[Plugin::new("cabinet", binary)]).unwrap();
    let file = project.dir().parent().unwrap().join("cabinet.json");
    project.set_env(PLUGIN, "");
    project.set_env(CABINET_FILE, &file.display().to_string());
    project.write_yaml(program).unwrap();
    project.init("one").unwrap();
    (project, file)
}

fn kept(file: &PathBuf) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

pub fn a_life_with_the_real_engine() {
    let (project, file) = project(SPOONS);
    project.set_config("word", "do-not-tell", &["--secret"]).unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("one"), ["create"]);
    project.up(&[]).unwrap();
    assert_eq!(project.output("summary").unwrap(), "spoons (1)");
    assert_eq!(project.output("words").unwrap(), "a-b");
    let name = project.output("name").unwrap();
    assert!(name.as_str().unwrap().starts_with("one-"), "{name}");
    assert_eq!(kept(&file)["drawer-1"]["name"], name);
    assert!(!project.state_files().contains("do-not-tell"));
    project.up(&["--expect-no-changes"]).unwrap();

    project.write_yaml(&SPOONS.replace("spoons", "forks")).unwrap();
    assert_eq!(project.preview(&[]).unwrap().ops("one"), ["update"]);
    project.up(&[]).unwrap();
    assert_eq!(project.output("summary").unwrap(), "forks (1)");
    assert_eq!(kept(&file)["drawer-1"]["revision"], 2);

    // Drift shows at a refresh, and the next run takes it back.
    let drifted = std::fs::read_to_string(&file)
        .unwrap()
        .replace("forks\"", "knives\"");
    std::fs::write(&file, drifted).unwrap();
    let refreshed = project.try_refresh(&["--expect-no-changes"]).unwrap();
    assert!(!refreshed.succeeded(), "{}", refreshed.words());
    assert!(project.try_refresh(&[]).unwrap().succeeded());
    project.up(&[]).unwrap();
    assert_eq!(kept(&file)["drawer-1"]["label_text"], "forks");
    project.up(&["--expect-no-changes"]).unwrap();

    let oak = SPOONS.replace("labelText: spoons", "labelText: spoons\n      material: oak");
    project.write_yaml(&oak).unwrap();
    assert_eq!(project.preview(&[]).unwrap().ops("one"), ["replace"]);
    project.up(&[]).unwrap();
    assert_eq!(kept(&file).as_object().unwrap().len(), 1);
    project.destroy(&[]).unwrap();
    assert!(kept(&file).as_object().unwrap().is_empty());
}

pub fn what_fails_is_kept_by_the_real_engine() {
    let (mut project, file) = project("resources: {}\n");
    let made =
        "resources:\n  one:\n    type: cabinet:BigDrawer\n    properties:\n      name: top\n      size: 3\n";
    project.write_yaml(made).unwrap();
    project.set_env(PLUGIN, "1 error");
    let failed = project.try_up(&[]).unwrap();
    assert!(
        !failed.succeeded() && failed.words().contains("It jams."),
        "{}",
        failed.words()
    );
    assert_eq!(project.export().unwrap().names(), ["one"]);
    project.set_env(PLUGIN, "");
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    assert_eq!(kept(&file)["drawer-1"]["revision"], 1);

    // The object is taken out of the state, and imported again, untouched.
    project
        .run(&["state", "delete", "--yes", "--non-interactive", "--all"])
        .unwrap();
    let imported = project
        .try_import("cabinet:index:BigDrawer", "one", "drawer-1", &[])
        .unwrap();
    assert!(imported.succeeded(), "{}", imported.words());
    project.up(&["--expect-no-changes"]).unwrap();
    assert_eq!(kept(&file)["drawer-1"]["revision"], 1);
    project.destroy(&[]).unwrap();
}

pub fn the_real_engine_tells_faults() {
    let wrong = "resources:\n  one:\n    type: cabinet:BigDrawer\n    properties:\n      name: top\n      size: 1\n      \
                 parts:\n        - itemName: a\n        - itemName: b\n";
    let (project, _) = project(wrong);
    let output = project.try_up(&[]).unwrap();
    assert!(!output.succeeded());
    let words = output.words();
    assert!(
        words.contains("Give it a greater size, or fewer parts (see labelText)."),
        "{words}"
    );
    let odd = "resources:\n  one:\n    type: cabinet:BigDrawer\n    properties:\n      name: top\n      labelText: odd\n";
    project.write_yaml(odd).unwrap();
    let output = project.try_up(&[]).unwrap();
    assert!(
        output.words().contains("People wonder about cabinet:BigDrawer."),
        "{}",
        output.words()
    );
    project.set_config("cabinet:locked", "true", &[]).unwrap();
    let locked = project.try_up(&[]).unwrap();
    assert!(
        locked.words().contains("The cabinet is locked"),
        "{}",
        locked.words()
    );
}

/// Ctrl-C while a call waits: what it has made is in the state.
pub fn an_interrupt_of_the_real_engine_loses_nothing() {
    let made = "resources:\n  one:\n    type: cabinet:BigDrawer\n    properties:\n      name: top\n";
    let (mut project, file) = project(made);
    project.set_env(PLUGIN, "1");
    let arguments = [
        "up",
        "--yes",
        "--skip-preview",
        "--non-interactive",
        "--color=never",
    ];
    let mut up = project.spawn(&arguments).unwrap();
    up.wait_for_text("Still waiting for the hinge", LIMIT).unwrap();
    up.interrupt().unwrap();
    let output = up.wait(LIMIT).unwrap();
    assert!(
        !output.succeeded() && output.words().contains("Interrupted."),
        "{}",
        output.words()
    );
    assert_eq!(project.export().unwrap().names(), ["one"]);
    project.set_env(PLUGIN, "");
    project.up(&[]).unwrap();
    assert_eq!(kept(&file)["drawer-1"]["revision"], 1);
    project.up(&["--expect-no-changes"]).unwrap();
    project.destroy(&[]).unwrap();
    assert!(kept(&file).as_object().unwrap().is_empty());
}

/// Functions of each kind; settings of the stack, and of a provider that the program makes.
pub fn functions_and_settings_with_the_real_engine() {
    let program = "
resources:
  other:
    type: pulumi:providers:cabinet
    properties:
      roomName: attic
      maxDrawers: 5
      locked: false
      defaultTags:
        a_b: c
  one:
    type: cabinet:BigDrawer
    properties:
      name: top
    options:
      provider: ${other}
variables:
  part:
    fn::invoke:
      function: cabinet:describePart
      arguments:
        onePart:
          itemName: fork
  found:
    fn::invoke:
      function: cabinet:getSearch
      arguments:
        drawerName: top
        key:
          fn::secret: hush
outputs:
  text: ${part.longText}
  count: ${part.letterCount}
  answer: ${found.longAnswer}
  key: ${found.key}
";
    let (project, file) = project(program);
    project.set_config("cabinet:maxDrawers", "7", &[]).unwrap();
    project
        .set_config("cabinet:defaultTags", r#"{"x_y":"z"}"#, &[])
        .unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("one"), ["create"]);
    let up = project.up(&[]).unwrap();
    assert!(up.words().contains(r#"Opened: Some("attic")"#), "{}", up.words());
    for (name, value) in [("text", "a fork"), ("answer", "It is top."), ("key", "hush")] {
        assert_eq!(project.output(name).unwrap(), value);
    }
    assert_eq!(project.output("count").unwrap(), 4);
    project.up(&["--expect-no-changes"]).unwrap();
    let moved = program.replace("attic", "cellar");
    project.write_yaml(&moved).unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("other"), ["update"]);
    assert!(preview.ops("one").is_empty(), "the objects of a provider stay");
    project.up(&[]).unwrap();
    project.set_config("cabinet:maxDrawers", "many", &[]).unwrap();
    let wrong = project.try_up(&[]).unwrap();
    assert!(
        wrong.words().contains("must be a number, and is a string"),
        "{}",
        wrong.words()
    );
    project.set_config("cabinet:maxDrawers", "7", &[]).unwrap();
    project.destroy(&[]).unwrap();
    assert!(kept(&file).as_object().unwrap().is_empty());
}
