//! What a preview and a stack say.

use serde_json::Value;

use crate::cli::Output;

/// A preview that succeeded.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The command's outputs; warnings are in `stderr`.
    pub output: Output,
    /// What `--json` prints.
    pub json: Value,
}

/// What is about to happen to one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewStep {
    /// The last part of its URN.
    pub name: String,
    /// For example `mig:index:LaunchTemplate`.
    pub resource_type: String,
    /// `same`, `create`, `update`, `replace`, `create-replacement`, `delete-replaced`, `delete`, `read` and so on.
    pub op: String,
    /// The property paths that force replacement.
    pub replace_reasons: Vec<String>,
    /// What changes, by property path, with its kind (`add`, `update-replace` and so on).
    pub detailed_diff: Value,
    /// The state as it will be; `null` at deletion.
    pub new_state: Value,
}

impl Preview {
    /// All steps but that of the stack itself, unchanged resources included.
    #[must_use]
    pub fn steps(&self) -> Vec<PreviewStep> {
        let steps = self.json["steps"].as_array().into_iter().flatten().map(step);
        steps
            .filter(|step| step.resource_type != "pulumi:pulumi:Stack")
            .collect()
    }

    /// The steps that change something.
    #[must_use]
    pub fn changes(&self) -> Vec<PreviewStep> {
        let mut all = self.steps();
        all.retain(|step| !matches!(step.op.as_str(), "same" | "read" | "refresh"));
        all
    }

    /// Whether no resource changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes().is_empty()
    }

    /// What happens to the resource of this name, in order; empty if the preview does not have it.
    #[must_use]
    pub fn ops(&self, name: &str) -> Vec<String> {
        let steps = self.steps().into_iter().filter(|step| step.name == name);
        steps.map(|step| step.op).collect()
    }
}

fn step(entry: &Value) -> PreviewStep {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let urn = text(&entry["urn"]);
    let state = [&entry["newState"], &entry["oldState"]];
    let state = state.into_iter().find(|state| !state.is_null());
    let reasons = entry["replaceReasons"].as_array().into_iter().flatten();
    PreviewStep {
        name: name_of(&urn).to_owned(),
        resource_type: state.map(|state| text(&state["type"])).unwrap_or_default(),
        op: text(&entry["op"]),
        replace_reasons: reasons.map(text).collect(),
        detailed_diff: entry["detailedDiff"].clone(),
        new_state: entry["newState"].clone(),
    }
}

/// The state of a stack, as `stack export` has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// The whole document. Secrets in it are encrypted.
    pub json: Value,
}

impl Stack {
    /// All resources but the stack itself and providers.
    #[must_use]
    pub fn resources(&self) -> Vec<&Value> {
        let all = self.json["deployment"]["resources"]
            .as_array()
            .into_iter()
            .flatten();
        let own = all.filter(|resource| {
            let ty = resource["type"].as_str().unwrap_or_default();
            ty != "pulumi:pulumi:Stack" && !ty.starts_with("pulumi:providers:")
        });
        own.collect()
    }

    /// The resource of this name; `None` if there is none.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&Value> {
        let named = |resource: &&Value| name_of(resource["urn"].as_str().unwrap_or_default()) == name;
        self.resources().into_iter().find(named)
    }

    /// The names of all resources, in the order of the state.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let urns = self.resources().into_iter().map(|resource| &resource["urn"]);
        urns.filter_map(Value::as_str).map(name_of).collect()
    }
}

fn name_of(urn: &str) -> &str {
    urn.rsplit("::").next().unwrap_or(urn)
}

/// What a command tells its user of resources, warnings and errors: of `preview --json` the messages, and else what is below the
/// heading for them.
pub(super) fn messages(output: &Output) -> String {
    if let Ok(json) = serde_json::from_str::<Value>(&output.stdout) {
        let all = json["diagnostics"].as_array().into_iter().flatten();
        let all = all.filter_map(|told| told["message"].as_str());
        return all.collect::<Vec<_>>().join("\n");
    }
    let all = format!("{}\n{}", output.stdout, output.stderr);
    let lines = all.lines().skip_while(|line| *line != "Diagnostics:").skip(1);
    let indented = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
    indented.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_preview_is_empty_when_only_the_stack_and_unchanged_resources_are_in_it() {
        let step = |op: &str, ty: &str| json!({ "op": op, "urn": format!("urn:pulumi:dev::p::{ty}::one"), "newState": { "type": ty } });
        let preview = |steps: Value| Preview {
            output: Output {
                command: String::new(),
                code: 0,
                stdout: String::new(),
                stderr: String::new(),
            },
            json: json!({ "steps": steps }),
        };
        let stack = step("create", "pulumi:pulumi:Stack");
        assert!(preview(json!([stack, step("same", "a:index:B")])).is_empty());
        let changing = preview(json!([stack, step("update", "a:index:B")]));
        assert!(!changing.is_empty());
        assert_eq!(changing.ops("one"), ["update"]);
        assert!(changing.ops("two").is_empty());
    }

    #[test]
    fn a_stack_has_neither_itself_nor_providers_among_its_resources() {
        let one =
            |ty: &str, name: &str| json!({ "type": ty, "urn": format!("urn:pulumi:dev::p::{ty}::{name}") });
        let resources = json!([
            one("pulumi:pulumi:Stack", "p-dev"),
            one("pulumi:providers:a", "default"),
            one("a:index:B", "b")
        ]);
        let stack = Stack {
            json: json!({ "deployment": { "resources": resources } }),
        };
        assert_eq!(stack.names(), ["b"]);
        assert_eq!(stack.resource("b").unwrap()["type"], "a:index:B");
        assert_eq!(stack.resource("default"), None);
    }

    #[test]
    fn messages_are_told_in_two_forms() {
        let output = |stdout: &str| Output {
            command: String::new(),
            code: 0,
            stdout: stdout.to_owned(),
            stderr: String::new(),
        };
        let json =
            json!({"diagnostics": [{"message": "one"}, {"message": "two"}], "steps": [{"op": "apply"}]});
        assert_eq!(messages(&output(&json.to_string())), "one\ntwo");
        let text = "Updating (dev):\n\nDiagnostics:\n  a:index:B (b):\n    warning: three\n\n    four\n\nResources:\n    + 1 created\n";
        let told = messages(&output(text));
        assert!(
            told.contains("three") && told.contains("four") && !told.contains("created"),
            "{told}"
        );
    }
}
