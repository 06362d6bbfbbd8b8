//! The same case through Terraform and through Pulumi leaves the same objects.

use super::every_resource::{Wish, set_owner};
use super::imports::move_in;
use super::objects::objects;
use super::world::{make, project};
use crate::support::{Ground, with_a_cli};

const CONFIGURATION: &str = include_str!("every_resource.tf");
#[test]
fn both_ways_leave_the_same_objects_which_change_hands() {
    with_a_cli(|cli| {
        // Names of one length: some texts are hashed or cut.
        let ground = Ground::new(cli, "pl-parity-t");
        let other = ground.name.replace("-t-", "-p-");
        let [theirs, ours] = [Wish::new(&ground.name), Wish::new(&other)];
        make(theirs.name);
        make(ours.name);
        let project = project(&ours.program());
        set_owner(&project);
        for words in ["first", "second"] {
            let [theirs, ours] = [theirs, ours].map(|wish| Wish { words, ..wish });
            ground.write(&theirs.fill(CONFIGURATION));
            ground.project.init().unwrap();
            ground.settle();
            project.write_yaml(&ours.program()).unwrap();
            project.up(&[]).unwrap();
            assert_same(&objects(theirs), &objects(ours));
        }
        project.destroy(&[]).unwrap();

        // From Terraform to Pulumi: the objects move into a state that is empty now.
        let theirs = Wish {
            words: "second",
            ..theirs
        };
        project.write_yaml(&theirs.program()).unwrap();
        move_in(&project, theirs);
        project.destroy(&[]).unwrap();
        assert!(ground.plan().output.words().contains("7 to add"));
    });
}

fn assert_same(theirs: &str, ours: &str) {
    let lines = theirs.lines().zip(ours.lines());
    let other: Vec<_> = lines.filter(|(theirs, ours)| theirs != ours).collect();
    assert!(other.is_empty(), "{other:#?}");
    assert_eq!(theirs.lines().count(), ours.lines().count());
}
