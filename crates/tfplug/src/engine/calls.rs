//! The protocol's calls around a resource's own code.

mod action;
mod apply;
mod data;
mod ephemeral;
mod list;
mod plan;
mod read;

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;

pub(crate) use action::{invoke_action, plan_action};
pub use apply::apply;
pub(crate) use data::read_data;
pub(crate) use ephemeral::{close, open, renew};
pub(crate) use list::list;
pub use plan::plan;
pub use read::{import, move_state, read};

use super::validate::{validate_references, validate_required};
use crate::diag::{Diagnostic, Diagnostics};
use crate::resource::RawResource;
use crate::schema::{IdentitySchema, Lazy, Schema};
use crate::value::Value;

/// A resource's schemas, made once.
#[derive(Debug, Clone)]
pub struct ResourceSchemas {
    /// The object.
    pub object: Lazy<Schema>,
    /// What names it, if anything does.
    pub identity: Option<IdentitySchema>,
}

/// Runs a resource's own code; a panic in it becomes an error, so that what is known of the remote object by then
/// is still stored.
pub(crate) async fn guarded<T>(code: impl Future<Output = Result<T, Diagnostics>>) -> Result<T, Diagnostics> {
    match AssertUnwindSafe(code).catch_unwind().await {
        Ok(result) => result.map_err(as_error),
        Err(panic) => Err(panicked(panic.as_ref()).into()),
    }
}

/// What speaks against using a configuration: what is required is null, or a reference does not pass its checks.
fn refusals(schema: &Schema, config: &Value) -> Option<Diagnostics> {
    let mut found = Diagnostics::new();
    validate_required(schema, config, &mut found);
    validate_references(schema, config, &mut found);
    found.has_errors().then_some(found)
}

/// A failure says at least that it is one: without an error, Terraform would take the answer for a success.
fn as_error(mut findings: Diagnostics) -> Diagnostics {
    if !findings.has_errors() {
        findings.push(Diagnostic::bug("A call failed without saying why."));
    }
    findings
}

/// The identity of an object of this state, if the resource has one and there is an object. A panic is a finding: the
/// object exists and has to be stored.
fn identity_of<P>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    state: &Value,
    diags: &mut Diagnostics,
) -> Option<Value> {
    schemas.identity.as_ref()?;
    if state.is_null() {
        return None;
    }
    match std::panic::catch_unwind(AssertUnwindSafe(|| resource.identity(state))) {
        Ok(identity) => identity,
        Err(panic) => {
            diags.push(panicked(panic.as_ref()));
            None
        }
    }
}

/// What a panic in a provider's own code becomes.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Diagnostic {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Diagnostic::bug(format!(
        "A call ended in a panic: {}.",
        text.unwrap_or_else(|| "without a message".into())
    ))
}
