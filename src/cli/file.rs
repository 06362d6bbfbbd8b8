//! Files that commands read: YAML, of which JSON is a part, as values.

use std::io::{self, Read};
use std::path::Path;

use tfplug::Value;
use thiserror::Error;
use yaml_rust2::{ScanError, Yaml, YamlLoader};

/// Why a text is not what a command reads.
#[derive(Debug, Error)]
pub(super) enum FileError {
    /// It is not YAML.
    #[error("it is neither YAML nor JSON: {0}. Correct it there")]
    Syntax(#[from] ScanError),
    /// It is empty, or a stream.
    #[error("it holds {0} documents. Write exactly one")]
    Documents(usize),
    /// Something that the attributes have no use for.
    #[error("found {0}. Use maps with text as keys, lists, text, numbers, true, false and null")]
    Foreign(&'static str),
    /// A number that is none.
    #[error("found {0:?}, which is no finite number. Quote it if it is text")]
    Number(String),
}

/// The one document of a text.
pub(super) fn parse(text: &str) -> Result<Value, FileError> {
    let documents = YamlLoader::load_from_str(text)?;
    match documents.as_slice() {
        [document] => value(document),
        all => Err(FileError::Documents(all.len())),
    }
}

fn value(yaml: &Yaml) -> Result<Value, FileError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Boolean(truth) => Value::Bool(*truth),
        Yaml::Integer(number) => Value::from(*number),
        Yaml::Real(text) => Value::Number(text.parse().map_err(|_| FileError::Number(text.clone()))?),
        Yaml::String(text) => Value::from(text.as_str()),
        Yaml::Array(elements) => Value::List(elements.iter().map(value).collect::<Result<_, _>>()?),
        Yaml::Hash(entries) => Value::Map(entries.iter().map(entry).collect::<Result<_, _>>()?),
        Yaml::Alias(_) => return Err(FileError::Foreign("an alias of something not written before")),
        Yaml::BadValue => return Err(FileError::Foreign("a value of an unknown kind")),
    })
}

fn entry((key, of_key): (&Yaml, &Yaml)) -> Result<(String, Value), FileError> {
    match key {
        Yaml::String(key) => Ok((key.clone(), value(of_key)?)),
        _ => Err(FileError::Foreign("a key that is no text")),
    }
}

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// When it cannot be read.
pub(super) fn text(path: &Path) -> io::Result<String> {
    if path != Path::new("-") {
        return std::fs::read_to_string(path);
    }
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    Ok(text)
}

/// Where a text comes from, for messages.
pub(super) fn source(path: &Path) -> String {
    match path.to_string_lossy().into_owned() {
        dash if dash == "-" => "standard input".to_owned(),
        path => path,
    }
}

/// A value as JSON, for types that read it so.
pub(super) fn json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Null | Value::Unknown(_) => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => number
            .to_string()
            .parse::<serde_json::Number>()
            .map_or(Json::Null, Json::Number),
        Value::String(text) => Json::String(text.clone()),
        Value::List(elements) | Value::Set(elements) => elements.iter().map(json).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| (key.clone(), json(value)))
            .collect(),
        Value::Dynamic(inside) => json(&inside.1),
    }
}
