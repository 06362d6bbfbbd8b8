//! Managed resources.
//!
//! A value of ours that does not fit its type is a finding, and what does fit is sent all the same: an object that
//! exists must reach the state, see `apply`.

use std::sync::Arc;

use super::answer::Answer;
use super::diagnostics::{client_capabilities, path_to_proto};
use super::value::{read_identity, write_identity, write_partly};
use super::{Shared, pb, value};
use crate::diag::{Diagnostic, Diagnostics};
use crate::rpc::{ApplyRequest, ImportRequest, MoveRequest, PlanRequest, ReadRequest};
use crate::schema::ObjectKind;
use crate::ty::Type;
use crate::value::Value;

impl Shared {
    /// Types of the object and of its identity.
    pub(super) fn resource_types(&self, type_name: &str) -> Result<(&Type, Option<&Type>), Diagnostics> {
        Ok((
            self.object_type(ObjectKind::Resource, type_name)?,
            self.types.identity(self.provider.schemas(), type_name),
        ))
    }
}

pub(super) async fn validate(
    shared: Arc<Shared>,
    request: pb::validate_resource_config::Request,
) -> Result<pb::validate_resource_config::Response, Diagnostics> {
    let (ty, _) = shared.resource_types(&request.type_name)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let capabilities = client_capabilities(request.client_capabilities);
    let mut answer = pb::validate_resource_config::Response::default();
    answer.add(
        &shared
            .provider
            .validate_resource(&request.type_name, &config, capabilities),
    );
    Ok(answer)
}

pub(super) async fn upgrade_state(
    shared: Arc<Shared>,
    request: pb::upgrade_resource_state::Request,
) -> Result<pb::upgrade_resource_state::Response, Diagnostics> {
    let (ty, _) = shared.resource_types(&request.type_name)?;
    let json = stored_json(request.raw_state.as_ref())?;
    let outcome = shared
        .provider
        .upgrade_state(&request.type_name, request.version, json);
    let mut findings = outcome.diagnostics;
    let upgraded_state = outcome
        .value
        .and_then(|state| write_partly(&state, ty, &mut findings));
    let mut answer = pb::upgrade_resource_state::Response {
        upgraded_state,
        ..Default::default()
    };
    answer.add(&findings);
    Ok(answer)
}

pub(super) async fn upgrade_identity(
    shared: Arc<Shared>,
    request: pb::upgrade_resource_identity::Request,
) -> Result<pb::upgrade_resource_identity::Response, Diagnostics> {
    let (_, identity_ty) = shared.resource_types(&request.type_name)?;
    let json = stored_json(request.raw_identity.as_ref())?;
    let outcome = shared
        .provider
        .upgrade_identity(&request.type_name, request.version, json);
    let mut findings = outcome.diagnostics;
    let upgraded_identity = write_identity(outcome.value.as_ref(), identity_ty, &mut findings);
    let mut answer = pb::upgrade_resource_identity::Response {
        upgraded_identity,
        ..Default::default()
    };
    answer.add(&findings);
    Ok(answer)
}

/// The JSON of a stored object.
fn stored_json(stored: Option<&pb::RawState>) -> Result<&[u8], Diagnostics> {
    match stored {
        Some(stored) if !stored.json.is_empty() => Ok(&stored.json),
        Some(stored) if !stored.flatmap.is_empty() => Err(Diagnostic::error(
            "State of an old form",
            "The object was stored by Terraform before 0.12, in a form that this provider never wrote. Remove it \
             from the state and import it again.",
        )
        .into()),
        _ => Err(Diagnostic::error("Empty state", "The host sent no stored object to upgrade.").into()),
    }
}

pub(super) async fn read(
    shared: Arc<Shared>,
    request: pb::read_resource::Request,
) -> Result<pb::read_resource::Response, Diagnostics> {
    let (ty, identity_ty) = shared.resource_types(&request.type_name)?;
    let cx = shared.context(request.client_capabilities);
    let neutral = ReadRequest {
        state: value::read(request.current_state.as_ref(), ty)?,
        identity: read_identity(request.current_identity.as_ref(), identity_ty)?,
        type_name: request.type_name,
        private: request.private,
    };
    let response = shared.provider.read(&cx, neutral).await;
    let mut findings = response.diagnostics;
    let mut answer = pb::read_resource::Response {
        new_state: write_partly(&response.state, ty, &mut findings),
        private: response.private,
        new_identity: write_identity(response.identity.as_ref(), identity_ty, &mut findings),
        ..Default::default()
    };
    answer.add(&findings);
    Ok(answer)
}

