//! The command `picture`, run as a user runs it. `UPDATE=1` writes its golden files.

use std::fs;
use std::process::Output;

use super::mig::mig;
use super::root;

/// Two layouts: unequal slices with a rest, and GPUs of one node that differ.
const FILE: &str = "layouts:
  - instance_types: [p5.48xlarge]
    slices: { 3g: 1, 2g: 1, 1g+me: 1 }
  - instance_types: [p4d.24xlarge]
    gpus:
      - { devices: [0, 1, 2, 3, 4, 5], slices: { 1g.5gb: 7 } }
      - { devices: [6, 7], slices: {} }
";

fn picture(arguments: &[&str], stdin: &str) -> Output {
    mig(&[&["picture"], arguments].concat(), stdin)
}

#[test]
fn layouts_are_drawn_as_text_and_as_svg() {
    for (format, name) in [("text", "layouts.txt"), ("svg", "layouts.svg")] {
        let drawn = picture(&["-", "--format", format], FILE);
        let said = String::from_utf8_lossy(&drawn.stderr);
        assert_eq!((drawn.status.code(), &*said), (Some(0), ""));
        let golden = root().join("tests/repository/picture/golden").join(name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&golden, &drawn.stdout).unwrap();
        }
        let drawn = String::from_utf8(drawn.stdout).unwrap();
        assert_eq!(drawn, fs::read_to_string(&golden).unwrap(), "{name}");
    }
}

/// Layouts are drawn in the order of the file, each once, and what `data.mig_layout` gives is what the command draws.
#[test]
fn pictures_follow_the_file() {
    let at = FILE.rfind("  - instance").unwrap();
    let (first, second) = (&FILE["layouts:\n".len()..at], &FILE[at..]);
    let drawn = |parts: &[&str]| {
        let file = format!("layouts:\n{}", parts.concat());
        String::from_utf8(picture(&["-"], &file).stdout).unwrap()
    };
    let both = format!("{}\n{}", drawn(&[first]), drawn(&[second]));
    assert_eq!(drawn(&[first, second, first]), both);
    let turned = format!("{}\n{}", drawn(&[second]), drawn(&[first]));
    assert_eq!(drawn(&[second, first]), turned);
    let one = "instance_types: [p5.48xlarge]\nslices: { 1g.10gb: 7 }\n";
    let spec = serde_json::from_str(r#"{"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}"#);
    let layout = mig::Layout::resolve(&spec.unwrap(), mig::Catalog::builtin()).unwrap();
    let svg = picture(&["-", "--format", "svg"], one).stdout;
    assert_eq!(String::from_utf8(svg).unwrap(), layout.picture_svg());
    let text = String::from_utf8(picture(&["-"], one).stdout).unwrap();
    assert!(text.starts_with(&layout.picture()), "{text}");
}

#[test]
fn layouts_that_cannot_be_made_are_not_drawn() {
    let wrong = picture(
        &["-", "--format", "svg"],
        "instance_types: [p5.48xlarge]\nslices: { 1g.10gb: 8 }\n",
    );
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(1), 0));
    assert!(said.contains("error: slices"), "{said}");
    assert_eq!(picture(&["no/such/file.yaml"], "").status.code(), Some(1));
}
