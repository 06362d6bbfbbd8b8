//! From `kube`'s errors to [`KubeError`].

use std::error::Error;
use std::io;

use kube::client::AuthError;
use kube::core::Status;
use kube::core::response::StatusCause;

use super::{FieldConflict, InvalidField, KubeError, KubeErrorKind as Kind};
use crate::aws::AwsError;
use crate::aws::error::chain;
use crate::kube::transport::{NoConnection, ProxyFailed};

const FIELD_MANAGER_CONFLICT: &str = "FieldManagerConflict";
/// Server-side apply answers a field that the kind does not have with status 500.
const UNTYPED: &str = "failed to create typed patch object";
/// The reason that `kube` gives an answer whose body is not a `Status`.
const UNPARSED: &str = "Failed to parse error data";
/// The body of an API server's answer for a group of kinds that it does not have.
const UNKNOWN_PATH: &str = "404 page not found";
/// As much of another server's page as a message has, in characters.
const FOREIGN_TEXT_MAX: usize = 200;

impl KubeError {
    /// A failed call to `cluster`, with the program of its credential plugin, if it has one.
    pub(in crate::kube) fn from_kube(cluster: &str, plugin: Option<&str>, error: &kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::new(kind_of_status(status), cluster, said(status)),
            other => {
                let auth = causes(other).find_map(|cause| cause.downcast_ref::<AuthError>());
                match auth.and_then(|error| plugin_failure(plugin, error)) {
                    Some(said) => Self::new(Kind::Plugin, cluster, said),
                    None => Self::from_transport(cluster, other),
                }
            }
        }
    }

    fn from_transport(cluster: &str, error: &kube::Error) -> Self {
        if let Some(aws) = causes(error).find_map(|cause| cause.downcast_ref::<AwsError>()) {
            return Self::from_aws(cluster, aws.clone());
        }
        let message = chain(error);
        Self::new(kind_of_transport(error, &message), cluster, message)
    }
}

/// What an answer says. Proxies and other servers answer with a page, or with nothing.
fn said(status: &Status) -> String {
    if !is_foreign(status) {
        return status.message.clone();
    }
    let words: Vec<&str> = status.message.split_whitespace().collect();
    let start: String = words.join(" ").chars().take(FOREIGN_TEXT_MAX).collect();
    let said = if start.is_empty() { "no text" } else { &start };
    let code = status.code;
    format!(
        "the server answered {code} in a form that no Kubernetes API server has, so it may be another server: {said}"
    )
}

/// Whether no API server wrote this answer: it is not a `Status`, nor what an API server says of a path that it does not know.
fn is_foreign(status: &Status) -> bool {
    status.reason == UNPARSED && status.message != UNKNOWN_PATH
}

/// A failed credential plugin in words of our own: the client's would show the plugin's environment and output, in
/// which tokens are.
fn plugin_failure(plugin: Option<&str>, error: &AuthError) -> Option<String> {
    let named = plugin.map_or_else(
        || "the credential plugin (exec)".to_owned(),
        |program| format!("the credential plugin (exec) {program:?}"),
    );
    match error {
        AuthError::AuthExecStart(error) => Some(format!("{named} cannot be started: {error}")),
        AuthError::AuthExecRun { out, .. } => Some(format!("{named} failed with {}", out.status)),
        AuthError::AuthExecParse(_) | AuthError::AuthExec(_) => {
            Some(format!("{named} gave no credentials that can be read"))
        }
        _ => None,
    }
}

fn kind_of_transport(error: &kube::Error, message: &str) -> Kind {
    let timed_out = |cause: &(dyn Error + 'static)| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
    };
    match error {
        kube::Error::Auth(_) => Kind::Unauthorized,
        kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) => Kind::Server,
        kube::Error::BuildRequest(_) | kube::Error::HttpError(_) => Kind::Invalid(Vec::new()),
        kube::Error::HyperError(_) | kube::Error::Service(_) => {
            if causes(error).any(|cause| cause.is::<ProxyFailed>()) {
                Kind::Proxy
            } else if causes(error).any(timed_out) && !causes(error).any(|cause| cause.is::<NoConnection>()) {
                Kind::Timeout
            } else if message.contains("certificate") {
                Kind::Connection
            } else {
                Kind::Unreachable
            }
        }
        _ => Kind::Connection,
    }
}

