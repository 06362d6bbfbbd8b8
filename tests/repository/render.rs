//! The command `render`, run as a user runs it. `UPDATE=1` writes the golden files of versions that have none; bytes of a
//! version that has one never change.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::mig::mig;
use super::root;

/// The example, for a version of the rendering.
fn example(version: i64) -> String {
    let text = fs::read_to_string(root().join("examples/render/slices.yaml")).unwrap();
    assert!(text.contains("render_version: 3"));
    text.replace("render_version: 3", &format!("render_version: {version}"))
}

fn render(file: &str, stdin: &str) -> Output {
    mig(&["render", file], stdin)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_bytes_of_a_version_never_change() {
    for version in [1, 2, 3] {
        let rendered = render("-", &example(version));
        assert_eq!(rendered.status.code(), Some(0), "{}", text(&rendered.stderr));
        let golden = root().join(format!("tests/repository/render/golden/v{version}.yaml"));
        if std::env::var_os("UPDATE").is_some() && !golden.exists() {
            fs::write(&golden, &rendered.stdout).unwrap();
        }
        assert_eq!(text(&rendered.stdout), fs::read_to_string(&golden).unwrap());
    }
}

#[test]
fn a_file_gives_what_standard_input_gives() {
    let file = root().join("examples/render/slices.yaml");
    let rendered = render(file.to_str().unwrap(), "");
    assert_eq!(rendered.status.code(), Some(0));
    assert_eq!(rendered.stdout, render("-", &example(3)).stdout);
    assert_eq!(text(&rendered.stderr), "");
}

#[test]
fn faults_go_to_standard_error_and_nothing_is_rendered() {
    let wrong = render("-", &example(2).replace("1g.10gb: 7", "1g.10gb: 8"));
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!(text(&wrong.stdout), "");
    let said = text(&wrong.stderr);
    assert!(said.contains("error: pools[0].nodeclass.layout.slices"), "{said}");

    let missing = render(Path::new("no/such/file.yaml").to_str().unwrap(), "");
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot read no/such/file.yaml"));
}

#[test]
fn warnings_do_not_stop_it() {
    let rendered = render("-", &example(2).replace("al2023@v20261003", "al2023@latest"));
    assert_eq!(rendered.status.code(), Some(0));
    assert!(text(&rendered.stdout).contains("al2023@latest"));
    let said = text(&rendered.stderr);
    assert!(
        said.contains("warning: pools[0].nodeclass.ami_selector_terms"),
        "{said}"
    );
}
