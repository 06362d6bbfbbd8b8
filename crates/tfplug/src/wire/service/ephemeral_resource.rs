//! Ephemeral resources.

use std::sync::Arc;

use super::answer::Answer;
use super::{Shared, pb, value};
use crate::diag::Diagnostics;
use crate::rpc::{CloseRequest, Deferral, OpenRequest, RenewRequest};
use crate::schema::ObjectKind;
use crate::value::Value;

pub(super) async fn validate(
    shared: Arc<Shared>,
    request: pb::validate_ephemeral_resource_config::Request,
) -> Result<pb::validate_ephemeral_resource_config::Response, Diagnostics> {
    let ty = shared.object_type(ObjectKind::EphemeralResource, &request.type_name)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let mut answer = pb::validate_ephemeral_resource_config::Response::default();
    answer.add(
        &shared
            .provider
            .validate_ephemeral_resource(&request.type_name, &config),
    );
    Ok(answer)
}

pub(super) async fn open(
    shared: Arc<Shared>,
    request: pb::open_ephemeral_resource::Request,
) -> Result<pb::open_ephemeral_resource::Response, Diagnostics> {
    let ty = shared.object_type(ObjectKind::EphemeralResource, &request.type_name)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let cx = shared.context(request.client_capabilities);
    let neutral = OpenRequest::new(request.type_name, config);
    let opened = shared.provider.open(&cx, neutral).await;
    let mut answer = pb::open_ephemeral_resource::Response {
        renew_at: opened.renew_at.map(Into::into),
        private: filled(opened.private),
        deferred: opened.deferred.map(deferred),
        ..Default::default()
    };
    answer.add(&opened.diagnostics);
    match value::write(opened.result.as_ref().unwrap_or(&Value::Null), ty) {
        Ok(result) => answer.result = result,
        Err(faults) => answer.add(&faults),
    }
    Ok(answer)
}

pub(super) async fn renew(
    shared: Arc<Shared>,
    request: pb::renew_ephemeral_resource::Request,
) -> Result<pb::renew_ephemeral_resource::Response, Diagnostics> {
    let private = request.private.unwrap_or_default();
    let neutral = RenewRequest::new(request.type_name, private);
    // This request does not say what the host can do, and neither does that of a close.
    let renewed = shared.provider.renew(&shared.context(None), neutral).await;
    let mut answer = pb::renew_ephemeral_resource::Response {
        renew_at: renewed.renew_at.map(Into::into),
        private: filled(renewed.private),
        ..Default::default()
    };
    answer.add(&renewed.diagnostics);
    Ok(answer)
}

pub(super) async fn close(
    shared: Arc<Shared>,
    request: pb::close_ephemeral_resource::Request,
) -> Result<pb::close_ephemeral_resource::Response, Diagnostics> {
    let private = request.private.unwrap_or_default();
    let neutral = CloseRequest::new(request.type_name, private);
    let mut answer = pb::close_ephemeral_resource::Response::default();
    answer.add(&shared.provider.close(&shared.context(None), neutral).await);
    Ok(answer)
}

fn filled(private: Vec<u8>) -> Option<Vec<u8>> {
    (!private.is_empty()).then_some(private)
}

fn deferred(why: Deferral) -> pb::Deferred {
    let reason = match why {
        Deferral::ResourceConfigUnknown => pb::deferred::Reason::ResourceConfigUnknown,
    };
    pb::Deferred {
        reason: reason.into(),
    }
}
