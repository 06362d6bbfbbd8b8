//! Create, and what it has in common with Update: a plan, its apply, and what of it is stored.

use tfplug::unstable::oracle::proposed_new;
use tfplug::unstable::rpc::{ApplyRequest, ApplyResponse, PlanRequest, PlanResponse};
use tfplug::{Diagnostic, Value};

use super::inputs::Inputs;
use super::outputs::secret_outputs;
use super::stored::{Stored, properties};
use super::timeouts::{with_timeout, with_timeouts_of};
use super::{Adapter, Call, CallError, Declared};
use crate::names::Place;
use crate::value::{Object, Secrets, Writing};
use crate::wire::r#gen::pulumirpc::{CreateRequest, CreateResponse, ErrorResourceInitFailed};

/// What to make of an object.
pub(super) struct Change<'a> {
    pub(super) declared: Declared<'a>,
    pub(super) urn: &'a str,
    /// The object as it is, if there is one.
    pub(super) before: &'a Stored,
    pub(super) inputs: &'a Inputs,
    /// The inputs as they were sent, for the answer.
    pub(super) news: Option<Object>,
    /// `create` or `update`, with its timeout in seconds.
    pub(super) timeout: (&'static str, f64),
}

impl Adapter {
    /// Creates an object; as a preview, says what it would be.
    ///
    /// # Errors
    /// When it could not be created, or not wholly: then the error says what exists.
    pub async fn create(&self, call: &Call, request: CreateRequest) -> Result<CreateResponse, CallError> {
        let declared = self.declared(&request.r#type, &request.urn)?;
        let inputs = Inputs::read(declared, request.properties.as_ref())?;
        let before = Stored::none();
        let change = Change {
            declared,
            urn: &request.urn,
            before: &before,
            inputs: &inputs,
            timeout: ("create", request.timeout),
            news: request.properties,
        };
        if request.preview {
            let properties = Some(self.preview(call, &change).await?);
            return Ok(CreateResponse {
                properties,
                ..CreateResponse::default()
            });
        }
        let made = self.change(call, &change).await?;
        Ok(CreateResponse {
            id: made.id(declared, &request.urn),
            properties: Some(self.written(declared, &made, &inputs.secrets)),
            refresh_before_update: false,
        })
    }

    /// What an object of this configuration would be.
    ///
    /// # Errors
    /// When the plan cannot be made.
    pub(super) async fn plan(
        &self,
        call: &Call,
        declared: Declared<'_>,
        urn: &str,
        stored: &Stored,
        config: &Value,
    ) -> Result<PlanResponse, CallError> {
        let request = PlanRequest {
            type_name: declared.type_name.to_owned(),
            prior: stored.state.clone(),
            proposed: proposed_new(declared.schema, &stored.state, config),
            config: config.clone(),
            private: stored.private.clone(),
            identity: stored.identity.clone(),
        };
        let mut answer = self.provider.plan(&call.context(), request).await;
        let errors = self.tell(call, urn, std::mem::take(&mut answer.diagnostics));
        match errors.is_empty() {
            true => Ok(answer),
            false => Err(self.clean(call, &errors)),
        }
    }

    /// The properties that a change would lead to.
    pub(super) async fn preview(&self, call: &Call, change: &Change<'_>) -> Result<Object, CallError> {
        let declared = change.declared;
        let plan = self
            .plan(call, declared, change.urn, change.before, &change.inputs.config)
            .await?;
        let secrets = &secret_outputs(declared.schema, &change.inputs.secrets);
        let writing = Writing {
            place: Place::Resource,
            wraps_secrets: self.wraps_secrets(),
            secrets,
        };
        Ok(properties(declared, &plan.planned, writing))
    }

    /// Plans and applies a change.
    pub(super) async fn change(&self, call: &Call, change: &Change<'_>) -> Result<Stored, CallError> {
        let Change {
            declared,
            inputs,
            before,
            timeout: (operation, seconds),
            ..
        } = *change;
        if !inputs.config.is_wholly_known() {
            let text = "A value is not known, which is no preview: the engine asked too early.";
            return Err(CallError::Invalid(text.to_owned()));
        }
        let config = with_timeout(declared.schema, &inputs.config, operation, seconds);
        let plan = self.plan(call, declared, change.urn, before, &config).await?;
        self.apply(call, change, config, plan).await
    }

    /// Applies a plan for this configuration.
    pub(super) async fn apply(
        &self,
        call: &Call,
        change: &Change<'_>,
        config: Value,
        plan: PlanResponse,
    ) -> Result<Stored, CallError> {
        let Change { declared, before, .. } = *change;
        let request = ApplyRequest {
            type_name: declared.type_name.to_owned(),
            prior: before.state.clone(),
            planned: plan.planned,
            config,
            private: plan.private,
            identity: plan.identity,
        };
        let answer = self.provider.apply(&call.context(), request).await;
        self.left(call, change, answer)
    }

    /// What an apply leaves: the object, or an error with what there is of it.
    fn left(&self, call: &Call, change: &Change<'_>, answer: ApplyResponse) -> Result<Stored, CallError> {
        let Change {
            declared,
            inputs,
            before,
            ..
        } = change;
        let errors = self.tell(call, change.urn, answer.diagnostics);
        let mut left = Stored {
            state: with_timeouts_of(declared.schema, &answer.state, &inputs.config),
            private: answer.private,
            identity: answer.identity,
            partial: !errors.is_empty(),
        };
        if errors.is_empty() {
            return Ok(left);
        }
        let untouched = left.state == before.state && left.private == before.private;
        if left.state.is_null() || untouched {
            return Err(self.clean(call, &errors));
        }
        left.partial = true;
        Err(CallError::Partial {
            message: self.messages(call, &errors),
            left: Box::new(ErrorResourceInitFailed {
                id: left.id(*declared, change.urn),
                properties: Some(self.written(*declared, &left, &inputs.secrets)),
                reasons: errors.iter().map(|error| self.message(call, error)).collect(),
                inputs: change.news.clone(),
                refresh_before_update: false,
            }),
        })
    }

    /// The properties to store of an object whose user gave these secrets.
    pub(super) fn written(&self, declared: Declared<'_>, stored: &Stored, given: &Secrets) -> Object {
        let secrets = secret_outputs(declared.schema, given);
        stored.write(declared, &secrets, self.wraps_secrets())
    }

    /// The error of a call that did nothing.
    pub(super) fn clean(&self, call: &Call, errors: &[Diagnostic]) -> CallError {
        failed(call, self.messages(call, errors))
    }
}

/// The error of a call that did nothing, in these words.
pub(super) fn failed(call: &Call, text: String) -> CallError {
    match call.cancel.is_cancelled() {
        true => CallError::Cancelled(text),
        false => CallError::Refused(text),
    }
}
