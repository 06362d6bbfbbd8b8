//! ReadResource, ImportResourceState, MoveResourceState.

use super::{ResourceSchemas, guarded, identity_of};
use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::drift::keep_form;
use crate::engine::moved;
use crate::engine::settle::salvage;
use crate::engine::write_only::withheld;
use crate::resource::{ImportTarget, MoveSource, RawResource};
use crate::rpc::{ImportRequest, ImportResponse, MoveRequest, MoveResponse, ReadRequest, ReadResponse};
use crate::value::Value;

/// Looks the object up. Only a certain "gone" gives null; a failure gives the object as stored.
pub async fn read<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    cx: &Context<P>,
    request: ReadRequest,
) -> ReadResponse {
    let mut private = moved::own(&request.private);
    let result = guarded(resource.read(cx, &request, &mut private)).await;
    let ReadRequest {
        state: stored,
        private: as_stored,
        identity,
        ..
    } = request;
    let mut diagnostics = cx.take_findings();
    let state = match result {
        Ok(Some(found)) => known(
            keep_form(&schemas.object, &stored, &found),
            &stored,
            &mut diagnostics,
        ),
        Ok(None) if moved::is_unread(&as_stored) => {
            diagnostics.push(moved::not_found(resource.type_name()));
            private = as_stored;
            stored
        }
        Ok(None) => Value::Null,
        Err(findings) => {
            diagnostics.extend(findings);
            private = as_stored;
            stored
        }
    };
    let identity = match identity.filter(|i| !i.is_null()) {
        Some(stored) => Some(stored),
        None => identity_of(resource, schemas, &state, &mut diagnostics).filter(Value::is_wholly_known),
    };
    ReadResponse {
        state,
        private,
        identity,
        diagnostics,
    }
}

/// A state holds nothing unknown; what a read left open is as it was, and a bug.
fn known(found: Value, stored: &Value, diagnostics: &mut Diagnostics) -> Value {
    if found.is_wholly_known() {
        return found;
    }
    diagnostics.push(Diagnostic::bug("A read gave a value that is not known."));
    salvage(&found, stored)
}

/// Finds an existing object by id or identity.
pub async fn import<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    cx: &Context<P>,
    request: ImportRequest,
) -> ImportResponse {
    let identity = request.identity.filter(|i| !i.is_null());
    let target = match identity.clone() {
        Some(identity) => ImportTarget::Identity(identity),
        None => ImportTarget::Id(request.id),
    };
    let result = guarded(resource.import(cx, target)).await;
    let mut diagnostics = cx.take_findings();
    let state = match result {
        Ok(found) => withheld(&schemas.object, &salvage(&found, &Value::Null)),
        Err(findings) => {
            diagnostics.extend(findings);
            Value::Null
        }
    };
    let named = identity_of(resource, schemas, &state, &mut diagnostics).filter(Value::is_wholly_known);
    ImportResponse {
        state,
        private: Vec::new(),
        identity: named.or(identity),
        diagnostics,
    }
}

/// Takes over the state of another resource type; a look at the object has to follow.
pub async fn move_state<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    request: MoveRequest,
) -> MoveResponse {
    let failed = |diagnostics: Diagnostics| MoveResponse {
        state: Value::Null,
        private: Vec::new(),
        identity: None,
        diagnostics,
    };
    let source = match move_source(request) {
        Ok(source) => source,
        Err(unreadable) => return failed(unreadable.into()),
    };
    match resource.move_from(&source) {
        Some(Ok(found)) => {
            let state = withheld(&schemas.object, &salvage(&found, &Value::Null));
            let mut diagnostics = Diagnostics::new();
            let identity = identity_of(resource, schemas, &state, &mut diagnostics);
            MoveResponse {
                state,
                private: moved::unread(),
                identity: identity.filter(Value::is_wholly_known),
                diagnostics,
            }
        }
        Some(Err(findings)) => failed(findings),
        None => failed(not_movable(resource.type_name(), &source).into()),
    }
}

fn move_source(request: MoveRequest) -> Result<MoveSource, Diagnostic> {
    let parsed = |json: &[u8]| {
        serde_json::from_slice(json).map_err(|e| {
            let detail = format!("The state of {} is not JSON: {e}.", request.source_type);
            Diagnostic::error("The state to move cannot be read", detail)
        })
    };
    let state = parsed(&request.source_json)?;
    let identity = match request.source_identity_json.is_empty() {
        true => None,
        false => Some(parsed(&request.source_identity_json)?),
    };
    Ok(MoveSource {
        provider: request.source_provider,
        type_name: request.source_type,
        version: request.source_version,
        state,
        identity,
        private: request.source_private,
    })
}

fn not_movable(target: &str, source: &MoveSource) -> Diagnostic {
    let detail = format!(
        "{target} cannot take over the state of {} from {}. Remove the `moved` block; to keep the remote object, \
         import it and remove the old resource with a `removed` block.",
        source.type_name, source.provider
    );
    Diagnostic::error("The resource cannot be moved", detail)
}
