//! ApplyResourceChange.

use super::{ResourceSchemas, guarded, identity_of};
use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::settle::{salvage, settle};
use crate::engine::validate::validate_required;
use crate::engine::write_only::withheld;
use crate::oracle::assert_object_compatible;
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
        change(resource, schemas, cx, &request).await
    };
    response.diagnostics.extend(cx.take_findings());
    response.identity = match &response.state {
        Value::Null => request.identity,
        state => identity_of(resource, schemas, state, &mut response.diagnostics)
            .filter(Value::is_wholly_known)
            .or(request.identity.filter(Value::is_wholly_known)),
    };
    response
}

async fn delete<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    cx: &Context<P>,
    request: &ApplyRequest,
) -> ApplyResponse {
    let result = guarded(resource.delete(cx, request)).await;
    let state = if result.is_ok() {
        Value::Null
    } else {
        request.prior.clone()
    };
    let diagnostics = result.err().unwrap_or_default();
    ApplyResponse {
        state,
        private: request.private.clone(),
        identity: None,
        diagnostics,
    }
}

async fn change<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    cx: &Context<P>,
    request: &ApplyRequest,
) -> ApplyResponse {
    let mut refusals = Diagnostics::new();
    validate_required(&schemas.object, &request.config, &mut refusals);
    if refusals.has_errors() {
        return refused(request, refusals);
    }
    let creating = request.prior.is_null();
    let before = if creating {
        None
    } else {
        Some(request.prior.clone())
    };
    let slot = Slot::new(SlotContent {
        state: before,
        private: request.private.clone(),
    });
    let result = if creating {
        guarded(resource.create(cx, request, &slot)).await
    } else {
        guarded(resource.update(cx, request, &slot)).await
    };
    let SlotContent { state, private } = slot.content();
    let (state, diagnostics) = match result {
        Ok(()) => succeeded(schemas, &request.planned, state),
        Err(findings) => (
            state.map_or(Value::Null, |s| salvage(&s, &request.prior)),
            findings,
        ),
    };
    let state = withheld(&schemas.object, &state);
    ApplyResponse {
        state,
        private,
        identity: None,
        diagnostics,
    }
}

/// Nothing is done: the object, if there is one, stays as it is.
fn refused(request: &ApplyRequest, diagnostics: Diagnostics) -> ApplyResponse {
    ApplyResponse {
        state: request.prior.clone(),
        private: request.private.clone(),
        identity: None,
        diagnostics,
    }
}

fn succeeded(schemas: &ResourceSchemas, planned: &Value, state: Option<Value>) -> (Value, Diagnostics) {
    let Some(actual) = state else {
        let bug = Diagnostic::bug(
            "The object was created, but nothing was noted of it, so that nothing can be stored.",
        );
        return (Value::Null, bug.into());
    };
    let (state, open) = settle(planned, &actual);
    let missing = |path| Diagnostic::bug("After the apply this attribute still has no value.").at(path);
    let mut diagnostics: Diagnostics = open.into_iter().map(missing).collect();
    // Told here, it comes with its attribute, and Terraform stores the state all the same.
    for breach in assert_object_compatible(&schemas.object, planned, &state) {
        diagnostics
            .push(Diagnostic::bug(format!("The result is not as planned. {}.", breach.rule)).at(breach.path));
    }
    (state, diagnostics)
}
