//! `validate`: whether a layout can be made, and what follows from it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use mig::layout::Taint;
use serde::Serialize;
use tfplug::{Diagnostic, Diagnostics};

use super::layouts::{Layouts, LayoutsFile};

/// What the command accepts.
#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    file: LayoutsFile,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// The answer as JSON.
#[derive(Serialize)]
struct Answer {
    valid: bool,
    layouts: Vec<LayoutAnswer>,
    findings: Vec<FindingAnswer>,
}

#[derive(Serialize)]
struct LayoutAnswer {
    /// The value of the node label `mig.eks/layout`.
    id: String,
    /// What a node offers, by instance type and resource name.
    resources: BTreeMap<String, BTreeMap<String, u64>>,
    labels: BTreeMap<String, String>,
    taints: Vec<Taint>,
}

#[derive(Serialize)]
struct FindingAnswer {
    severity: &'static str,
    path: String,
    summary: String,
    detail: String,
}

impl Validate {
    /// Says what is wrong with the layouts, or what follows from them; 0 where they are right.
    pub(super) fn run(&self) -> ExitCode {
        let mut findings = Diagnostics::new();
        let read = self.file.read(&mut findings);
        let valid = read.is_some();
        let text = match self.format {
            Format::Json => json(read.as_ref(), &findings),
            Format::Text => {
                super::tell_findings(&findings);
                read.as_ref().map(in_words).unwrap_or_default()
            }
        };
        match super::print(&text) {
            code if valid => code,
            _ => ExitCode::FAILURE,
        }
    }
}

fn json(read: Option<&Layouts>, findings: &Diagnostics) -> String {
    let answer = Answer {
        valid: read.is_some(),
        layouts: read
            .into_iter()
            .flat_map(|read| &read.by_id)
            .map(answer)
            .collect(),
        findings: findings.iter().map(finding).collect(),
    };
    // Maps with text as keys, and nothing else that JSON does not have.
    let text = serde_json::to_string_pretty(&answer).unwrap_or_default();
    text + "\n"
}

fn answer((id, layout): (&String, &mig::Layout)) -> LayoutAnswer {
    let of_type = |name: &str| Some((name.to_owned(), layout.resources(name)?));
    LayoutAnswer {
        id: id.clone(),
        resources: layout
            .nodes()
            .filter_map(|node| of_type(node.instance_type()))
            .collect(),
        labels: layout.labels(),
        taints: layout.taints(),
    }
}

fn finding(found: &Diagnostic) -> FindingAnswer {
    FindingAnswer {
        severity: if found.is_error() { "error" } else { "warning" },
        path: found.path.to_string(),
        summary: found.summary.clone(),
        detail: found.detail.clone(),
    }
}

fn in_words(read: &Layouts) -> String {
    let mut text = String::new();
    for layout in read.by_id.iter().map(answer) {
        text.push_str(&format!("layout {}\n", layout.id));
        for (name, resources) in &layout.resources {
            let offer: Vec<String> = resources
                .iter()
                .map(|(name, count)| format!("{count} {name}"))
                .collect();
            text.push_str(&format!("  {name}: {}\n", offer.join(", ")));
        }
    }
    text
}
