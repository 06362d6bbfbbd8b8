//! What is said otherwise to the reader of a program. Names of properties, types and functions are not here: they follow from the
//! declarations.

/// Parts of sentences as they are said of Terraform, and as they are said of Pulumi; the longer of two that begin alike comes first.
pub(super) const PHRASES: &[(&str, &str)] = &[
    ("provider block", "provider's configuration"),
    (
        "by jsonencode({ ... })",
        "as JSON: fn::toJSON in YAML, JSON.stringify in TypeScript, json.dumps in Python",
    ),
    (
        ", marked as tainted: the next apply would delete it and make it anew. terraform untaint with its address keeps it.",
        ": the next pulumi up goes on with it.",
    ),
    ("The next plan", "The next pulumi up"),
    ("Lower Terraform's -parallelism", "Lower pulumi up's --parallel"),
    ("to where Terraform runs", "to the folder of the program"),
    ("terraform plan", "pulumi refresh and pulumi preview"),
    ("terraform apply -refresh=false", "pulumi up"),
    ("past Terraform", "past Pulumi"),
    (
        "Give launch_template = mig_launch_template.NAME, which has it, or layout beside the template's parts",
        "Give layout beside launch_template",
    ),
    (
        "Give launch_template = mig_launch_template.NAME, which has it, or version",
        "Give latest_version of the template, or version,",
    ),
    (
        "Give nodeclass = mig_karpenter_nodeclass.NAME, or layout",
        "Give layout beside nodeclass",
    ),
    (
        "Give nodepool = mig_karpenter_nodepool.NAME, or layout",
        "Give layout beside nodepool",
    ),
    (
        "let the data source depend on",
        "let the function be called after",
    ),
    ("known only after apply", "known only after an update"),
    ("in the configuration", "in the program"),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let below = paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
        below.collect()
    }

    /// The texts of all sources but this one, each literal in one line.
    fn texts() -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let own = folder.join("pulumi/words.rs");
        let all = sources(&folder).into_iter().filter(|path| *path != own);
        let text: String = all.map(|path| fs::read_to_string(path).unwrap()).collect();
        let lines = text.split("\\\n");
        lines.map(str::trim_start).collect()
    }

    /// A sentence that is changed has its place here changed, too.
    #[test]
    fn every_phrase_is_still_said() {
        let texts = texts();
        let of = |reference| texts.replace("{reference}", reference);
        let all = [of("nodeclass"), of("nodepool")];
        let gone: Vec<_> = PHRASES
            .iter()
            .filter(|(phrase, _)| all.iter().all(|texts| !texts.contains(phrase)))
            .collect();
        assert!(gone.is_empty(), "{gone:#?}");
    }
}
