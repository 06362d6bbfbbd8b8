//! A program beside its declarations: what is a property and what is a user's key, and whether all of it exists.

use std::collections::BTreeMap;

use tfplug::schema::{Attribute, AttributeType, Nesting, ProviderSchemas, Schema};
use tfplug::ty::Type;

use super::{Example, Expression, Step};
use crate::names;
use crate::schema::SchemaError;
use crate::schema::function::is_positional;
use crate::schema::info::PackageInfo;

/// A program whose names are told apart from a user's own keys.
pub(super) struct Program<'a> {
    pub(super) steps: Vec<Statement<'a>>,
}

/// One step.
pub(super) enum Statement<'a> {
    Resource {
        name: &'a str,
        type_name: &'a str,
        inputs: Vec<(Key<'a>, Node<'a>)>,
    },
    /// A data source or a function.
    Call {
        name: &'a str,
        /// In a program, camel case.
        function: String,
        inputs: Vec<(Key<'a>, Node<'a>)>,
        /// Whether arguments are passed one by one rather than as one object.
        by_position: bool,
    },
    Output {
        name: &'a str,
        value: Node<'a>,
    },
}

/// A value.
pub(super) enum Node<'a> {
    Bool(bool),
    Number(i64),
    Text(&'a str),
    List(Vec<Node<'a>>),
    Object(Vec<(Key<'a>, Node<'a>)>),
    Of { step: &'a str, path: &'a [String] },
}

/// The key of a value in an object.
#[derive(Clone, Copy)]
pub(super) enum Key<'a> {
    /// Declared, in snake case.
    Property(&'a str),
    /// A user's own.
    Data(&'a str),
}

/// What a value is declared to be.
#[derive(Clone, Copy)]
enum Shape<'a> {
    Attribute(&'a AttributeType),
    Object(&'a [Attribute]),
    Plain(&'a Type),
}

/// Tells apart what a program of this example is made of.
pub(super) fn program<'a>(
    example: &'a Example,
    schemas: &'a ProviderSchemas,
    info: &'a PackageInfo,
) -> Result<Program<'a>, SchemaError> {
    let mut resolver = Resolver {
        schemas,
        info,
        made: BTreeMap::new(),
    };
    let steps = example.steps.iter().map(|step| resolver.step(step));
    let steps: Result<_, String> = steps.collect();
    let steps = steps.map_err(|fault| SchemaError::Example {
        title: example.title.clone(),
        fault,
    })?;
    Ok(Program { steps })
}

struct Resolver<'a> {
    schemas: &'a ProviderSchemas,
    info: &'a PackageInfo,
    /// What earlier steps have made: the attributes, or nothing for the result of a function.
    made: BTreeMap<&'a str, Option<&'a Schema>>,
}

impl<'a> Resolver<'a> {
    fn step(&mut self, step: &'a Step) -> Result<Statement<'a>, String> {
        match step {
            Step::Resource {
                name,
                type_name,
                inputs,
            } => {
                let schema = self.schemas.resources.get(type_name);
                let schema = schema.ok_or_else(|| format!("there is no resource {type_name}"))?;
                let inputs = self.inputs(schema, inputs)?;
                self.made.insert(name, Some(schema));
                Ok(Statement::Resource {
                    name,
                    type_name,
                    inputs,
                })
            }
            Step::Read {
                name,
                type_name,
                inputs,
            } => {
                let schema = self.schemas.data_sources.get(type_name);
                let schema = schema.ok_or_else(|| format!("there is no data source {type_name}"))?;
                let inputs = self.inputs(schema, inputs)?;
                self.made.insert(name, Some(schema));
                Ok(Statement::Call {
                    name,
                    function: names::data_source_name(&self.info.name, type_name),
                    inputs,
                    by_position: false,
                })
            }
            Step::Call {
                name,
                function,
                arguments,
            } => self.call(name, function, arguments),
            // TypeScript has one name for one thing.
            Step::Output { name, .. } if self.made.contains_key(name.as_str()) => {
                Err(format!("the output {name} is called as a step before it"))
            }
            Step::Output { name, value } => Ok(Statement::Output {
                name,
                value: self.node(value, Shape::Plain(&Type::Dynamic))?,
            }),
        }
    }

    fn inputs(
        &self,
        schema: &'a Schema,
        inputs: &'a [(String, Expression)],
    ) -> Result<Vec<(Key<'a>, Node<'a>)>, String> {
        // Blocks are shown nowhere: a schema of attributes has none.
        self.properties(&schema.attributes, inputs)
    }

    fn properties(
        &self,
        attributes: &'a [Attribute],
        given: &'a [(String, Expression)],
    ) -> Result<Vec<(Key<'a>, Node<'a>)>, String> {
        let one = |(name, value): &'a (String, Expression)| {
            let attribute = attributes.iter().find(|attribute| attribute.name == *name);
            let attribute = attribute.ok_or_else(|| format!("there is no attribute {name}"))?;
            if !attribute.optionality.is_configurable() {
                return Err(format!("nobody gives the attribute {name}"));
            }
            Ok((
                Key::Property(name),
                self.node(value, Shape::Attribute(&attribute.ty))?,
            ))
        };
        given.iter().map(one).collect()
    }

    fn call(
        &mut self,
        name: &'a str,
        function: &'a str,
        arguments: &'a [(String, Expression)],
    ) -> Result<Statement<'a>, String> {
        let signature = self.schemas.functions.get(function);
        let signature = signature.ok_or_else(|| format!("there is no function {function}"))?;
        let mut inputs = Vec::new();
        for (parameter, value) in arguments {
            let mut all = signature.parameters.iter().chain(&signature.variadic);
            let found = all.find(|one| one.name == *parameter);
            let found = found.ok_or_else(|| format!("{function} has no parameter {parameter}"))?;
            let shape = match self.info.parameter(function, parameter) {
                Some(ty) => Shape::Attribute(ty),
                None => Shape::Plain(&found.ty),
            };
            inputs.push((Key::Property(parameter), self.node(value, shape)?));
        }
        self.made.insert(name, None);
        Ok(Statement::Call {
            name,
            function: names::property(function),
            inputs,
            by_position: is_positional(function, signature, self.info),
        })
    }

    fn node(&self, value: &'a Expression, shape: Shape<'a>) -> Result<Node<'a>, String> {
        Ok(match value {
            Expression::Bool(truth) => Node::Bool(*truth),
            Expression::Number(number) => Node::Number(*number),
            Expression::Text(text) => Node::Text(text),
            Expression::List(elements) => {
                let inner = element(shape);
                let elements = elements.iter().map(|one| self.node(one, inner));
                Node::List(elements.collect::<Result<_, _>>()?)
            }
            Expression::Object(pairs) => Node::Object(self.object(pairs, shape)?),
            Expression::Of { step, path } => {
                self.check_reference(step, path)?;
                Node::Of { step, path }
            }
        })
    }

    fn object(
        &self,
        pairs: &'a [(String, Expression)],
        shape: Shape<'a>,
    ) -> Result<Vec<(Key<'a>, Node<'a>)>, String> {
        match shape {
            Shape::Object(attributes) => self.properties(attributes, pairs),
            Shape::Attribute(AttributeType::Nested(Nesting::Single, inner)) => {
                self.properties(&inner.attributes, pairs)
            }
            _ => {
                let inner = element(shape);
                let pair = |(key, value): &'a (String, Expression)| {
                    Ok((Key::Data(key.as_str()), self.node(value, inner)?))
                };
                pairs.iter().map(pair).collect()
            }
        }
    }

    fn check_reference(&self, step: &str, path: &[String]) -> Result<(), String> {
        let made = self.made.get(step);
        let made = made.ok_or_else(|| format!("no step before is called {step}"))?;
        match (made, path.first()) {
            (Some(schema), Some(first)) if schema.attribute(first).is_none() => {
                Err(format!("{step} has no attribute {first}"))
            }
            _ => Ok(()),
        }
    }
}

/// What the elements of a list or map are declared to be.
fn element(shape: Shape<'_>) -> Shape<'_> {
    match shape {
        Shape::Attribute(AttributeType::Nested(Nesting::List | Nesting::Set | Nesting::Map, inner)) => {
            Shape::Object(&inner.attributes)
        }
        Shape::Attribute(AttributeType::Plain(ty)) => element(Shape::Plain(ty)),
        Shape::Plain(Type::List(ty) | Type::Set(ty) | Type::Map(ty)) => Shape::Plain(ty),
        _ => Shape::Plain(&Type::Dynamic),
    }
}
