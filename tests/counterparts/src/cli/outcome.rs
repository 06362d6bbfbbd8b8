//! What a command did, and what a plan says.

use serde_json::Value;

use crate::error::{Error, Result};

/// Exit code and outputs of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The command line, for messages.
    pub command: String,
    /// The exit code; 128 + n if signal n ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error, where Terraform writes errors and warnings.
    pub stderr: String,
}

impl Output {
    /// Whether the exit code is 0.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.code == 0
    }

    /// Itself, if the exit code is 0.
    ///
    /// # Errors
    /// [`Error::Cli`] with both outputs.
    pub fn success(self) -> Result<Self> {
        self.expect_code(&[0])
    }

    /// Itself, if the exit code is one of `codes`.
    ///
    /// # Errors
    /// [`Error::Cli`] with both outputs.
    pub fn expect_code(self, codes: &[i32]) -> Result<Self> {
        if codes.contains(&self.code) {
            return Ok(self);
        }
        Err(Error::Cli {
            command: self.command,
            code: self.code,
            stdout: self.stdout,
            stderr: self.stderr,
        })
    }

    /// Standard error and output as one line of words, so that an assertion does not depend on where Terraform
    /// breaks lines or draws its box.
    #[must_use]
    pub fn words(&self) -> String {
        let all = format!("{} {}", self.stderr, self.stdout);
        let plain: String = all
            .chars()
            .map(|c| if "│╷╵".contains(c) { ' ' } else { c })
            .collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Standard output as JSON; `null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_default()
    }
}

/// A plan that succeeded.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The human's text, with warnings in `stderr` or `stdout`; its code is 0 (no changes) or 2.
    pub output: Output,
    /// `show -json` of the plan file.
    pub json: Value,
}

/// One resource in a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceChange {
    /// For example `module.a.mig_launch_template.this["x"]`.
    pub address: String,
    /// For example `mig_launch_template`.
    pub resource_type: String,
    /// `["no-op"]`, `["create"]`, `["read"]`, `["update"]`, `["delete"]`, `["delete", "create"]` and so on.
    pub actions: Vec<String>,
    /// The value before; `null` at creation.
    pub before: Value,
    /// The value after, without what is unknown; `null` at deletion.
    pub after: Value,
    /// `true` in place of each unknown value.
    pub after_unknown: Value,
    /// The attribute paths that force replacement.
    pub replace_paths: Value,
}

impl Plan {
    /// Whether it changes nothing, outputs included (exit code 0).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.output.code == 0
    }

    /// All resources of the plan, unchanged ones included.
    #[must_use]
    pub fn resources(&self) -> Vec<ResourceChange> {
        changes(&self.json["resource_changes"])
    }

    /// The resources that are created, updated, replaced or deleted.
    #[must_use]
    pub fn changes(&self) -> Vec<ResourceChange> {
        let mut all = self.resources();
        all.retain(|change| !matches!(change.actions.as_slice(), [one] if one == "no-op" || one == "read"));
        all
    }

    /// What was changed outside of Terraform since the last apply.
    #[must_use]
    pub fn drift(&self) -> Vec<ResourceChange> {
        changes(&self.json["resource_drift"])
    }

    /// The planned actions of one resource; empty if the plan does not have it.
    #[must_use]
    pub fn actions(&self, address: &str) -> Vec<String> {
        let found = self
            .resources()
            .into_iter()
            .find(|change| change.address == address);
        found.map(|change| change.actions).unwrap_or_default()
    }
}

fn changes(list: &Value) -> Vec<ResourceChange> {
    list.as_array().into_iter().flatten().map(change).collect()
}

fn change(entry: &Value) -> ResourceChange {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let change = &entry["change"];
    ResourceChange {
        address: text(&entry["address"]),
        resource_type: text(&entry["type"]),
        actions: change["actions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect(),
        before: change["before"].clone(),
        after: change["after"].clone(),
        after_unknown: change["after_unknown"].clone(),
        replace_paths: change["replace_paths"].clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan(code: i32) -> Plan {
        let entry = |address: &str, actions: Value| json!({ "address": address, "type": "t", "change": { "actions": actions, "before": null } });
        let json = json!({ "resource_changes": [
            entry("t.same", json!(["no-op"])),
            entry("data.t.read", json!(["read"])),
            entry("t.replaced", json!(["delete", "create"])),
        ]});
        let output = Output {
            command: String::new(),
            code,
            stdout: String::new(),
            stderr: String::new(),
        };
        Plan { output, json }
    }

    #[test]
    fn only_what_really_changes_is_a_change() {
        let addresses: Vec<String> = plan(2)
            .changes()
            .into_iter()
            .map(|change| change.address)
            .collect();
        assert_eq!(addresses, ["t.replaced"]);
        assert_eq!(plan(2).actions("t.replaced"), ["delete", "create"]);
        assert!(plan(2).actions("t.absent").is_empty());
        assert!(plan(0).is_empty() && !plan(2).is_empty());
    }

    #[test]
    fn words_do_not_depend_on_line_breaks_and_boxes() {
        let stderr = "╷\n│ Error: no such\n│ profile\n╵\n".to_owned();
        let output = Output {
            command: String::new(),
            code: 1,
            stdout: String::new(),
            stderr,
        };
        assert_eq!(output.words(), "Error: no such profile");
        assert!(output.success().is_err());
    }
}
