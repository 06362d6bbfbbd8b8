//! Diff: a plan against what is stored.

use super::detailed::{Planned, detailed, stables};
use super::inputs::Inputs;
use super::stored::Stored;
use super::{Adapter, Call, CallError};
use crate::names::Place;
use crate::wire::r#gen::pulumirpc::diff_response::DiffChanges;
use crate::wire::r#gen::pulumirpc::{DiffRequest, DiffResponse};

impl Adapter {
    /// Says what an update would change, and whether it needs a new object. A value that is not known yet counts as
    /// changed, so that it replaces the object where a change of it would.
    ///
    /// # Errors
    /// When the plan cannot be made.
    pub async fn diff(&self, call: &Call, request: DiffRequest) -> Result<DiffResponse, CallError> {
        let declared = self.declared(&request.r#type, &request.urn)?;
        let stored = Stored::read(&self.provider, declared, &request.id, request.olds.as_ref())?;
        let stored = self.as_it_is(call, declared, &request.urn, stored).await;
        let inputs = Inputs::read(declared, request.news.as_ref())?;
        let plan = self
            .plan(call, declared, &request.urn, &stored, &inputs.config)
            .await?;
        let found = detailed(&Planned {
            schema: declared.schema,
            place: Place::Resource,
            prior: &stored.state,
            planned: &plan.planned,
            config: &inputs.config,
            replaced: &plan.requires_replace,
        });
        let replaces = !found.replaces.is_empty();
        let keeps_name = declared.keeps_name(&stored.state, &plan.planned, &inputs);
        let changes = match found.entries.is_empty() {
            true => DiffChanges::DiffNone,
            false => DiffChanges::DiffSome,
        };
        Ok(DiffResponse {
            changes: changes.into(),
            replaces: found.replaces.into_iter().collect(),
            diffs: found.diffs.into_iter().collect(),
            detailed_diff: found.entries,
            has_detailed_diff: true,
            delete_before_replace: replaces && keeps_name,
            stables: if replaces {
                Vec::new()
            } else {
                stables(declared.schema)
            },
        })
    }
}
