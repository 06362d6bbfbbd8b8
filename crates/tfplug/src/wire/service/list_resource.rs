//! List resources.

use std::sync::Arc;

use super::answer::Answer;
use super::diagnostics::to_proto;
use super::stream::{Event, Outlet};
use super::value::{write_identity, write_partly};
use super::{Shared, pb, value};
use crate::diag::Diagnostics;
use crate::rpc::{ClientCapabilities, ListEvent, ListRequest};
use crate::schema::ObjectKind;
use crate::ty::Type;

impl Event for pb::list_resource::Event {
    fn last(findings: &Diagnostics) -> Option<Self> {
        (!findings.is_empty()).then(|| Self {
            diagnostic: findings.iter().map(to_proto).collect(),
            ..Self::default()
        })
    }
}

pub(super) async fn validate(
    shared: Arc<Shared>,
    request: pb::validate_list_resource_config::Request,
) -> Result<pb::validate_list_resource_config::Response, Diagnostics> {
    let ty = shared.object_type(ObjectKind::ListResource, &request.type_name)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let mut answer = pb::validate_list_resource_config::Response::default();
    answer.add(
        &shared
            .provider
            .validate_list_resource(&request.type_name, &config),
    );
    Ok(answer)
}

pub(super) async fn list(
    shared: Arc<Shared>,
    request: pb::list_resource::Request,
    outlet: Arc<Outlet<pb::list_resource::Event>>,
) -> Result<Diagnostics, Diagnostics> {
    let config_ty = shared.object_type(ObjectKind::ListResource, &request.type_name)?;
    let (ty, identity_ty) = shared.resource_types(&request.type_name)?;
    let neutral = ListRequest {
        config: value::read(request.config.as_ref(), config_ty)?,
        type_name: request.type_name,
        include_resource: request.include_resource_object,
        // A host that names no limit sends 0; one that wants no results does not call.
        limit: u64::try_from(request.limit).ok().filter(|limit| *limit > 0),
    };
    let results = outlet.of(|found| event(found, ty, identity_ty));
    let cx = outlet.context(ClientCapabilities::default());
    Ok(shared.provider.list(&cx, neutral, &results).await)
}

fn event(found: ListEvent, ty: &Type, identity_ty: Option<&Type>) -> pb::list_resource::Event {
    let mut findings = found.diagnostics;
    let identity = write_identity(found.identity.as_ref(), identity_ty, &mut findings);
    let resource_object = found
        .resource
        .and_then(|resource| write_partly(&resource, ty, &mut findings));
    pb::list_resource::Event {
        identity,
        display_name: found.display_name,
        resource_object,
        diagnostic: findings.iter().map(to_proto).collect(),
    }
}
