//! The programs in the package's reference and in the guide.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::every_resource::assert_ops;
use super::world::project;
use crate::support::kube::KUBE;

const SCHEMA: &str = include_str!("../../../schemas/pulumi.json");

const GUIDE: &str = include_str!("../../../docs/guides/with-pulumi.md");

/// What the component in the reference makes.
const CHILDREN: [&str; 4] = ["class", "overlay", "plugin", "pool"];

/// All parts of all programs with names of their own, so that they are one program.
#[derive(Default)]
struct Merged {
    sections: BTreeMap<&'static str, String>,
    /// The resources, by their names in the program.
    resources: Vec<String>,
    outputs: Vec<String>,
}

const SECTIONS: [&str; 3] = ["resources", "variables", "outputs"];

impl Merged {
    /// Adds a program; what its lines name gets its number.
    fn add(&mut self, number: usize, program: &str) {
        let names: Vec<&str> = program.lines().filter_map(key).collect();
        let mut section = "";
        for line in program.lines() {
            if let Some(next) = SECTIONS.into_iter().find(|next| line == format!("{next}:")) {
                section = next;
                continue;
            }
            let mut line = line.to_owned();
            for name in &names {
                line = line.replace(&format!("${{{name}"), &format!("${{{name}{number}"));
            }
            if let Some(name) = key(&line) {
                let own = format!("{name}{number}");
                line = format!("  {own}:{}", &line[name.len() + 3..]);
                match section {
                    "resources" => self.resources.push(own),
                    "outputs" => self.outputs.push(own),
                    _ => {}
                }
            }
            *self.sections.entry(section).or_default() += &format!("{line}\n");
        }
    }

    fn program(&self) -> String {
        let all = self.sections.iter();
        all.map(|(section, text)| format!("{section}:\n{text}")).collect()
    }
}

/// What a line of the second level names.
fn key(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("  ")?;
    let (name, _) = rest.split_once(':')?;
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric())
        .then_some(name)
}

/// The programs in YAML of resources or of functions.
fn merged(schema: &Value, part: &str) -> Merged {
    let mut merged = Merged::default();
    let objects = schema[part].as_object().unwrap();
    for (number, (token, object)) in objects.iter().enumerate() {
        let text = object["description"].as_str().unwrap();
        let programs: Vec<&str> = text.split("```yaml\n").skip(1).collect();
        assert!(!programs.is_empty(), "{token} has none");
        for program in programs {
            merged.add(number, program.split("```").next().unwrap());
        }
    }
    merged
}

#[test]
fn every_program_of_the_reference_and_the_guide_works() {
    // The programs name the cluster that this is, which nobody else need have started.
    LazyLock::force(&KUBE);
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let functions = merged(&schema, "functions");
    let project = project(&functions.program());
    project.up(&[]).unwrap();
    let all = project.run(&["stack", "output", "--json"]).unwrap().json();
    for output in &functions.outputs {
        assert!(!all[output].is_null(), "{output}: {all:#}");
    }
    let of_component = CHILDREN.map(|child| format!("slices-{child}"));
    let of_component: Vec<_> = of_component
        .iter()
        .map(String::as_str)
        .chain(["slices"])
        .collect();
    for (guide, mut made) in GUIDE
        .split("```yaml\n")
        .skip(1)
        .zip([CHILDREN.to_vec(), of_component])
    {
        let (_, program) = guide.split_once("runtime: yaml\n").unwrap();
        project.write_yaml(program.split("```").next().unwrap()).unwrap();
        made.sort_unstable();
        assert_ops(&project, "create", &made);
    }
    let resources = merged(&schema, "resources");
    project.write_yaml(&resources.program()).unwrap();
    let program = resources.program();
    let mut all = resources.resources.clone();
    for name in &resources.resources {
        if program.contains(&format!("  {name}:\n    type: mig:SlicePool\n")) {
            all.extend(CHILDREN.map(|child| format!("{name}-{child}")));
        }
    }
    let mut names: Vec<&str> = all.iter().map(String::as_str).collect();
    names.sort_unstable();
    assert_ops(&project, "create", &names);
}
