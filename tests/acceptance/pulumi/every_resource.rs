//! A program with every resource, and the objects that it makes.

use counterparts::PulumiProject;
use counterparts::pulumi::Preview;

use super::world::subnets;

const PROGRAM: &str = include_str!("every_resource.yaml");
/// The resources of the program, each of another type.
pub(super) const ALL: [&str; 7] = ["class", "group", "overlay", "plugin", "pool", "tags", "template"];
/// The owner in tags, given as a secret.
pub(super) const SECRET: &str = "do-not-tell-anybody";

/// What a test changes of the program.
#[derive(Clone, Copy)]
pub(super) struct Wish<'a> {
    /// Begins all names, and is that of the cluster, the namespace and the Auto Scaling group.
    pub(super) name: &'a str,
    pub(super) slices: u8,
    /// In labels, tags and descriptions.
    pub(super) words: &'a str,
    /// In all names: another one replaces.
    pub(super) age: &'a str,
}

impl<'a> Wish<'a> {
    pub(super) fn new(name: &'a str) -> Self {
        Self {
            name,
            slices: 7,
            words: "first",
            age: "old",
        }
    }

    /// With these words in place of what differs, in a language of one's own.
    pub(super) fn fill(self, text: &str) -> String {
        text.replace("NAME", self.name)
            .replace("SLICES", &self.slices.to_string())
            .replace("WORDS", self.words)
            .replace("AGE", self.age)
            .replace("SUBNETS", &subnets())
    }

    pub(super) fn program(self) -> String {
        self.fill(PROGRAM)
    }

    /// The name of most objects.
    pub(super) fn object(self) -> String {
        format!("{}-{}", self.name, self.age)
    }

    /// The name of the only overlay.
    pub(super) fn overlay(self) -> String {
        format!("{}-p5-48xlarge", self.object())
    }
}

/// Sets what the program asks for.
pub(super) fn set_owner(project: &PulumiProject) {
    project.set_config("owner", SECRET, &["--secret"]).unwrap();
}

/// Asserts that the secret is nowhere on disk.
pub(super) fn assert_kept(project: &PulumiProject) {
    assert!(!project.state_files().contains(SECRET));
}

/// Asserts that just these resources change, each by this step; gives the preview.
pub(super) fn assert_ops(project: &PulumiProject, op: &str, names: &[&str]) -> Preview {
    let preview = project.preview(&[]).unwrap();
    let mut found: Vec<String> = preview
        .changes()
        .iter()
        .map(|step| format!("{} {}", step.op, step.name))
        .collect();
    found.sort();
    let expected: Vec<String> = names.iter().map(|name| format!("{op} {name}")).collect();
    assert_eq!(found, expected, "{}", preview.output.words());
    preview
}