pub(super) async fn plan(
    shared: Arc<Shared>,
    request: pb::plan_resource_change::Request,
) -> Result<pb::plan_resource_change::Response, Diagnostics> {
    let (ty, identity_ty) = shared.resource_types(&request.type_name)?;
    let cx = shared.context(request.client_capabilities);
    let neutral = PlanRequest {
        prior: value::read(request.prior_state.as_ref(), ty)?,
        proposed: value::read(request.proposed_new_state.as_ref(), ty)?,
        config: value::read(request.config.as_ref(), ty)?,
        identity: read_identity(request.prior_identity.as_ref(), identity_ty)?,
        type_name: request.type_name,
        private: first_filled(request.planned_private, request.prior_private),
    };
    let response = shared.provider.plan(&cx, neutral).await;
    let mut findings = response.diagnostics;
    let mut answer = pb::plan_resource_change::Response {
        planned_state: write_partly(&response.planned, ty, &mut findings),
        requires_replace: response.requires_replace.iter().map(path_to_proto).collect(),
        planned_private: response.private,
        planned_identity: write_identity(response.identity.as_ref(), identity_ty, &mut findings),
        ..Default::default()
    };
    answer.add(&findings);
    Ok(answer)
}

fn first_filled(first: Vec<u8>, second: Vec<u8>) -> Vec<u8> {
    if first.is_empty() { second } else { first }
}

pub(super) async fn apply(
    shared: Arc<Shared>,
    request: pb::apply_resource_change::Request,
) -> Result<pb::apply_resource_change::Response, Diagnostics> {
    let (ty, identity_ty) = shared.resource_types(&request.type_name)?;
    // This request alone does not say what the host can do.
    let cx = shared.context(None);
    let neutral = ApplyRequest {
        prior: value::read(request.prior_state.as_ref(), ty)?,
        planned: value::read(request.planned_state.as_ref(), ty)?,
        config: value::read(request.config.as_ref(), ty)?,
        identity: read_identity(request.planned_identity.as_ref(), identity_ty)?,
        type_name: request.type_name,
        private: request.planned_private,
    };
    let response = shared.provider.apply(&cx, neutral).await;
    let mut findings = response.diagnostics;
    let mut answer = pb::apply_resource_change::Response {
        new_state: write_partly(&response.state, ty, &mut findings),
        private: response.private,
        new_identity: write_identity(response.identity.as_ref(), identity_ty, &mut findings),
        ..Default::default()
    };
    answer.add(&findings);
    Ok(answer)
}

pub(super) async fn import(
    shared: Arc<Shared>,
    request: pb::import_resource_state::Request,
) -> Result<pb::import_resource_state::Response, Diagnostics> {
    let (ty, identity_ty) = shared.resource_types(&request.type_name)?;
    let cx = shared.context(request.client_capabilities);
    let type_name = request.type_name;
    let neutral = ImportRequest {
        type_name: type_name.clone(),
        id: request.id,
        identity: read_identity(request.identity.as_ref(), identity_ty)?,
    };
    let response = shared.provider.import(&cx, neutral).await;
    let mut findings = response.diagnostics;
    let imported = pb::import_resource_state::ImportedResource {
        type_name,
        state: write_partly(&response.state, ty, &mut findings),
        private: response.private,
        identity: write_identity(response.identity.as_ref(), identity_ty, &mut findings),
    };
    let mut answer = pb::import_resource_state::Response::default();
    if !findings.has_errors() {
        answer.imported_resources.push(imported);
    }
    answer.add(&findings);
    Ok(answer)
}

pub(super) async fn move_state(
    shared: Arc<Shared>,
    request: pb::move_resource_state::Request,
) -> Result<pb::move_resource_state::Response, Diagnostics> {
    let (ty, identity_ty) = shared.resource_types(&request.target_type_name)?;
    let source_json = stored_json(request.source_state.as_ref())?.to_vec();
    let neutral = MoveRequest {
        source_provider: request.source_provider_address,
        source_type: request.source_type_name,
        source_version: request.source_schema_version,
        source_json,
        source_private: request.source_private,
        source_identity_json: request
            .source_identity
            .map(|stored| stored.json)
            .unwrap_or_default(),
        target_type: request.target_type_name,
    };
    let response = shared.provider.move_state(&shared.context(None), neutral).await;
    let mut findings = response.diagnostics;
    let moved = (response.state != Value::Null).then_some(&response.state);
    let mut answer = pb::move_resource_state::Response {
        target_state: moved.and_then(|state| write_partly(state, ty, &mut findings)),
        target_private: response.private,
        target_identity: write_identity(response.identity.as_ref(), identity_ty, &mut findings),
        ..Default::default()
    };
    answer.add(&findings);
    Ok(answer)
}
