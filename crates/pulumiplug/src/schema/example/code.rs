//! A program in TypeScript or Python.

use super::resolve::{Key, Node, Program, Statement};
use crate::names;
use crate::schema::info::PackageInfo;

/// What fits on one line is not broken.
const WIDTH: usize = 72;

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    TypeScript,
    Python,
}

/// The whole program with its imports.
pub(super) fn program(program: &Program<'_>, language: Language, info: &PackageInfo) -> String {
    let module = info.name.replace('-', "_");
    let mut text = match language {
        Language::TypeScript => format!("import * as {module} from \"{}\";\n\n", info.nodejs_package()),
        Language::Python => {
            let outputs = program
                .steps
                .iter()
                .any(|step| matches!(step, Statement::Output { .. }));
            let sdk = if outputs { "import pulumi\n" } else { "" };
            format!("{sdk}import {} as {module}\n\n", info.python_package())
        }
    };
    for step in &program.steps {
        text += &language.step(step, &module, info);
    }
    text
}

impl Language {
    fn step(self, step: &Statement<'_>, module: &str, info: &PackageInfo) -> String {
        match (step, self) {
            (
                Statement::Resource {
                    name,
                    type_name,
                    inputs,
                },
                _,
            ) => {
                let class = names::resource_name(&info.name, type_name);
                let first = format!("{name:?}");
                match self {
                    Self::TypeScript => {
                        let inputs = self.object(inputs, 0);
                        let name = names::property(name);
                        format!("const {name} = new {module}.{class}({first}, {inputs});\n")
                    }
                    Self::Python => {
                        let arguments = self.arguments(Some(first), inputs);
                        format!("{name} = {module}.{class}({arguments})\n")
                    }
                }
            }
            (
                Statement::Call {
                    name,
                    function,
                    inputs,
                    by_position,
                },
                _,
            ) => self.call(name, function, inputs, *by_position, module),
            (Statement::Output { name, value }, Self::TypeScript) => {
                let name = names::property(name);
                format!("export const {name} = {};\n", self.value(value, 0))
            }
            (Statement::Output { name, value }, Self::Python) => {
                format!("pulumi.export({name:?}, {})\n", self.value(value, 0))
            }
        }
    }

    /// A call in the form that takes and gives outputs.
    fn call(
        self,
        name: &str,
        function: &str,
        inputs: &[(Key<'_>, Node<'_>)],
        by_position: bool,
        module: &str,
    ) -> String {
        if self == Self::Python {
            let arguments = self.arguments(None, inputs);
            return format!("{name} = {module}.{}_output({arguments})\n", snake(function));
        }
        let arguments = if by_position {
            let all: Vec<_> = inputs.iter().map(|(_, value)| self.value(value, 0)).collect();
            all.join(", ")
        } else {
            self.object(inputs, 0)
        };
        let name = names::property(name);
        format!("const {name} = {module}.{function}Output({arguments});\n")
    }

    /// Keyword arguments, one a line, as Python's tools of Pulumi write them.
    fn arguments(self, first: Option<String>, inputs: &[(Key<'_>, Node<'_>)]) -> String {
        // A single one begins and ends on the lines of the call.
        let indent = if first.is_none() && inputs.len() == 1 {
            0
        } else {
            4
        };
        let named = inputs.iter().map(|(key, value)| {
            let (Key::Property(key) | Key::Data(key)) = key;
            format!("{key}={}", self.value(value, indent))
        });
        let all: Vec<String> = first.into_iter().chain(named).collect();
        let line = all.join(", ");
        if line.len() <= WIDTH && !line.contains('\n') {
            line
        } else {
            all.join(",\n    ")
        }
    }

    fn value(self, value: &Node<'_>, indent: usize) -> String {
        match value {
            Node::Bool(truth) if self == Self::Python => (if *truth { "True" } else { "False" }).to_owned(),
            Node::Bool(truth) => truth.to_string(),
            Node::Number(number) => number.to_string(),
            // Rust's quoted form of ordinary texts is that of both languages.
            Node::Text(text) => format!("{text:?}"),
            Node::List(elements) => {
                let elements = elements
                    .iter()
                    .map(|element| self.value(element, indent + 4))
                    .collect();
                enclosed(["[", "]"], elements, indent)
            }
            Node::Object(pairs) => self.object(pairs, indent),
            Node::Of { step, path } => self.reference(step, path),
        }
    }

    fn object(self, pairs: &[(Key<'_>, Node<'_>)], indent: usize) -> String {
        let pair = |(key, value): &(Key<'_>, Node<'_>)| {
            format!("{}: {}", self.key(*key), self.value(value, indent + 4))
        };
        let pairs = pairs.iter().map(pair).collect();
        match self {
            Self::TypeScript => enclosed(["{ ", " }"], pairs, indent),
            Self::Python => enclosed(["{", "}"], pairs, indent),
        }
    }

    fn key(self, key: Key<'_>) -> String {
        match (key, self) {
            (Key::Property(name), Self::TypeScript) => names::property(name),
            (Key::Data(text), Self::TypeScript) if is_identifier(text) => text.to_owned(),
            (Key::Property(text) | Key::Data(text), _) => format!("{text:?}"),
        }
    }

    fn reference(self, step: &str, path: &[String]) -> String {
        let all = std::iter::once(step).chain(path.iter().map(String::as_str));
        let all: Vec<String> = match self {
            Self::TypeScript => all.map(names::property).collect(),
            Self::Python => all.map(str::to_owned).collect(),
        };
        all.join(".")
    }
}

/// Parts between brackets, on one line if they fit.
fn enclosed([open, close]: [&str; 2], parts: Vec<String>, indent: usize) -> String {
    if parts.is_empty() {
        return format!("{}{}", open.trim(), close.trim());
    }
    let line = format!("{open}{}{close}", parts.join(", "));
    if line.len() + indent <= WIDTH && !line.contains('\n') {
        return line;
    }
    let margin = " ".repeat(indent);
    let lines: String = parts
        .iter()
        .map(|part| format!("{margin}    {part},\n"))
        .collect();
    format!("{}\n{lines}{margin}{}", open.trim(), close.trim())
}

fn is_identifier(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(part)
}

/// A name in camel case as Python's SDKs have it.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}
