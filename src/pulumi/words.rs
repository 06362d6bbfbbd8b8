//! What is said otherwise to the reader of a program. Names of properties, types and functions are not here: they follow from the
//! declarations.

/// Parts of sentences as they are said of Terraform, and as they are said of Pulumi; the longer of two that begin alike comes first.
pub(super) const PHRASES: &[(&str, &str)] = &[
    // Settings, which are those of a stack.
    (
        "Set `region` in the provider block or on the object, or AWS_REGION",
        "Run `pulumi config set mig:region REGION`, or set `region` on the object, or AWS_REGION",
    ),
    (
        "or `profile` or `assume_role` in the provider block; after `aws sso login` name the profile",
        "or run `pulumi config set mig:profile NAME` or `pulumi config set --path mig:assumeRole.roleArn ARN`; after `aws sso login` name \
         the profile",
    ),
    (
        "Lower Terraform's -parallelism, set retry_mode = \"adaptive\", or raise max_retries",
        "Lower pulumi up's --parallel, or run `pulumi config set mig:retryMode adaptive` or `pulumi config set mig:maxRetries NUMBER`",
    ),
    ("`endpoints`", "`pulumi config get mig:endpoints`"),
    (
        "with the catalog_overrides of the provider block",
        "with the stack's mig:catalogOverrides",
    ),
    (
        "taken by the provider's kubernetes block alone",
        "taken by the provider's configuration alone (pulumi config set --secret --path mig:kubernetes.token)",
    ),
    (
        "in `kubernetes` of the provider block",
        "in the provider's configuration (pulumi config set --path mig:kubernetes.name NAME)",
    ),
    (
        "keep kubernetes in the provider block",
        "keep mig:kubernetes in the stack's configuration",
    ),
    ("the provider's kubernetes", "the stack's mig:kubernetes"),
    // What Terraform does, and how it is asked to.
    (
        ", marked as tainted: the next apply would delete it and make it anew. terraform untaint with its address keeps it.",
        ": the next pulumi up goes on with it.",
    ),
    ("to where Terraform runs", "to the folder of the program"),
    ("terraform plan", "pulumi preview --refresh"),
    ("terraform apply -refresh=false", "pulumi up"),
    ("past Terraform", "past Pulumi"),
    ("at the log with TF_LOG=debug", "at what pulumi up --debug shows"),
    ("plan again", "preview again"),
    ("The next plan shows", "pulumi preview --refresh shows"),
    ("The next plan waits", "The next pulumi up waits"),
    ("The next plan", "The next preview"),
    ("every plan will show", "every preview will show"),
    ("the plan makes ours anew", "the next pulumi up makes ours anew"),
    ("The plan", "The preview"),
    ("the plan", "the preview"),
    ("at plan", "in a preview"),
    ("the next apply", "the next pulumi up"),
    ("The apply", "The update"),
    ("shows at apply", "shows at the update"),
    ("still unknown at apply", "still unknown at the update"),
    ("an apply", "an update"),
    (
        "Where this apply installs it, let this resource depend on it",
        "Where this program installs it, give this resource the option dependsOn",
    ),
    // Ways to give something.
    (
        "by jsonencode({ ... })",
        "as JSON: fn::toJSON in YAML, JSON.stringify in TypeScript, json.dumps in Python",
    ),
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
        "in the configuration, by launch_template = mig_launch_template.NAME",
        "in the program",
    ),
    (
        "in the configuration, by nodeclass = mig_karpenter_nodeclass.NAME",
        "in the program",
    ),
    (
        "in the configuration, by nodepool = mig_karpenter_nodepool.NAME",
        "in the program",
    ),
    (
        "let the data source depend on",
        "let the function be called after",
    ),
    (
        "Let the data source depend on",
        "Let the function be called after",
    ),
    // Where it is given.
    ("in the configuration", "in the program"),
    ("in this configuration", "in this program"),
    ("of this configuration", "of this program"),
    ("another configuration", "another stack"),
    ("If the configuration", "If the program"),
    ("of a known configuration", "of known inputs"),
    ("in its configuration only", "in its own program only"),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use pulumiplug::adapter::{Adapter, places};
    use tfplug::Server;

    use super::*;
    use crate::provider::Mig;

    /// What no reader of a program should have to know; the tests of whole runs look for the same.
    const FOREIGN: &str = include_str!("../../tests/acceptance/pulumi/foreign.txt");

    /// Folders and files of `src` that say nothing to a reader of a program: other front ends, and what Pulumi has no call for.
    const ELSEWHERE: [&str; 13] = [
        "crates/mig/src/drift",
        "crates/tfplug/src/engine/calls/ephemeral.rs",
        "crates/tfplug/src/engine/moved.rs",
        "crates/tfplug/src/engine/write_only.rs",
        "crates/tfplug/src/schema/lint",
        "src/cli",
        "src/ephemeral_resources",
        "src/findings/hcl.rs",
        "src/list_resources",
        "src/resources/aws/moved.rs",
        "src/pulumi",
        "src/wording.rs",
        "src/main.rs",
    ];

    /// Parts of texts that are no messages, or none that Pulumi gets, and why.
    const NO_MESSAGES: [(&str, &str); 7] = [
        (
            "device-partitioning-strategy =",
            "settings of Bottlerocket, which are TOML",
        ),
        ("device-sharing-strategy =", "the same"),
        ("\"{model}\" =", "the same"),
        ("sharing is counted in", "documentation"),
        (
            "terraform-provider-mig",
            "the name of a field manager, which is a fact",
        ),
        ("of the import block itself", "Pulumi imports by no identity"),
        (
            "for `for_each`",
            "documentation, of which the schema has its own form",
        ),
    ];

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let below = paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
        below.collect()
    }

    /// The literals of all sources that may speak to a reader of a program, with the files that they are in.
    fn texts() -> Vec<(String, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = [
            "src",
            "crates/mig/src",
            "crates/tfplug/src/engine",
            "crates/tfplug/src/schema",
        ];
        let files = folders.iter().flat_map(|folder| sources(&root.join(folder)));
        let mut texts = Vec::new();
        for file in files {
            let name = file.strip_prefix(root).unwrap().display().to_string();
            let is_rust = file.extension().is_some_and(|extension| extension == "rs");
            if is_rust
                && !name.ends_with("tests.rs")
                && !ELSEWHERE.iter().any(|other| name.starts_with(other))
            {
                let text = fs::read_to_string(&file).unwrap();
                let all = literals(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
                texts.extend(all.into_iter().map(|text| (name.clone(), text)));
            }
        }
        texts
    }

    /// The texts in quotes, as the program has them. Sources of this project have no quote outside of texts but in comments and as a
    /// character.
    fn literals(source: &str) -> Vec<String> {
        let code: Vec<_> = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let code = code.join("\n").replace("'\"'", "' '").replace("'\\\"'", "' '");
        // A text goes on behind a line that ends with a backslash.
        let code: String = code.split("\\\n").map(str::trim_start).collect();
        let (mut all, mut rest) = (Vec::new(), code.as_str());
        while let Some(start) = rest.find('"') {
            let raw = rest[..start].ends_with("r#");
            rest = &rest[start + 1..];
            let end = if raw { rest.find("\"#") } else { closing(rest) };
            let (text, behind) = rest.split_at(end.unwrap());
            all.push(if raw {
                text.to_owned()
            } else {
                text.replace("\\n", "\n").replace("\\\"", "\"")
            });
            rest = &behind[1..];
        }
        all
    }

    /// Where the quote is that ends a text.
    fn closing(text: &str) -> Option<usize> {
        let mut escaped = false;
        text.char_indices()
            .find(|(_, letter)| {
                let ends = *letter == '"' && !escaped;
                escaped = *letter == '\\' && !escaped;
                ends
            })
            .map(|(at, _)| at)
    }

    /// A sentence that is changed has its place here changed, too.
    #[test]
    fn every_phrase_is_still_said() {
        let all: Vec<_> = texts().into_iter().map(|(_, text)| text).collect();
        let all = all.join("\n");
        let of = |reference| all.replace("{reference}", reference);
        let all = [of("nodeclass"), of("nodepool")];
        let gone: Vec<_> = PHRASES
            .iter()
            .filter(|(phrase, _)| all.iter().all(|texts| !texts.contains(phrase)))
            .collect();
        assert!(gone.is_empty(), "{gone:#?}");
    }

    #[test]
    fn no_message_has_a_word_of_terraforms() {
        let server = Server::new(Mig::default()).unwrap();
        let adapter = Adapter::new(Arc::new(server), super::super::rules());
        let mut foreign = Vec::new();
        for (file, text) in texts().iter().filter(|(_, text)| text.contains(' ')) {
            let no_message = NO_MESSAGES.iter().any(|(part, _)| text.contains(part));
            let said = adapter.reword(&text.replace("{reference}", "nodeclass"));
            let found: Vec<_> = FOREIGN
                .lines()
                .filter(|word| places(&said, word).next().is_some())
                .collect();
            let code = [" = {", " = [", " = \"", "mig_", "data.mig"].into_iter();
            let found: Vec<_> = code.filter(|code| said.contains(code)).chain(found).collect();
            if !no_message && !found.is_empty() {
                foreign.push(format!("{file}: {found:?} in {said:?}"));
            }
        }
        assert!(foreign.is_empty(), "{}", foreign.join("\n"));
    }
}
