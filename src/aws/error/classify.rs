//! From the SDK's errors to [`AwsError`].

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId as _;

use super::super::secret::scrub;
use super::services::kind_by_service;
use super::{AwsError, AwsErrorKind};

/// Service and API action of a call.
pub(super) type Call = (&'static str, &'static str);

/// Turns a failed SDK call into our error.
pub(in crate::aws) fn from_sdk<E>(call: Call, error: SdkError<E, HttpResponse>) -> AwsError
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    if let SdkError::ServiceError(answer) = &error {
        let status = answer.raw().status().as_u16();
        let meta = answer.err().meta();
        return AwsError {
            kind: kind_of_answer(call, meta.code().unwrap_or_default(), meta.message(), status),
            service: call.0,
            operation: call.1,
            code: meta.code().map(Into::into),
            message: service_message(meta.message(), status),
            request_id: meta.request_id().map(Into::into),
            context: None,
        };
    }
    if let Some(found) = find_source::<CredentialsError>(&error) {
        return credentials_error(call, found);
    }
    AwsError::local(kind_of_transport(&error), call, transport_message(&error))
}

/// Turns a failure to get credentials into our error.
pub(in crate::aws) fn credentials_error(call: Call, error: &CredentialsError) -> AwsError {
    let message = scrub(&chain(error));
    let kind = match error {
        CredentialsError::CredentialsNotLoaded(_) => AwsErrorKind::CredentialsMissing,
        CredentialsError::ProviderTimedOut(_) => AwsErrorKind::Timeout,
        // The last place where credentials are looked for: there are none in the others.
        _ if message.contains("IMDS") => AwsErrorKind::CredentialsMissing,
        _ if is_signed_out(&message) => AwsErrorKind::CredentialsExpired,
        _ => AwsErrorKind::CredentialsInvalid,
    };
    AwsError::local(kind, call, message)
}

/// Whether a session has ended, or was never begun on this machine: the files of `aws login` and `aws sso login` lie in these
/// folders.
fn is_signed_out(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["expired", "/login/cache/", "/sso/cache/"]
        .iter()
        .any(|sign| message.contains(sign))
}

fn kind_of_transport<E, R>(error: &SdkError<E, R>) -> AwsErrorKind
where
    E: Error + 'static,
    R: std::fmt::Debug + 'static,
{
    match error {
        SdkError::TimeoutError(_) => AwsErrorKind::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_timeout() || broke_off(error) => {
            AwsErrorKind::Timeout
        }
        // Closed between request and answer; the SDK knows no kind of its own for that.
        SdkError::DispatchFailure(failure) if failure.as_other().is_some() => AwsErrorKind::Timeout,
        SdkError::DispatchFailure(_) if chain(error).contains("invalid peer certificate") => {
            AwsErrorKind::EndpointUntrusted
        }
        SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_user() => {
            AwsErrorKind::EndpointUnreachable
        }
        SdkError::ConstructionFailure(_) => AwsErrorKind::InvalidParameter,
        SdkError::ResponseError(_) => AwsErrorKind::Server,
        _ => AwsErrorKind::Other,
    }
}

/// Whether the connection stood already when it ended: the request may have arrived.
fn broke_off(error: &(dyn Error + 'static)) -> bool {
    use std::io::ErrorKind as Io;
    find_source::<std::io::Error>(error).is_some_and(|cause| {
        matches!(
            cause.kind(),
            Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::UnexpectedEof
        )
    })
}

/// The kind that the answer of a service stands for.
pub(super) fn kind_of_answer(call: Call, code: &str, message: Option<&str>, status: u16) -> AwsErrorKind {
    kind_by_service(call, code, message.unwrap_or_default()).unwrap_or_else(|| kind_of_code(code, status))
}

/// The kind that an AWS error code stands for in any service, with the HTTP status where the code is unknown.
fn kind_of_code(code: &str, status: u16) -> AwsErrorKind {
    use AwsErrorKind as Kind;
    match code {
        "RequestLimitExceeded"
        | "EC2ThrottledException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "BandwidthLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException" => Kind::Throttled,
        "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" | "OptInRequired" => {
            Kind::AccessDenied
        }
        "AuthFailure"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "InvalidAccessKeyId" => Kind::CredentialsInvalid,
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            Kind::CredentialsExpired
        }
        "InternalError" | "InternalFailure" | "ServiceUnavailable" | "Unavailable" | "ServerException" => {
            Kind::Server
        }
        "RequestTimeout" | "RequestTimeoutException" => Kind::Timeout,
        other => kind_of_pattern(other, status),
    }
}

/// EC2 has hundreds of codes; their endings say what they mean.
fn kind_of_pattern(code: &str, status: u16) -> AwsErrorKind {
    use AwsErrorKind as Kind;
    let is = |part: &str| code.contains(part);
    if is("Throttl") || status == 429 {
        Kind::Throttled
    } else if is("NotFound") {
        Kind::NotFound
    } else if is("AlreadyExists") || is("Duplicate") {
        Kind::AlreadyExists
    } else if is("LimitExceeded") || is("QuotaExceeded") {
        Kind::LimitExceeded
    } else if status >= 500 {
        Kind::Server
    } else if [
        "Invalid",
        "Missing",
        "Unknown",
        "Unsupported",
        "Validation",
        "Malformed",
    ]
    .iter()
    .any(|start| code.starts_with(start))
    {
        Kind::InvalidParameter
    } else if matches!(status, 401 | 403) {
        Kind::AccessDenied
    } else {
        Kind::Other
    }
}

/// A wrong signature is answered with the whole canonical request, which is long and not for
/// everyone's eyes: only the first sentence is kept.
fn service_message(message: Option<&str>, status: u16) -> Box<str> {
    let message = message.unwrap_or_default();
    let first = message
        .split("The Canonical String")
        .next()
        .unwrap_or(message)
        .trim();
    if first.is_empty() {
        return format!("HTTP status {status} without a message").into();
    }
    scrub(first).into()
}

fn transport_message<E, R>(error: &SdkError<E, R>) -> String
where
    E: Error + 'static,
    R: std::fmt::Debug,
{
    scrub(&chain(error))
}

fn find_source<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        next = current.source();
    }
    None
}

/// All causes, outermost first, each said once.
pub(crate) fn chain(error: &(dyn Error + '_)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}
