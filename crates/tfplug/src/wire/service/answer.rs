//! What every answer has: room for findings, and a form of it that a request already implies.

use super::diagnostics::to_proto;
use super::value::null;
use crate::diag::{Diagnostics, Severity};
use crate::wire::r#gen::tfplugin6 as pb;

/// An answer that can carry findings.
pub(super) trait Answer: Send + 'static {
    /// Adds findings.
    fn add(&mut self, findings: &Diagnostics);
}

/// A request from which an answer can be made without any work, for when the work fails.
pub(super) trait Echo<A> {
    /// The answer that changes nothing: objects, identities and private bytes are those of the request.
    fn echo(&self) -> A;
}

macro_rules! answers_with_diagnostics {
    ($($call:ident),* $(,)?) => {$(
        impl Answer for pb::$call::Response {
            fn add(&mut self, findings: &Diagnostics) {
                self.diagnostics.extend(findings.iter().map(to_proto));
            }
        }
    )*};
}

answers_with_diagnostics!(
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    get_functions,
    validate_provider_config,
    configure_provider,
    validate_resource_config,
    upgrade_resource_state,
    upgrade_resource_identity,
    read_resource,
    plan_resource_change,
    apply_resource_change,
    import_resource_state,
    move_resource_state,
    validate_data_resource_config,
    read_data_source,
    validate_ephemeral_resource_config,
    open_ephemeral_resource,
    renew_ephemeral_resource,
    close_ephemeral_resource,
    validate_list_resource_config,
    validate_action_config,
    plan_action,
);

impl Answer for pb::call_function::Response {
    fn add(&mut self, findings: &Diagnostics) {
        let errors = findings.iter().filter(|f| f.severity == Severity::Error);
        let text = errors
            .map(|f| format!("{}: {}", f.summary, f.detail))
            .collect::<Vec<_>>()
            .join("\n\n");
        self.error = Some(pb::FunctionError {
            text,
            function_argument: None,
        });
    }
}

/// Answers that hold nothing which the host could lose.
impl<A: Default> Echo<A> for () {
    fn echo(&self) -> A {
        A::default()
    }
}

macro_rules! echoes_nothing {
    ($($call:ident),* $(,)?) => {$(
        impl Echo<pb::$call::Response> for pb::$call::Request {
            fn echo(&self) -> pb::$call::Response {
                pb::$call::Response::default()
            }
        }
    )*};
}

echoes_nothing!(
    validate_provider_config,
    configure_provider,
    validate_resource_config,
    upgrade_resource_state,
    upgrade_resource_identity,
    import_resource_state,
    move_resource_state,
    validate_data_resource_config,
    read_data_source,
    validate_ephemeral_resource_config,
    open_ephemeral_resource,
    close_ephemeral_resource,
    validate_list_resource_config,
    validate_action_config,
    plan_action,
    call_function,
);

impl Echo<pb::read_resource::Response> for pb::read_resource::Request {
    fn echo(&self) -> pb::read_resource::Response {
        pb::read_resource::Response {
            new_state: self.current_state.clone(),
            private: self.private.clone(),
            new_identity: self.current_identity.clone(),
            ..Default::default()
        }
    }
}

impl Echo<pb::plan_resource_change::Response> for pb::plan_resource_change::Request {
    fn echo(&self) -> pb::plan_resource_change::Response {
        pb::plan_resource_change::Response {
            planned_state: self.prior_state.clone().or_else(|| Some(null())),
            planned_private: self.prior_private.clone(),
            planned_identity: self.prior_identity.clone(),
            ..Default::default()
        }
    }
}

impl Echo<pb::apply_resource_change::Response> for pb::apply_resource_change::Request {
    fn echo(&self) -> pb::apply_resource_change::Response {
        pb::apply_resource_change::Response {
            new_state: self.prior_state.clone().or_else(|| Some(null())),
            private: self.planned_private.clone(),
            new_identity: self.planned_identity.clone(),
            ..Default::default()
        }
    }
}

impl Echo<pb::renew_ephemeral_resource::Response> for pb::renew_ephemeral_resource::Request {
    fn echo(&self) -> pb::renew_ephemeral_resource::Response {
        pb::renew_ephemeral_resource::Response {
            private: self.private.clone(),
            ..Default::default()
        }
    }
}
