//! A program in YAML.

use super::resolve::{Key, Node, Program, Statement};
use crate::names;
use crate::schema::info::PackageInfo;

/// The program as a part of Pulumi.yaml: resources, variables, outputs.
pub(super) fn program(program: &Program<'_>, info: &PackageInfo) -> String {
    let mut sections = [
        ("resources", String::new()),
        ("variables", String::new()),
        ("outputs", String::new()),
    ];
    for step in &program.steps {
        let [resources, variables, outputs] = &mut sections;
        match step {
            Statement::Resource {
                name,
                type_name,
                inputs,
            } => {
                let ty = names::resource_name(&info.name, type_name);
                resources.1 += &format!("  {name}:\n    type: {}:{ty}\n", info.name);
                if !inputs.is_empty() {
                    resources.1 += "    properties:\n";
                    pairs(inputs, 6, &mut resources.1);
                }
            }
            Statement::Call {
                name,
                function,
                inputs,
                ..
            } => {
                variables.1 += &format!(
                    "  {name}:\n    fn::invoke:\n      function: {}:{function}\n",
                    info.name
                );
                if !inputs.is_empty() {
                    variables.1 += "      arguments:\n";
                    pairs(inputs, 8, &mut variables.1);
                }
            }
            Statement::Output { name, value } => pair(&scalar(name), value, 2, &mut outputs.1),
        }
    }
    let filled = sections.iter().filter(|(_, text)| !text.is_empty());
    filled.map(|(name, text)| format!("{name}:\n{text}")).collect()
}

fn pairs(all: &[(Key<'_>, Node<'_>)], indent: usize, out: &mut String) {
    for (key, value) in all {
        let key = match key {
            Key::Property(name) => names::property(name),
            Key::Data(text) => scalar(text),
        };
        pair(&key, value, indent, out);
    }
}

fn pair(key: &str, value: &Node<'_>, indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    match (one_line(value), value) {
        (Some(text), _) => *out += &format!("{margin}{key}: {text}\n"),
        (None, Node::Object(inner)) => {
            *out += &format!("{margin}{key}:\n");
            pairs(inner, indent + 2, out);
        }
        (None, Node::List(elements)) => {
            *out += &format!("{margin}{key}:\n");
            list(elements, indent + 2, out);
        }
        // Everything else fits on a line.
        (None, _) => {}
    }
}

fn list(elements: &[Node<'_>], indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    for element in elements {
        if let Some(text) = one_line(element) {
            *out += &format!("{margin}- {text}\n");
            continue;
        }
        let mut inner = String::new();
        match element {
            Node::Object(all) => pairs(all, indent + 2, &mut inner),
            Node::List(all) => list(all, indent + 2, &mut inner),
            _ => {}
        }
        // The first line of what is inside stands behind the dash.
        let inner = inner.get(indent + 2..).unwrap_or_default();
        *out += &format!("{margin}- {inner}");
    }
}

/// A value that stands behind its key.
fn one_line(value: &Node<'_>) -> Option<String> {
    Some(match value {
        Node::Bool(truth) => truth.to_string(),
        Node::Number(number) => number.to_string(),
        Node::Text(text) => scalar(text),
        Node::Of { step, path } => {
            let path: String = path
                .iter()
                .map(|part| format!(".{}", names::property(part)))
                .collect();
            format!("${{{step}{path}}}")
        }
        Node::List(elements) if elements.is_empty() => "[]".to_owned(),
        Node::Object(pairs) if pairs.is_empty() => "{}".to_owned(),
        Node::List(_) | Node::Object(_) => return None,
    })
}

/// A text, in quotes where YAML would take it for something else.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if begins && text.chars().all(plain) && !word.contains(&text.to_ascii_lowercase().as_str()) {
        text.to_owned()
    } else {
        format!("{text:?}")
    }
}
