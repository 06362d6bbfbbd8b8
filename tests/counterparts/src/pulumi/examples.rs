//! Whether the programs in a package's documentation are programs.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::language::Language;
use super::project::PulumiProject;
use crate::cache::Cache;
use crate::command::run;
use crate::error::Result;
use crate::python::install_pulumi_python;

/// Runs each file with Pulumi's mocks, which check names and types of inputs and make nothing.
const RUN_MOCKED: &str = r#"
import pathlib, runpy, sys
import pulumi

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return [args.name, args.inputs]
    def call(self, args):
        return {}

for file in sorted(pathlib.Path(sys.argv[1]).glob("example_*.py")):
    pulumi.runtime.set_mocks(Mocks(), preview=True)
    runpy.run_path(str(file), run_name="__main__")
"#;

/// Strict, so that a property that is not there is an error.
const OPTIONS: [&str; 7] = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2020",
    "--module",
    "commonjs",
];

/// Compiles the examples of a package schema in TypeScript against its SDK, as strictly as the compiler can, and runs those
/// in Python against mocks. Gives how many there are of each.
///
/// # Errors
/// Node.js or Python is missing, or an example is none.
pub fn check_examples(schema: &str) -> Result<usize> {
    let examples = texts(schema);
    let typescript = programs(&examples, "typescript");
    let mut project = PulumiProject::new(&[])?;
    project.use_language(Language::NodeJs, &[schema])?;
    for (index, program) in typescript.iter().enumerate() {
        project.write(&format!("example_{index}.ts"), program)?;
    }
    let files = (0..typescript.len()).map(|index| format!("example_{index}.ts"));
    let mut compiler = Command::new("node");
    compiler
        .arg("node_modules/typescript/bin/tsc")
        .args(OPTIONS)
        .args(files);
    run("compilation of the examples", compiler.current_dir(project.dir()))?;

    let python = programs(&examples, "python");
    let mut project = PulumiProject::new(&[])?;
    project.use_language(Language::Python, &[schema])?;
    for (index, program) in python.iter().enumerate() {
        project.write(&format!("example_{index}.py"), program)?;
    }
    let mut interpreter = Command::new(install_pulumi_python(&Cache::open()?)?);
    interpreter.args(["-c", RUN_MOCKED]).arg(project.dir());
    interpreter.env("PYTHONPATH", project.python_path());
    run("examples in Python", &mut interpreter)?;
    Ok(typescript.len())
}

/// All documentation of resources and functions.
fn texts(schema: &str) -> String {
    let json: Value = serde_json::from_str(schema).unwrap_or_default();
    let of = |part: &str| {
        let objects = json[part].as_object().into_iter().flatten();
        let texts = objects.filter_map(|(_, object)| object["description"].as_str());
        texts.map(str::to_owned).collect::<Vec<_>>()
    };
    [of("resources"), of("functions")].concat().join("\n")
}

/// The blocks of code in a language.
fn programs(text: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    let blocks = text.split(&open).skip(1);
    blocks
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}

impl PulumiProject {
    /// Where SDKs for Python are.
    fn python_path(&self) -> PathBuf {
        self.work_dir().join("sdks/python")
    }
}
