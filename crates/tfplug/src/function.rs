//! Functions.

use crate::rpc::FunctionError;
use crate::schema::FunctionSignature;
use crate::value::Value;

/// A pure function of its arguments. It is called without a configured provider.
///
/// ```
/// use tfplug::schema::{FunctionSignature, Parameter};
/// use tfplug::ty::Type;
/// use tfplug::{Function, FunctionError, Value};
///
/// struct Half;
///
/// impl Function for Half {
///     fn name(&self) -> &'static str {
///         "half"
///     }
///
///     fn signature(&self) -> FunctionSignature {
///         let text = Parameter::new("text", Type::String, "A text of even length.");
///         FunctionSignature::new("The first half of a text", [text], Type::String)
///     }
///
///     fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
///         let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
///         let count = text.chars().count();
///         if count % 2 == 1 {
///             return Err(FunctionError::argument(0, format!("It has {count} characters; give an even number.")));
///         }
///         Ok(text.chars().take(count / 2).collect::<String>().into())
///     }
/// }
///
/// assert_eq!(Half.call(&["abcd".into()]), Ok("ab".into()));
/// assert!(Half.call(&["abc".into()]).is_err());
/// ```
pub trait Function: Send + Sync + 'static {
    /// Its name after `provider::mig::`.
    fn name(&self) -> &'static str;

    /// Its parameters and the type of its result.
    fn signature(&self) -> FunctionSignature;

    /// The result, of the declared type. Arguments have the declared types; a variadic parameter's arguments
    /// follow the others.
    ///
    /// # Errors
    /// When the arguments have no result.
    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError>;
}
