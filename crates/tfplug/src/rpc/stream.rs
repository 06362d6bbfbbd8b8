//! Calls that answer with one event after the other: listing, and invoking an action.

use async_trait::async_trait;

use crate::diag::Diagnostics;
use crate::value::Value;

/// Where a call puts its events while it runs. What it returns in the end follows them.
#[async_trait]
pub trait EventSink<T>: Send + Sync {
    /// Waits until the host takes the event. The answer is whether it does: a host that hung up takes no more.
    async fn send(&self, event: T) -> bool;
}

/// What to list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ListRequest {
    /// Type of the list resource, which is that of the resource.
    pub type_name: String,
    /// The configuration.
    pub config: Value,
    /// Whether each result needs its resource object.
    pub include_resource: bool,
    /// The greatest number of results.
    pub limit: Option<u64>,
}

impl ListRequest {
    /// A request for identities and names of all objects.
    pub fn new(type_name: impl Into<String>, config: Value) -> Self {
        Self {
            type_name: type_name.into(),
            config,
            include_resource: false,
            limit: None,
        }
    }
}

/// One object found, or what there is to say between two of them.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ListEvent {
    /// What identifies the object; absent only together with a diagnostic.
    pub identity: Option<Value>,
    /// What users know it by.
    pub display_name: String,
    /// The object, if it was asked for.
    pub resource: Option<Value>,
    /// Errors and warnings about this object.
    pub diagnostics: Diagnostics,
}

impl ListEvent {
    /// An object found.
    pub fn found(identity: Value, display_name: impl Into<String>) -> Self {
        Self {
            identity: Some(identity),
            display_name: display_name.into(),
            resource: None,
            diagnostics: Diagnostics::new(),
        }
    }

    /// What there is to say apart from any object.
    pub fn of(diagnostics: impl Into<Diagnostics>) -> Self {
        Self {
            identity: None,
            display_name: String::new(),
            resource: None,
            diagnostics: diagnostics.into(),
        }
    }
}

/// Which action to plan or to invoke.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ActionRequest {
    /// Action type.
    pub type_name: String,
    /// The configuration; it may hold unknown values at plan.
    pub config: Value,
}

impl ActionRequest {
    /// A request for this action with this configuration.
    pub fn new(type_name: impl Into<String>, config: Value) -> Self {
        Self {
            type_name: type_name.into(),
            config,
        }
    }
}
