//! A create whose answers were all lost: has AWS made the object, and is what there is the one that it made?

use std::time::{Duration, SystemTime};

use tfplug::Diagnostic;

use super::failure;
use crate::aws::{AwsError, AwsErrorKind};
use crate::wording::import_of;

/// How far our clock may be from AWS': requests that were signed longer ago or ahead are refused.
const CLOCKS_APART: Duration = Duration::from_secs(15 * 60);

/// Whether a call that failed so may have done its work. The error is that of the last attempt; the answer to an
/// earlier one may have been lost, whatever the last one met.
pub(in crate::resources) fn may_have_worked(error: &AwsError) -> bool {
    use AwsErrorKind as Kind;
    // Without credentials nothing was sent; a service that refuses them says so with a code.
    let no_credentials =
        error.code.is_none() && matches!(error.kind, Kind::CredentialsInvalid | Kind::CredentialsExpired);
    if no_credentials {
        return false;
    }
    !matches!(
        error.kind,
        Kind::InvalidParameter
            | Kind::AlreadyExists
            | Kind::AccessDenied
            | Kind::CredentialsMissing
            | Kind::EndpointUntrusted
            | Kind::RegionMissing
            | Kind::LimitExceeded
    )
}

/// Whether an object was made after we asked for one, as far as the clocks allow.
pub(in crate::resources) fn made_since(made: Option<SystemTime>, asked: SystemTime) -> bool {
    made.is_some_and(|made| made + CLOCKS_APART >= asked)
}

/// What a lost create was to make, in words for its user.
#[derive(Debug, Clone, Copy)]
pub(in crate::resources) struct Asked<'a> {
    pub(in crate::resources) type_name: &'a str,
    /// Such as `launch template`.
    pub(in crate::resources) noun: &'a str,
    pub(in crate::resources) name: &'a str,
    /// The service, such as `EC2`.
    pub(in crate::resources) service: &'a str,
    /// By what an existing one is imported.
    pub(in crate::resources) import_id: &'a str,
}

/// Why there is no object to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resources) enum LostAnswer {
    /// AWS says that there is none.
    NotMade,
    /// There is one of this name, which may be anyone's.
    MayBeAnothers,
    /// AWS does not answer this question either.
    NoAnswer,
}

impl LostAnswer {
    /// The object that was found, if it is certain that our call made it.
    pub(in crate::resources) fn judge<T>(
        found: Result<T, AwsError>,
        is_ours: impl FnOnce(&T) -> bool,
    ) -> Result<T, Self> {
        match found {
            Ok(found) if is_ours(&found) => Ok(found),
            Ok(_) => Err(Self::MayBeAnothers),
            Err(error) if error.is_not_found() => Err(Self::NotMade),
            Err(_) => Err(Self::NoAnswer),
        }
    }

    /// The failed create as the user sees it.
    pub(in crate::resources) fn to_diagnostic(self, error: &AwsError, asked: Asked<'_>) -> Diagnostic {
        let Asked {
            noun, name, service, ..
        } = asked;
        let mut diagnostic = failure(&format!("The {noun} cannot be created"), error);
        let more = match self {
            Self::NotMade => return diagnostic,
            Self::MayBeAnothers => format!(
                "There is a {noun} named {name} now; it is not known whether this call made it. If it is yours, import \
                 it:\n\n{}",
                import_of(asked.type_name, asked.import_id)
            ),
            Self::NoAnswer => format!(
                "It is not known whether {service} made {name} all the same. If it did, the next apply says how to \
                 import it."
            ),
        };
        diagnostic.detail = format!("{}\n\n{more}", diagnostic.detail);
        diagnostic
    }
}
