//! Whether the registry's own tool finds a fault in `docs/`.

use std::fs;
use std::process::Command;

use counterparts::{Cache, Program, Workspace, install};
use provider::cli::schema_json;

use super::files::entries;
use super::{pages, root, schemas};

/// The tool finds a provider's schema by its bare name, or else takes it for one of HashiCorp's.
const NAME: &str = "mig";

#[test]
fn tfplugindocs_finds_nothing_wrong() {
    let tool = install(&Cache::open().unwrap(), Program::TfPluginDocs).unwrap();
    let work = Workspace::new("tfplugindocs").unwrap();
    let schema = work.write("schema.json", schema_json(schemas(), NAME)).unwrap();
    // A copy, since another test may be writing docs/ just now.
    for guide in entries(&root().join("docs/guides")) {
        let name = guide.file_name().unwrap().to_str().unwrap();
        work.write(&format!("docs/guides/{name}"), fs::read(&guide).unwrap())
            .unwrap();
    }
    for (name, text) in pages() {
        work.write(&format!("docs/{name}"), text).unwrap();
    }
    let mut command = Command::new(tool);
    command.args(["validate", "--provider-name", NAME, "--provider-dir"]);
    command.arg(work.path()).arg("--providers-schema").arg(schema);
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&text));
}