/// The kind that an API server's answer stands for.
pub(super) fn kind_of_status(status: &Status) -> Kind {
    if is_admission(&status.message) {
        return Kind::Denied;
    }
    match status.code {
        401 => Kind::Unauthorized,
        403 => kind_of_forbidden(status),
        404 => kind_of_missing(status),
        409 => kind_of_conflict(status),
        400 | 413 | 415 | 422 => Kind::Invalid(invalid_fields(status)),
        408 | 504 => Kind::Timeout,
        410 => Kind::Expired,
        429 => Kind::Throttled,
        500 if status.message.starts_with(UNTYPED) => Kind::Invalid(vec![undeclared(&status.message)]),
        500.. => Kind::Server,
        _ => Kind::Other,
    }
}

/// Whether a rule of the cluster speaks: a webhook may answer with any code, and one without a code becomes 400.
fn is_admission(message: &str) -> bool {
    message.starts_with("admission webhook \"") || message.contains("ValidatingAdmissionPolicy '")
}

/// A namespace that is being deleted forbids creation, which no RBAC rule will allow; neither will one help against
/// admission, whose refusals have the same code. Only the refusal of a right says what the user cannot do.
fn kind_of_forbidden(status: &Status) -> Kind {
    let terminating = cause_list(status)
        .iter()
        .any(|cause| cause.reason == "NamespaceTerminating");
    if terminating {
        Kind::NamespaceMissing
    } else if status.message.contains("User \"") && status.message.contains("\" cannot ") {
        Kind::Forbidden
    } else {
        Kind::Denied
    }
}

/// An unknown path answers with plain text or with a status that names no object.
fn kind_of_missing(status: &Status) -> Kind {
    let details = status.details.as_ref();
    let name = details.map_or("", |details| details.name.as_str());
    let kind = details.map_or("", |details| details.kind.as_str());
    if is_foreign(status) {
        Kind::Connection
    } else if name.is_empty() {
        Kind::CrdMissing
    } else if kind == "namespaces" {
        Kind::NamespaceMissing
    } else {
        Kind::NotFound
    }
}

fn kind_of_conflict(status: &Status) -> Kind {
    let mut conflicts: Vec<_> = cause_list(status)
        .iter()
        .filter(|cause| cause.reason == FIELD_MANAGER_CONFLICT)
        .map(|cause| FieldConflict {
            manager: manager_of(&cause.message),
            field: plain_path(&cause.field),
        })
        .collect();
    conflicts.sort();
    conflicts.dedup();
    if conflicts.is_empty() {
        Kind::Changed
    } else {
        Kind::Conflict(conflicts)
    }
}

/// The manager in `conflict with "kubectl" with subresource "scale" using apps/v1 at ...`: a Go
/// quoted string right after the opening words.
fn manager_of(message: &str) -> String {
    let Some(quoted) = message.split_once('"').map(|(_, rest)| rest) else {
        return message.to_owned();
    };
    let mut name = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => name.extend(chars.next()),
            other => name.push(other),
        }
    }
    name
}

fn invalid_fields(status: &Status) -> Vec<InvalidField> {
    cause_list(status)
        .iter()
        .map(|cause| InvalidField {
            field: plain_path(&cause.field),
            message: cause.message.clone(),
        })
        .collect()
}

/// The place in `failed to create typed patch object (...): .spec.replicas: field not declared in
/// schema`; more than one are a list, which stays as it is.
fn undeclared(message: &str) -> InvalidField {
    let said = message.split_once("): ").map_or(message, |(_, said)| said);
    match said.rsplit_once(": ") {
        Some((field, what)) if field.starts_with('.') && !said.contains('\n') => InvalidField {
            field: plain_path(field),
            message: what.to_owned(),
        },
        _ => InvalidField {
            field: String::new(),
            message: said.to_owned(),
        },
    }
}

/// `.spec.replicas` and `spec.replicas` are the same place.
fn plain_path(field: &str) -> String {
    field.trim_start_matches('.').to_owned()
}

fn cause_list(status: &Status) -> &[StatusCause] {
    status.details.as_ref().map_or(&[], |details| &details.causes)
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&'a (dyn Error + 'static)| (*cause).source())
}
