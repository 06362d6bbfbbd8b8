//! The function `words`.

use tfplug::FunctionError;
use tfplug::schema::{FunctionSignature, Parameter};
use tfplug::ty::Type;
use tfplug::{Function, Value};

pub(crate) struct Words;

impl Function for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn signature(&self) -> FunctionSignature {
        let text = Parameter::new("text", Type::String, "The text.");
        FunctionSignature::new("Counts the words of a text.", [text], Type::Number)
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        match arguments {
            [Value::String(text)] if text.trim().is_empty() => Err(FunctionError::argument(
                0,
                "The text has no words. Give it at least one.",
            )),
            [Value::String(text)] => Ok(Value::from(text.split_whitespace().count() as i64)),
            _ => Ok(Value::unknown()),
        }
    }
}
