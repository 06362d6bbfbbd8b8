//! Functions.

use crate::rpc::FunctionError;
use crate::schema::FunctionSignature;
use crate::value::Value;

/// A pure function of its arguments. It is called without a configured provider.
pub trait Function: Send + Sync + 'static {
    /// Its name after `provider::mig::`.
    fn name(&self) -> &'static str;

    /// What it takes and gives.
    fn signature(&self) -> FunctionSignature;

    /// The result, of the declared type. Arguments have the declared types; a variadic parameter's arguments
    /// follow the others.
    ///
    /// # Errors
    /// When the arguments have no result.
    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError>;
}
