//! The same case through Terraform, through Pulumi, and through Pulumi's bridge to Terraform providers leaves the same objects.

use super::every_resource::{Wish, set_owner};
use super::imports::move_in;
use super::objects::{assert_same, objects};
use super::world::{make, project};
use crate::pulumi_bridge::Bridged;
use crate::support::{Ground, with_a_cli};

const CONFIGURATION: &str = include_str!("every_resource.tf");

#[test]
fn all_ways_leave_the_same_objects_which_change_hands() {
    with_a_cli(|cli| {
        // Names of one length: some texts are hashed or cut.
        let ground = Ground::new(cli, "pl-parity-t");
        let names = ["-t-", "-p-", "-b-"].map(|way| ground.name.replace("-t-", way));
        let wishes = names.each_ref().map(|name| Wish::new(name));
        names.iter().for_each(|name| make(name));
        let [theirs, ours, _] = wishes;
        let project = project(&ours.program());
        let bridged = Bridged::new();
        bridged.write(&ours.program());
        set_owner(&project);
        set_owner(&bridged.project);
        for words in ["first", "second"] {
            let [theirs, ours, through] = wishes.map(|wish| Wish { words, ..wish });
            ground.write(&theirs.fill(CONFIGURATION));
            ground.project.init().unwrap();
            ground.settle();
            project.write_yaml(&ours.program()).unwrap();
            project.up(&[]).unwrap();
            bridged.write(&named(through));
            bridged.project.up(&[]).unwrap();
            bridged.project.up(&["--expect-no-changes"]).unwrap();
            let left = objects(ours);
            assert_same(&objects(theirs), &left);
            assert_same(&objects(through), &left);
        }
        bridged.project.destroy(&[]).unwrap();
        project.destroy(&[]).unwrap();

        // From Terraform to Pulumi: the objects move into a state that is empty now.
        let theirs = Wish {
            words: "second",
            ..theirs
        };
        project.write_yaml(&theirs.program()).unwrap();
        move_in(&project, theirs);
        project.destroy(&[]).unwrap();
        assert!(ground.plan_words().contains("7 to add"));
    });
}

/// The program with a name for each object: the bridge makes one up where a program leaves it out, and so would not let a pool be
/// called like its class.
fn named(wish: Wish<'_>) -> String {
    let mut program = wish.program();
    for kind in ["KarpenterNodepool", "KarpenterNodeoverlay"] {
        let head = format!("    type: mig:{kind}\n    properties:\n");
        assert!(program.contains(&head), "{kind}");
        program = program.replace(&head, &format!("{head}      name: {}\n", wish.object()));
    }
    program
}
