//! Update: a plan for the object as it is, and its apply.

use tfplug::unstable::oracle::effective_replacements;
use tfplug::unstable::rpc::ReadRequest as Look;

use super::create::Change;
use super::inputs::Inputs;
use super::stored::Stored;
use super::{Adapter, Call, CallError, Declared, place_of};
use crate::wire::r#gen::pulumirpc::{UpdateRequest, UpdateResponse};

impl Adapter {
    /// Changes an object; as a preview, says what it would be.
    ///
    /// # Errors
    /// When it could not be changed, or not wholly: then the error says what it is now.
    pub async fn update(&self, call: &Call, request: UpdateRequest) -> Result<UpdateResponse, CallError> {
        let declared = self.declared(&request.r#type, &request.urn)?;
        let stored = Stored::read(&self.provider, declared, &request.id, request.olds.as_ref())?;
        let inputs = Inputs::read(declared, request.news.as_ref())?;
        let before = match request.preview || !stored.partial {
            true => stored,
            // Only a look says how far the change that failed has come.
            false => self.look(call, declared, &request.urn, stored).await?,
        };
        let change = Change {
            declared,
            urn: &request.urn,
            before: &before,
            inputs: &inputs,
            timeout: ("update", request.timeout),
            news: request.news,
        };
        let properties = match request.preview {
            true => self.preview(call, &change).await?,
            false => {
                let changed = self.updated(call, &change).await?;
                self.written(declared, &changed, &inputs.secrets)
            }
        };
        Ok(UpdateResponse {
            properties: Some(properties),
            refresh_before_update: false,
        })
    }

    /// Changes an object, unless nothing is to be done.
    async fn updated(&self, call: &Call, change: &Change<'_>) -> Result<Stored, CallError> {
        let Change { declared, before, .. } = *change;
        let plan = self
            .plan(call, declared, change.urn, before, &change.inputs.config)
            .await?;
        if plan.planned == before.state {
            return self.look(call, declared, change.urn, before.clone()).await;
        }
        let replaced = effective_replacements(
            declared.schema,
            &before.state,
            &plan.planned,
            &plan.requires_replace,
        );
        match replaced.first() {
            None => self.change(call, change).await,
            Some(path) => Err(CallError::Refused(format!(
                "{} cannot be changed in place: run `pulumi up` again, or replace the resource with `--replace`.",
                place_of(path)
            ))),
        }
    }

    /// The object as it is now.
    ///
    /// # Errors
    /// When that could not be learned, or it is gone.
    async fn look(
        &self,
        call: &Call,
        declared: Declared<'_>,
        urn: &str,
        stored: Stored,
    ) -> Result<Stored, CallError> {
        let found = self.read_stored(call, declared, urn, stored).await?;
        found.ok_or_else(|| {
            CallError::Refused(
                "The object is gone: run `pulumi refresh`, then `pulumi up` makes it anew.".to_owned(),
            )
        })
    }

    /// Reads an object; nothing if it is gone.
    pub(super) async fn read_stored(
        &self,
        call: &Call,
        declared: Declared<'_>,
        urn: &str,
        stored: Stored,
    ) -> Result<Option<Stored>, CallError> {
        let request = Look {
            type_name: declared.type_name.to_owned(),
            state: stored.state,
            private: stored.private,
            identity: stored.identity,
        };
        let answer = self.provider.read(&call.context(), request).await;
        let errors = self.tell(call, urn, answer.diagnostics);
        if !errors.is_empty() {
            return Err(self.clean(call, &errors));
        }
        let found = Stored {
            state: answer.state,
            private: answer.private,
            identity: answer.identity,
            partial: false,
        };
        Ok((!found.state.is_null()).then_some(found))
    }
}
