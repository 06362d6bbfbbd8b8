//! PlanResourceChange.

use super::{ResourceSchemas, guarded, identity_of};
use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::{draft, moved, refine, replace, validate};
use crate::oracle::resolve;
use crate::path::{Path, Step};
use crate::resource::{RawPlan, RawResource};
use crate::rpc::{PlanRequest, PlanResponse};
use crate::value::Value;

/// Plans a create, update or delete.
pub async fn plan<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    cx: &Context<P>,
    request: PlanRequest,
) -> PlanResponse {
    let mut response = if moved::is_unread(&request.private) {
        refused(&request, moved::not_read(resource.type_name()).into())
    } else if request.config.is_null() || request.proposed.is_null() {
        plan_delete(resource, cx, &request).await
    } else {
        plan_change(resource, schemas, cx, &request).await
    };
    response.diagnostics.extend(cx.take_findings());
    response
}

async fn plan_delete<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    cx: &Context<P>,
    request: &PlanRequest,
) -> PlanResponse {
    let result = match request.prior.is_null() {
        true => Ok(()),
        false => guarded(resource.plan_delete(cx, &request.prior)).await,
    };
    PlanResponse {
        planned: Value::Null,
        requires_replace: Vec::new(),
        private: request.private.clone(),
        identity: request.identity.clone(),
        diagnostics: result.err().unwrap_or_default(),
    }
}

async fn plan_change<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    cx: &Context<P>,
    request: &PlanRequest,
) -> PlanResponse {
    let schema = &schemas.object;
    let mut diagnostics = Diagnostics::new();
    validate::validate_required(schema, &request.config, &mut diagnostics);
    validate::validate_references(schema, &request.config, &mut diagnostics);
    if diagnostics.has_errors() {
        return refused(request, diagnostics);
    }
    let drafted = draft::draft(schema, &request.prior, &request.config);
    let mut hook = RawPlan {
        config: request.config.clone(),
        prior: request.prior.clone(),
        planned: drafted.clone(),
        private: request.private.clone(),
        requires_replace: Vec::new(),
        replaced_by_schema: !all_replacements(schemas, request, &drafted, Vec::new()).is_empty(),
    };
    let planned = match guarded(resource.plan(cx, &mut hook)).await {
        Ok(()) => refine::refine(schema, &drafted, &hook.planned, &request.config, &mut diagnostics),
        Err(findings) => {
            diagnostics.extend(findings);
            drafted
        }
    };
    let own = placed(request, &planned, hook.requires_replace, &mut diagnostics);
    let requires_replace = all_replacements(schemas, request, &planned, own);
    PlanResponse {
        identity: identity(resource, schemas, request, &planned, &mut diagnostics),
        planned,
        requires_replace,
        private: hook.private,
        diagnostics,
    }
}

/// No plan: nothing of the proposal is carried out.
fn refused(request: &PlanRequest, diagnostics: Diagnostics) -> PlanResponse {
    PlanResponse {
        planned: request.proposed.clone(),
        requires_replace: Vec::new(),
        private: request.private.clone(),
        identity: request.identity.clone(),
        diagnostics,
    }
}

/// The resource's own replacements. A path must lead somewhere, and cannot lead into a set; one that leads nowhere
/// is a bug of the resource.
fn placed(request: &PlanRequest, planned: &Value, own: Vec<Path>, diags: &mut Diagnostics) -> Vec<Path> {
    let mut found = Vec::new();
    for path in own.iter().map(up_to_set) {
        let exists = |object| resolve(object, &path).is_some();
        if request.prior.is_null() || exists(&request.prior) || exists(planned) {
            found.push(path);
        } else {
            diags.push(Diagnostic::bug(format!(
                "The plan replaces the object for {path}, which does not exist."
            )));
        }
    }
    found
}

/// The schema's replacements and the resource's own.
fn all_replacements(
    schemas: &ResourceSchemas,
    request: &PlanRequest,
    planned: &Value,
    own: Vec<Path>,
) -> Vec<Path> {
    if request.prior.is_null() {
        return Vec::new();
    }
    let mut paths = replace::replace_paths(&schemas.object, &request.prior, planned, &request.config);
    paths.extend(own);
    paths.sort();
    paths.dedup();
    paths
}

fn up_to_set(path: &Path) -> Path {
    Path::from_steps(
        path.steps()
            .iter()
            .take_while(|s| !matches!(s, Step::Element(_)))
            .cloned(),
    )
}

/// An identity lasts as long as its object. It is planned only where it is stored already or a new object comes, and
/// only if it is known: OpenTofu 1.12 fails to write a plan with an unknown one ("value is not known").
fn identity<P: Send + Sync>(
    resource: &dyn RawResource<P>,
    schemas: &ResourceSchemas,
    request: &PlanRequest,
    planned: &Value,
    diags: &mut Diagnostics,
) -> Option<Value> {
    schemas.identity.as_ref()?;
    match &request.identity {
        Some(stored) if !request.prior.is_null() && !stored.is_null() => Some(stored.clone()),
        _ if request.prior.is_null() => {
            identity_of(resource, schemas, planned, diags).filter(Value::is_wholly_known)
        }
        _ => identity_of(resource, schemas, &request.prior, diags).filter(Value::is_wholly_known),
    }
}
