//! From values to models, for the code of a provider.

use crate::diag::Diagnostics;
use crate::model::Model;
use crate::value::Value;

/// Reads a value that the engine has checked against the schema already: a fault now is a bug.
pub(crate) fn read<M: Model>(value: &Value) -> Result<M, Diagnostics> {
    let mut diags = Diagnostics::new();
    let model = M::from_value(value, &mut diags);
    if diags.has_errors() { Err(diags) } else { Ok(model) }
}

/// Runs a check of a configuration, unless it cannot be read; then that is what is found.
pub(crate) fn validate<M: Model>(
    config: &Value,
    diags: &mut Diagnostics,
    check: impl FnOnce(&M, &mut Diagnostics),
) {
    let mut decoding = Diagnostics::new();
    let model = M::from_value(config, &mut decoding);
    let readable = !decoding.has_errors();
    diags.extend(decoding);
    if readable {
        check(&model, diags);
    }
}
