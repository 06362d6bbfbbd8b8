//! Why a call has no result, and what that says of the object.

use prost::Message;
use prost_types::Any;
use tonic::{Code, Status};

use crate::wire::r#gen::google_rpc::Status as RpcStatus;
use crate::wire::r#gen::pulumirpc::configure_error_missing_keys::MissingKey;
use crate::wire::r#gen::pulumirpc::input_properties_error::PropertyError;
use crate::wire::r#gen::pulumirpc::{
    CheckFailure, ConfigureErrorMissingKeys, ErrorResourceInitFailed, InputPropertiesError,
};

/// Why a call failed. Pulumi takes the codes INTERNAL, DATA_LOSS and UNKNOWN for "who knows what exists now", and all
/// others for "nothing happened" (`pkg/resource/plugin/provider_plugin.go`), so each of these has a code that says what
/// is true.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The request makes no sense; nothing happened.
    #[error("{0}")]
    Invalid(String),
    /// It cannot be done; nothing happened.
    #[error("{0}")]
    Refused(String),
    /// The user interrupted before anything happened.
    #[error("{0}")]
    Cancelled(String),
    /// Something exists, or was changed, and the rest failed.
    #[error("{message}")]
    Partial {
        /// What went wrong.
        message: String,
        /// What exists.
        left: Box<ErrorResourceInitFailed>,
    },
    /// A component is given what makes no sense; nothing is registered.
    #[error("{message}")]
    WrongInputs {
        /// What is wrong beside the faults.
        message: String,
        /// What is wrong, each at its property.
        faults: Vec<CheckFailure>,
    },
    /// The provider block lacks required properties.
    #[error("{message}")]
    MissingKeys {
        /// What is missing.
        message: String,
        /// The properties, each with its description.
        keys: Vec<(String, String)>,
    },
    /// This provider does not have it.
    #[error("{0}")]
    Unimplemented(String),
}

impl CallError {
    fn code(&self) -> Code {
        match self {
            Self::Invalid(_) | Self::MissingKeys { .. } | Self::WrongInputs { .. } => Code::InvalidArgument,
            Self::Refused(_) => Code::FailedPrecondition,
            Self::Cancelled(_) => Code::Cancelled,
            Self::Partial { .. } => Code::Unknown,
            Self::Unimplemented(_) => Code::Unimplemented,
        }
    }

    fn detail(&self) -> Option<Any> {
        match self {
            Self::Partial { left, .. } => Some(any("ErrorResourceInitFailed", left.as_ref())),
            Self::MissingKeys { keys, .. } => {
                let key = |(name, description): &(String, String)| MissingKey {
                    name: name.clone(),
                    description: description.clone(),
                };
                let missing_keys = keys.iter().map(key).collect();
                Some(any(
                    "ConfigureErrorMissingKeys",
                    &ConfigureErrorMissingKeys { missing_keys },
                ))
            }
            Self::WrongInputs { faults, .. } => {
                let error = |fault: &CheckFailure| PropertyError {
                    property_path: fault.property.clone(),
                    reason: fault.reason.clone(),
                };
                let errors = faults.iter().map(error).collect();
                Some(any("InputPropertiesError", &InputPropertiesError { errors }))
            }
            _ => None,
        }
    }
}

fn any(name: &str, message: &impl Message) -> Any {
    Any {
        type_url: format!("type.googleapis.com/pulumirpc.{name}"),
        value: message.encode_to_vec(),
    }
}

impl From<CallError> for Status {
    fn from(error: CallError) -> Self {
        let (code, message) = (error.code(), error.to_string());
        let Some(detail) = error.detail() else {
            return Status::new(code, message);
        };
        let details = RpcStatus {
            code: code.into(),
            message: message.clone(),
            details: vec![detail],
        };
        Status::with_details(code, message, details.encode_to_vec().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exists_is_in_the_details() {
        let left = ErrorResourceInitFailed {
            id: "x-1".to_owned(),
            ..ErrorResourceInitFailed::default()
        };
        let message = "half".to_owned();
        let status = Status::from(CallError::Partial {
            message,
            left: Box::new(left.clone()),
        });
        assert_eq!(status.code(), Code::Unknown);
        let details = RpcStatus::decode(status.details()).unwrap();
        assert_eq!(details.message, "half");
        assert_eq!(
            details.details[0].type_url,
            "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"
        );
        assert_eq!(
            ErrorResourceInitFailed::decode(&*details.details[0].value).unwrap(),
            left
        );
    }

    #[test]
    fn a_clean_failure_says_so() {
        for error in [
            CallError::Invalid(String::new()),
            CallError::Refused(String::new()),
            CallError::Cancelled(String::new()),
        ] {
            let code = Status::from(error).code();
            assert!(
                !matches!(code, Code::Unknown | Code::Internal | Code::DataLoss),
                "{code:?}"
            );
        }
    }
}
