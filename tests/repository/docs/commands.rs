//! Every command of the documents is run, or checked in the way that [`CHECKS`] says.

use std::collections::BTreeSet;
use std::fs;

use crate::markdown::{Document, documents};
use crate::mig::refusal;
use crate::{root, shell};

/// How a command is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Check {
    /// It is a target of the Makefile.
    Make,
    /// The command line of this project knows the command and its options.
    Mig,
    /// It names an address and an ID; those of the reference are carried out by `tests/examples/imports.rs`.
    Import,
    /// `tests/examples/docs.rs` runs it against the real API server.
    Kubectl,
    /// It is not run here, for this reason.
    NotRun(&'static str),
}

/// By the words that a command begins with.
const CHECKS: [(&str, Check); 15] = [
    ("make", Check::Make),
    ("mig", Check::Mig),
    ("terraform import", Check::Import),
    ("kubectl", Check::Kubectl),
    (
        "aws",
        Check::NotRun("asks an account; the tests of the rights make the same access entry's group"),
    ),
    (
        "helm",
        Check::NotRun("downloads Karpenter's chart; the tests start Karpenter with the same gate"),
    ),
    (
        "sudo systemctl",
        Check::NotRun("is for a node; tests/domain/tests/node_box/ starts the same units in a box"),
    ),
    (
        "terraform destroy",
        Check::NotRun("every test of tests/examples/ destroys what it made"),
    ),
    (
        "tofu plan -generate-config-out=",
        Check::NotRun("tests/acceptance/listing.rs does the same with what `mig list` prints"),
    ),
    (
        "pulumi new --generate-only",
        Check::NotRun("downloads Pulumi's templates"),
    ),
    (
        "pulumi stack init",
        Check::NotRun("every test of tests/acceptance/pulumi/ makes a stack so"),
    ),
    (
        "pulumi config set",
        Check::NotRun("tests/acceptance/pulumi/ sets the same keys, by the stack's file"),
    ),
    (
        "gpg --verify",
        Check::NotRun("scripts/release/sign.sh does it with what it signs, in tests/examples/release.rs"),
    ),
    (
        "sha256sum --check --ignore-missing",
        Check::NotRun("tests/examples/release.rs does it with a release of its own"),
    ),
    (
        "pulumi plugin install resource mig",
        Check::NotRun("tests/examples/release.rs does it with a release of its own"),
    ),
];

/// A command and where it stands.
#[derive(Debug)]
struct Found {
    place: String,
    words: Vec<String>,
}

/// The commands in the blocks of a document.
fn commands(document: &Document) -> Vec<Found> {
    let blocks = document.blocks_in(&["sh", "shell", "bash", "console"]);
    let of_block = blocks.iter().flat_map(|block| {
        let commands = shell::commands(&block.text);
        commands.into_iter().map(|words| Found {
            place: block.place.clone(),
            words,
        })
    });
    of_block.collect()
}

fn check_of(words: &[String]) -> Option<Check> {
    let line = words.join(" ");
    let fits = |start: &str| {
        line == start
            || line.starts_with(&format!("{start} "))
            || start.ends_with('=') && line.starts_with(start)
    };
    CHECKS
        .iter()
        .find(|(start, _)| fits(start))
        .map(|(_, check)| *check)
}

fn is_target(name: &str) -> bool {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    makefile.lines().any(|line| line.starts_with(&format!("{name}:")))
}

fn fault(words: &[String]) -> Option<String> {
    match check_of(words) {
        None => Some("CHECKS has no line for it".to_owned()),
        Some(Check::Make) => {
            let targets = words[1..].iter().take_while(|word| !word.contains('='));
            let unknown: Vec<_> = targets.filter(|target| !is_target(target)).collect();
            (!unknown.is_empty()).then(|| format!("the Makefile has no {unknown:?}"))
        }
        Some(Check::Mig) => refusal(&words[1..]),
        Some(Check::Import) => (words.len() != 4 || !words[2].starts_with("mig_"))
            .then(|| "an import has an address and an ID".to_owned()),
        Some(Check::Kubectl | Check::NotRun(_)) => None,
    }
}

#[test]
fn every_command_is_known() {
    let all: Vec<Found> = documents().iter().flat_map(commands).collect();
    assert!(all.len() > 20, "{}", all.len());
    let faults: Vec<String> = all
        .iter()
        .filter_map(|found| {
            Some(format!(
                "{}: {}: {}",
                found.place,
                found.words.join(" "),
                fault(&found.words)?
            ))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A reason that nothing needs any more would hide the next command.
#[test]
fn every_reason_is_in_use() {
    let used: BTreeSet<String> = documents()
        .iter()
        .flat_map(commands)
        .filter_map(|found| {
            let check = check_of(&found.words)?;
            CHECKS
                .iter()
                .find(|(start, own)| *own == check && found.words.join(" ").starts_with(start))
                .map(|(start, _)| (*start).to_owned())
        })
        .collect();
    let unused: Vec<_> = CHECKS
        .iter()
        .filter(|(start, _)| !used.contains(*start))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// Commands and options of `mig` within sentences.
#[test]
fn commands_within_sentences_are_known() {
    let mut number = 0;
    for document in documents().iter().filter(|document| document.is_for_users()) {
        for span in document.spans() {
            if !span.starts_with("mig ") || span.contains("...") {
                continue;
            }
            for words in shell::commands(&span) {
                if words[0] == "mig" && words.len() > 1 {
                    number += 1;
                    let said = refusal(&words[1..]);
                    assert!(said.is_none(), "{}: {span}: {said:?}", document.path.display());
                }
            }
        }
    }
    assert!(number >= 5, "{number}");
}

#[test]
fn wrong_commands_are_told() {
    for line in [
        "make nothing",
        "mig shema",
        "mig drift --bogus",
        "curl https://example.com",
        "terraform import mig_node_group.x",
    ] {
        let commands = shell::commands(line);
        assert!(fault(&commands[0]).is_some(), "{line}");
    }
}
