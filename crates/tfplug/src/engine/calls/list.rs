//! ListResource.

use std::pin::pin;

use futures::future::{Either, select};

use super::{ResourceSchemas, guarded, refusals};
use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::engine::defaults::with_defaults;
use crate::engine::drift::keep_form;
use crate::engine::null_object;
use crate::engine::settle::salvage;
use crate::engine::write_only::withheld;
use crate::list_resource::{RawListRequest, RawListResource, RawResults};
use crate::rpc::{EventSink, ListEvent, ListRequest};
use crate::schema::Schema;
use crate::value::Value;

/// Lists until all is found, or the host needs no more, or the user interrupts. What is returned is about the listing
/// as a whole.
pub(crate) async fn list<P: Send + Sync>(
    code: &dyn RawListResource<P>,
    (config_schema, listed): (&Schema, &ResourceSchemas),
    cx: &Context<P>,
    request: ListRequest,
    events: &dyn EventSink<ListEvent>,
) -> Diagnostics {
    let config = with_defaults(config_schema, &request.config);
    if let Some(refused) = refusals(config_schema, &config) {
        return refused;
    }
    let settle = |mut event: ListEvent| {
        event.diagnostics.extend(cx.take_findings());
        settled(listed, request.include_resource, event)
    };
    let results = RawResults::new(events, &settle, request.limit);
    let asked = RawListRequest {
        config: &config,
        include_resource: request.include_resource,
        limit: request.limit,
        results: &results,
    };
    let ended = listed_to_the_end(guarded(code.list(cx, asked)), &results, cx).await;
    let mut diagnostics = cx.take_findings();
    if let Err(findings) = ended {
        diagnostics.extend(findings);
    }
    diagnostics
}

/// A listing changes nothing, so it can be dropped wherever it waits.
async fn listed_to_the_end<P>(
    work: impl Future<Output = Result<(), Diagnostics>>,
    results: &RawResults<'_>,
    cx: &Context<P>,
) -> Result<(), Diagnostics> {
    let (work, over, stop) = (pin!(work), pin!(results.over()), pin!(cx.cancel().cancelled()));
    match select(work, select(over, stop)).await {
        Either::Left((result, _)) => result,
        Either::Right((Either::Left(_), _)) => Ok(()),
        // Without an error, Terraform would take what was found so far for all there is.
        Either::Right((Either::Right(_), _)) => Err(Diagnostic::error(
            "Interrupted",
            "The listing was interrupted before all objects were found. Run it again.",
        )
        .into()),
    }
}

/// A result as the host accepts it, with a finding for whatever is wrong with it.
fn settled(schemas: &ResourceSchemas, include_resource: bool, event: ListEvent) -> ListEvent {
    let mut diagnostics = event.diagnostics;
    let identity = event.identity.filter(|identity| identifies(schemas, identity));
    if identity.is_none() {
        let name = &event.display_name;
        let detail = format!("The list has {name:?} without an identity that it can be imported by.");
        diagnostics.push(Diagnostic::bug(detail));
    }
    let asked = event.resource.filter(|_| include_resource);
    let resource = asked.map(|object| known(schemas, &object, &mut diagnostics));
    if include_resource && resource.is_none() {
        diagnostics.push(warning("A list has a result without its resource object."));
    }
    ListEvent {
        identity,
        display_name: event.display_name,
        resource,
        diagnostics,
    }
}

/// Whether an identity is known and has all that an import needs.
fn identifies(schemas: &ResourceSchemas, identity: &Value) -> bool {
    let schema = schemas.identity.iter();
    let mut required = schema
        .flat_map(|schema| &schema.attributes)
        .filter(|attribute| attribute.required_for_import);
    identity.is_wholly_known()
        && !identity.is_null()
        && required.all(|attribute| !identity.get(&attribute.name).is_null())
}

/// The object in the form in which a read after an import stores it.
fn known(schemas: &ResourceSchemas, object: &Value, diagnostics: &mut Diagnostics) -> Value {
    if !object.is_wholly_known() {
        diagnostics.push(warning("A list gave a value that is not known."));
    }
    let object = withheld(&schemas.object, &salvage(object, &Value::Null));
    keep_form(&schemas.object, &null_object(&schemas.object), &object)
}

/// A fault of the provider that leaves the result of use.
fn warning(detail: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        ..Diagnostic::bug(detail)
    }
}
