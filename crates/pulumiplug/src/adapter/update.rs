//! Update: a plan for the object as it is, and its apply.

use tfplug::Value;
use tfplug::schema::{Attribute, OnChange, Schema};
use tfplug::unstable::oracle::effective_replacements;
use tfplug::unstable::rpc::ReadRequest as Look;

use super::create::Change;
use super::inputs::Inputs;
use super::stored::Stored;
use super::{Adapter, Call, CallError, Declared, with_attribute};
use crate::names::Place;
use crate::value::property_path;
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
        let resumes = stored.partial;
        let before = match request.preview || !resumes {
            true => self.as_it_is(call, declared, &request.urn, stored).await,
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
                let changed = self.updated(call, &change, resumes).await?;
                self.written(declared, &changed, &inputs.secrets)
            }
        };
        Ok(UpdateResponse {
            properties: Some(properties),
            refresh_before_update: false,
        })
    }

    /// Changes an object. Where nothing is to be changed, a change that failed midway goes on.
    async fn updated(&self, call: &Call, change: &Change<'_>, resumes: bool) -> Result<Stored, CallError> {
        let Change {
            declared,
            before,
            inputs,
            ..
        } = *change;
        let mut plan = self
            .plan(call, declared, change.urn, before, &inputs.config)
            .await?;
        let (prior, planned) = (&before.state, &plan.planned);
        let replaced = effective_replacements(declared.schema, prior, planned, &plan.requires_replace);
        if let Some(path) = replaced.first() {
            return Err(CallError::Refused(format!(
                "{} cannot be changed in place: run `pulumi refresh`, then `pulumi up`.",
                property_path(Place::Resource, path)
            )));
        }
        match planned == prior {
            false => self.change(call, change).await,
            true if resumes => {
                plan.planned = resumed(declared.schema, &plan.planned, &inputs.config);
                self.apply(call, change, inputs.config.clone(), plan).await
            }
            true => self.look(call, declared, change.urn, before.clone()).await,
        }
    }

    /// The object as stored. One that was left half-made is looked at, since only that says how far it came; a plan does
    /// without where nobody can be asked.
    pub(super) async fn as_it_is(
        &self,
        call: &Call,
        declared: Declared<'_>,
        urn: &str,
        stored: Stored,
    ) -> Stored {
        if !stored.partial {
            return stored;
        }
        let looked = self
            .read_stored(&call.silent(), declared, urn, stored.clone())
            .await;
        looked.ok().flatten().unwrap_or(stored)
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

/// The plan of an update that goes on with what failed midway: nothing is asked for, and what any change may change is
/// learned anew.
fn resumed(schema: &Schema, planned: &Value, config: &Value) -> Value {
    let is_open = |attribute: &&Attribute| {
        let is_given = !config.get(&attribute.name).is_null() || attribute.default.is_some();
        attribute.optionality.is_computed() && attribute.on_change == OnChange::OfAnything && !is_given
    };
    let open = schema.attributes.iter().filter(is_open);
    open.fold(planned.clone(), |planned, attribute| {
        with_attribute(&planned, &attribute.name, Value::unknown())
    })
}
