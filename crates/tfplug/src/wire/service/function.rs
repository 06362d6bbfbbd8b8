//! Functions.

use std::sync::Arc;

use super::{Shared, pb, value};
use crate::diag::{Diagnostic, Diagnostics};
use crate::rpc::FunctionError;
use crate::schema::FunctionSignature;
use crate::ty::Type;
use crate::value::Value;

pub(super) async fn call(
    shared: Arc<Shared>,
    request: pb::call_function::Request,
) -> Result<pb::call_function::Response, Diagnostics> {
    let signature = shared
        .provider
        .schemas()
        .functions
        .get(&request.name)
        .ok_or_else(|| {
            let detail = format!("This version of the provider has no function {:?}.", request.name);
            Diagnostic::error("Unknown function", detail)
        })?;
    let result = arguments(&request.arguments, signature)
        .and_then(|arguments| shared.provider.call_function(&request.name, arguments));
    match result {
        Ok(result) => {
            let result = value::write(&result, &signature.returns)?;
            Ok(pb::call_function::Response { result, error: None })
        }
        Err(error) => Ok(failed(error)),
    }
}

fn arguments(sent: &[pb::DynamicValue], signature: &FunctionSignature) -> Result<Vec<Value>, FunctionError> {
    if sent.len() < signature.parameters.len() {
        let text = format!(
            "expected {} arguments, found {}",
            signature.parameters.len(),
            sent.len()
        );
        return Err(FunctionError { text, argument: None });
    }
    sent.iter()
        .enumerate()
        .map(|(index, sent)| argument(index, sent, signature))
        .collect()
}

fn argument(
    index: usize,
    sent: &pb::DynamicValue,
    signature: &FunctionSignature,
) -> Result<Value, FunctionError> {
    let ty = parameter_type(index, signature)
        .ok_or_else(|| FunctionError::argument(index, "there is no such parameter"))?;
    value::read(Some(sent), ty).map_err(|faults| {
        let text = faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        FunctionError::argument(index, text)
    })
}

fn parameter_type(index: usize, signature: &FunctionSignature) -> Option<&Type> {
    signature
        .parameters
        .get(index)
        .or(signature.variadic.as_ref())
        .map(|parameter| &parameter.ty)
}

fn failed(error: FunctionError) -> pb::call_function::Response {
    let function_argument = error.argument.and_then(|index| i64::try_from(index).ok());
    pb::call_function::Response {
        result: None,
        error: Some(pb::FunctionError {
            text: error.text,
            function_argument,
        }),
    }
}
