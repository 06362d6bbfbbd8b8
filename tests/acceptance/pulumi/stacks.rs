//! Two stacks of one program at the same time.

use std::time::Duration;

use counterparts::PulumiProject;

use super::every_resource::{SECRET, Wish};
use super::life::assert_gone;
use super::objects::{assert_same, objects, versions};
use super::world::{make, project};

/// Longer than all objects take.
const LIMIT: Duration = Duration::from_secs(300);
/// Names of one length: some texts are hashed or cut.
const STACKS: [&str; 2] = ["pl-stacks-a", "pl-stacks-b"];

/// Runs a command for both stacks at once; both have to succeed.
fn both(project: &PulumiProject, command: &[&str]) {
    let start = |stack: &str| {
        let options = [
            "--yes",
            "--skip-preview",
            "--non-interactive",
            "--color=never",
            "--stack",
            stack,
        ];
        project.spawn(&[command, &options].concat()).unwrap()
    };
    let running = STACKS.map(start);
    for command in running {
        command.wait(LIMIT).unwrap().success().unwrap();
    }
}

#[test]
fn two_stacks_side_by_side_do_not_touch_one_another() {
    let wishes = STACKS.map(Wish::new);
    STACKS.iter().for_each(|name| make(name));
    // Each stack calls its objects by its own name.
    let program = Wish::new("${pulumi.stack}").program();
    let project = project(&program);
    for stack in STACKS {
        if project.select(stack).is_err() {
            project.init(stack).unwrap();
        }
        project
            .set_config("owner", SECRET, &["--secret", "--stack", stack])
            .unwrap();
    }
    both(&project, &["up"]);
    let [first, second] = wishes;
    assert_same(&objects(first), &objects(second));
    both(&project, &["up", "--expect-no-changes"]);

    let before = (objects(second), versions(second));
    project.destroy(&["--stack", STACKS[0]]).unwrap();
    assert_gone(first);
    assert_eq!((objects(second), versions(second)), before);
    project
        .up(&["--expect-no-changes", "--stack", STACKS[1]])
        .unwrap();
    project.destroy(&["--stack", STACKS[1]]).unwrap();
    assert_gone(second);
}
