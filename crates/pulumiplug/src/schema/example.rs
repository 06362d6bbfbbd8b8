//! Example programs: given once as a tree of values, shown in YAML, TypeScript and Python.

mod code;
mod resolve;
mod yaml;

use tfplug::schema::ProviderSchemas;

use super::SchemaError;
use super::info::PackageInfo;
use code::Language;

/// A program that shows how to use something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Example {
    /// A heading of a few words.
    pub title: String,
    /// What is to be said before the program, in Markdown.
    pub text: String,
    /// The program.
    pub steps: Vec<Step>,
}

/// One step of a program. Names of types, attributes and parameters are those of the declarations.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// A resource.
    Resource {
        /// What later steps call it, in snake case.
        name: String,
        /// The resource's type name.
        type_name: String,
        /// Its attributes.
        inputs: Vec<(String, Expression)>,
    },
    /// A look at a data source.
    Read {
        /// What later steps call what was read, in snake case.
        name: String,
        /// The data source's type name.
        type_name: String,
        /// Its attributes.
        inputs: Vec<(String, Expression)>,
    },
    /// A call of a function.
    Call {
        /// What later steps call the result, in snake case.
        name: String,
        /// The function's name.
        function: String,
        /// The arguments in order, with the names of the parameters.
        arguments: Vec<(String, Expression)>,
    },
    /// A result of the program.
    Output {
        /// Its name.
        name: String,
        /// Its value.
        value: Expression,
    },
}

/// A value in a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expression {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Expression>),
    /// Attributes by name, or values by key.
    Object(Vec<(String, Expression)>),
    /// What an earlier step has made, or something in it.
    Of {
        /// The step's name.
        step: String,
        /// Attributes, from the outside in; none for the whole.
        path: Vec<String>,
    },
}

impl Expression {
    /// Attributes by name, or values by key.
    pub fn object<N: Into<String>>(pairs: impl IntoIterator<Item = (N, Expression)>) -> Self {
        let pairs = pairs.into_iter();
        Self::Object(pairs.map(|(name, value)| (name.into(), value)).collect())
    }

    /// An attribute of what an earlier step has made.
    pub fn of(step: impl Into<String>, attribute: impl Into<String>) -> Self {
        Self::Of {
            step: step.into(),
            path: vec![attribute.into()],
        }
    }
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Expression {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Expression {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl<T: Into<Expression>, const N: usize> From<[T; N]> for Expression {
    fn from(elements: [T; N]) -> Self {
        Self::List(elements.into_iter().map(Into::into).collect())
    }
}

/// All examples of one object, with the markers by which Pulumi's tools find programs in the reader's language.
pub(super) fn section(
    examples: &[Example],
    schemas: &ProviderSchemas,
    info: &PackageInfo,
) -> Result<String, SchemaError> {
    let mut text = String::from("{{% examples %}}\n## Example Usage\n");
    for example in examples {
        let program = resolve::program(example, schemas, info)?;
        let lead = if example.text.is_empty() {
            String::new()
        } else {
            format!("{}\n\n", example.text.trim_end())
        };
        text += &format!("\n{{{{% example %}}}}\n### {}\n\n{lead}", example.title);
        let programs = [
            ("typescript", code::program(&program, Language::TypeScript, info)),
            ("python", code::program(&program, Language::Python, info)),
            ("yaml", yaml::program(&program, info)),
        ];
        for (language, program) in programs {
            text += &format!("```{language}\n{program}```\n");
        }
        text += "\n{{% /example %}}\n";
    }
    text += "{{% /examples %}}\n";
    Ok(text)
}
