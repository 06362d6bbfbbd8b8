//! What a function that fails says.

use tfplug::FunctionError;
use tfplug::{Diagnostic, Diagnostics};

/// All errors as one, at an argument: each begins with its place. A function has no place for warnings. Terraform puts a
/// full stop behind it.
pub(super) fn failed(argument: usize, diags: &Diagnostics) -> FunctionError {
    let errors = diags.iter().filter(|found| Diagnostic::is_error(found));
    let texts: Vec<String> = errors.map(ToString::to_string).collect();
    FunctionError::argument(argument, texts.join("\n\n").trim_end_matches('.'))
}
