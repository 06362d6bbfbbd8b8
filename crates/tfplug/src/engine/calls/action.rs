//! PlanAction, InvokeAction.

use super::{guarded, refusals};
use crate::action::{Progress, RawAction};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::engine::defaults::with_defaults;
use crate::rpc::EventSink;
use crate::schema::Schema;
use crate::value::Value;

/// Asks an action whether it can be invoked.
pub(crate) async fn plan_action<P: Send + Sync>(
    code: &dyn RawAction<P>,
    schema: &Schema,
    cx: &Context<P>,
    config: &Value,
) -> Diagnostics {
    let config = with_defaults(schema, config);
    if let Some(refused) = refusals(schema, &config) {
        return refused;
    }
    let result = guarded(code.plan(cx, &config)).await;
    findings(cx, result)
}

/// Invokes an action. It runs to its own end, whatever happens to the host.
pub(crate) async fn invoke_action<P: Send + Sync>(
    code: &dyn RawAction<P>,
    schema: &Schema,
    cx: &Context<P>,
    config: &Value,
    progress: &dyn EventSink<String>,
) -> Diagnostics {
    let config = with_defaults(schema, config);
    if let Some(refused) = refusals(schema, &config) {
        return refused;
    }
    let progress = Progress::new(progress);
    let result = guarded(code.invoke(cx, &config, &progress)).await;
    findings(cx, result)
}

fn findings<P>(cx: &Context<P>, result: Result<(), Diagnostics>) -> Diagnostics {
    let mut diagnostics = cx.take_findings();
    if let Err(errors) = result {
        diagnostics.extend(errors);
    }
    diagnostics
}
