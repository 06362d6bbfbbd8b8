//! Calls of ephemeral resources. Whatever they hold may be secret, so that none of it is shown for debugging.

use std::fmt;
use std::time::SystemTime;

use crate::diag::Diagnostics;
use crate::value::Value;

/// What to open.
#[derive(Clone)]
#[non_exhaustive]
pub struct OpenRequest {
    /// Type of the ephemeral resource.
    pub type_name: String,
    /// The configuration.
    pub config: Value,
}

impl OpenRequest {
    /// A request to open with this configuration.
    pub fn new(type_name: impl Into<String>, config: Value) -> Self {
        Self {
            type_name: type_name.into(),
            config,
        }
    }
}

/// What was opened.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct OpenResponse {
    /// The configuration with what the provider gives; absent together with an error.
    pub result: Option<Value>,
    /// When to renew it, if ever.
    pub renew_at: Option<SystemTime>,
    /// Handed to the first renewal, and to the close.
    pub private: Vec<u8>,
    /// Why it could not be opened yet, where the host allows such an answer.
    pub deferred: Option<Deferral>,
    /// Errors and warnings. After an error the host does not close anything.
    pub diagnostics: Diagnostics,
}

impl OpenResponse {
    /// An object that is open.
    pub fn opened(result: Value) -> Self {
        Self {
            result: Some(result),
            ..Self::failed(Diagnostics::new())
        }
    }

    /// Nothing is open.
    pub fn failed(diagnostics: impl Into<Diagnostics>) -> Self {
        Self {
            result: None,
            renew_at: None,
            private: Vec::new(),
            deferred: None,
            diagnostics: diagnostics.into(),
        }
    }
}

/// Why a call is put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deferral {
    /// The configuration holds values that are not known yet.
    ResourceConfigUnknown,
}

/// What to renew.
#[derive(Clone)]
#[non_exhaustive]
pub struct RenewRequest {
    /// Type of the ephemeral resource.
    pub type_name: String,
    /// The provider's own bytes, from the open or the renewal before.
    pub private: Vec<u8>,
}

impl RenewRequest {
    /// A request to renew what was opened with these bytes.
    pub fn new(type_name: impl Into<String>, private: Vec<u8>) -> Self {
        Self {
            type_name: type_name.into(),
            private,
        }
    }
}

/// What a renewal came to.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RenewResponse {
    /// When to renew it again, if ever.
    pub renew_at: Option<SystemTime>,
    /// Handed to the next renewal. With an error, the bytes of the request.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl RenewResponse {
    /// Not to be renewed again.
    pub fn of(private: Vec<u8>, diagnostics: impl Into<Diagnostics>) -> Self {
        Self {
            renew_at: None,
            private,
            diagnostics: diagnostics.into(),
        }
    }
}

/// What to close.
#[derive(Clone)]
#[non_exhaustive]
pub struct CloseRequest {
    /// Type of the ephemeral resource.
    pub type_name: String,
    /// The provider's own bytes, from the open.
    pub private: Vec<u8>,
}

impl CloseRequest {
    /// A request to close what was opened with these bytes.
    pub fn new(type_name: impl Into<String>, private: Vec<u8>) -> Self {
        Self {
            type_name: type_name.into(),
            private,
        }
    }
}

macro_rules! debug {
    ($($name:ident: $($shown:ident),*;)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.debug_struct(stringify!($name))
                    $(.field(stringify!($shown), &self.$shown))*
                    .finish_non_exhaustive()
            }
        }
    )*};
}

debug!(
    OpenRequest: type_name;
    OpenResponse: renew_at, deferred, diagnostics;
    RenewRequest: type_name;
    RenewResponse: renew_at, diagnostics;
    CloseRequest: type_name;
);
