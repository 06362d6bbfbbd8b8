//! ReadDataSource.

use super::{guarded, refusals};
use crate::context::Context;
use crate::data_source::RawDataSource;
use crate::diag::Diagnostic;
use crate::engine::draft::draft;
use crate::engine::settle::{salvage, settle};
use crate::rpc::Outcome;
use crate::schema::Schema;
use crate::value::Value;

/// Reads a data source. Like a create, it starts from the configuration with its defaults, and the result is that
/// with the computed attributes filled in: what the user wrote comes back as it was written.
pub(crate) async fn read_data<P: Send + Sync>(
    source: &dyn RawDataSource<P>,
    schema: &Schema,
    cx: &Context<P>,
    config: &Value,
) -> Outcome<Value> {
    if let Some(refused) = refusals(schema, config) {
        return Outcome::failed(refused);
    }
    let drafted = draft(schema, &Value::Null, config);
    let asked = salvage(&drafted, &Value::Null);
    let result = guarded(source.read(cx, &asked)).await;
    let mut diagnostics = cx.take_findings();
    let value = match result {
        Ok(found) => {
            let (value, open) = settle(&drafted, &found);
            let unknown =
                |path| Diagnostic::bug("After the read this attribute still has no known value.").at(path);
            diagnostics.extend(open.into_iter().map(unknown));
            Some(value)
        }
        Err(findings) => {
            diagnostics.extend(findings);
            None
        }
    };
    Outcome { value, diagnostics }
}
