//! Actions.

use std::sync::Arc;

use pb::invoke_action::Event as InvokeEvent;
use pb::invoke_action::event::{Completed, Progress, Type as EventType};

use super::answer::Answer;
use super::diagnostics::{client_capabilities, to_proto};
use super::stream::{Event, Outlet};
use super::{Shared, pb, value};
use crate::diag::Diagnostics;
use crate::rpc::ActionRequest;
use crate::schema::ObjectKind;

/// Without this one, a host would not know whether the action succeeded.
impl Event for InvokeEvent {
    fn last(findings: &Diagnostics) -> Option<Self> {
        let diagnostics = findings.iter().map(to_proto).collect();
        Some(Self {
            r#type: Some(EventType::Completed(Completed { diagnostics })),
        })
    }
}

pub(super) async fn validate(
    shared: Arc<Shared>,
    request: pb::validate_action_config::Request,
) -> Result<pb::validate_action_config::Response, Diagnostics> {
    let ty = shared.object_type(ObjectKind::Action, &request.type_name)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let mut answer = pb::validate_action_config::Response::default();
    answer.add(&shared.provider.validate_action(&request.type_name, &config));
    Ok(answer)
}

pub(super) async fn plan(
    shared: Arc<Shared>,
    request: pb::plan_action::Request,
) -> Result<pb::plan_action::Response, Diagnostics> {
    let ty = shared.object_type(ObjectKind::Action, &request.action_type)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let cx = shared.context(request.client_capabilities);
    let neutral = ActionRequest::new(request.action_type, config);
    let mut answer = pb::plan_action::Response::default();
    answer.add(&shared.provider.plan_action(&cx, neutral).await);
    Ok(answer)
}

pub(super) async fn invoke(
    shared: Arc<Shared>,
    request: pb::invoke_action::Request,
    outlet: Arc<Outlet<InvokeEvent>>,
) -> Result<Diagnostics, Diagnostics> {
    let ty = shared.object_type(ObjectKind::Action, &request.action_type)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let cx = outlet.context(client_capabilities(request.client_capabilities));
    let neutral = ActionRequest::new(request.action_type, config);
    let progress = outlet.of(progress);
    Ok(shared.provider.invoke_action(&cx, neutral, &progress).await)
}

fn progress(message: String) -> InvokeEvent {
    InvokeEvent {
        r#type: Some(EventType::Progress(Progress { message })),
    }
}
