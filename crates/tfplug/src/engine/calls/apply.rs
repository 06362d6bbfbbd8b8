//! ApplyResourceChange.

use super::{ResourceSchemas, guarded};
use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::settle::{salvage, settle};
use crate::resource::{RawResource, Slot, SlotContent};
use crate::rpc::{ApplyRequest, ApplyResponse};
use crate::value::Value;

/// Creates, updates or deletes. Whatever happens, an object that exists is in the answer.
pub async fn apply<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    cx: &Context<P>,
    request: ApplyRequest,
) -> ApplyResponse {
    let mut response = if request.planned.is_null() {
        delete(resource, cx, &request).await
    } else {
        change(resource, cx, &request).await
    };
    response.diagnostics.extend(cx.take_findings());
    response.identity = match &response.state {
        Value::Null => request.identity,
        state if schemas.identity.is_some() => {
            resource.identity(state).filter(Value::is_wholly_known).or(request.identity.filter(Value::is_wholly_known))
        }
        _ => None,
    };
    response
}

async fn delete<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    cx: &Context<P>,
    request: &ApplyRequest,
) -> ApplyResponse {
    let result = guarded(resource.delete(cx, &request.prior, &request.private)).await;
    let state = if result.is_ok() { Value::Null } else { request.prior.clone() };
    let diagnostics = result.err().unwrap_or_default();
    ApplyResponse { state, private: request.private.clone(), identity: None, diagnostics }
}

async fn change<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    cx: &Context<P>,
    request: &ApplyRequest,
) -> ApplyResponse {
    let creating = request.prior.is_null();
    let before = if creating { None } else { Some(request.prior.clone()) };
    let slot = Slot::new(SlotContent { state: before, private: request.private.clone() });
    let result = if creating {
        guarded(resource.create(cx, &request.config, &request.planned, &slot)).await
    } else {
        guarded(resource.update(cx, &request.config, &request.prior, &request.planned, &slot)).await
    };
    let SlotContent { state, private } = slot.content();
    let (state, diagnostics) = match result {
        Ok(()) => succeeded(&request.planned, state),
        Err(findings) => (state.map_or(Value::Null, |s| salvage(&s, &request.prior)), as_error(findings)),
    };
    ApplyResponse { state, private, identity: None, diagnostics }
}

fn succeeded(planned: &Value, state: Option<Value>) -> (Value, Diagnostics) {
    let Some(actual) = state else {
        let bug = Diagnostic::bug("The object was created, but nothing was noted of it, so that nothing can be stored.");
        return (Value::Null, bug.into());
    };
    let (state, open) = settle(planned, &actual);
    let missing = |path| Diagnostic::bug("After the apply this attribute still has no value.").at(path);
    (state, open.into_iter().map(missing).collect())
}

/// A failure says at least that it is one: without an error, Terraform would take the state for a success.
fn as_error(mut findings: Diagnostics) -> Diagnostics {
    if !findings.has_errors() {
        findings.push(Diagnostic::bug("A call failed without saying why."));
    }
    findings
}
