//! Objects that others have made come into a state.

use counterparts::PulumiProject;

use super::every_resource::Wish;
use super::objects::{objects, versions};

/// Where the objects are that the program makes.
const FILE: &str = include_str!("every_resource.json");

/// Takes the objects of a program in by their IDs, after which it has nothing to do. No object is touched.
pub(super) fn move_in(project: &PulumiProject, wish: Wish<'_>) {
    let before = (objects(wish), versions(wish));
    project.write("import.json", &wish.fill(FILE)).unwrap();
    let import = [
        "import",
        "--file=import.json",
        "--yes",
        "--skip-preview",
        "--protect=false",
        "--generate-code=false",
        "--non-interactive",
        "--color=never",
    ];
    let imported = project.run(&import).unwrap();
    assert!(imported.succeeded(), "{}", imported.words());
    // What no object says, such as a time to wait, comes into the state.
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    assert_eq!((objects(wish), versions(wish)), before);
}
