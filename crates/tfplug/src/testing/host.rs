//! A host in process: it sends what Terraform would send, and judges the answers.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Breach;
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::engine::calls::{self, ResourceSchemas};
use crate::engine::validate::validate;
use crate::oracle::{Action, action, judge_apply, judge_plan, judge_read, proposed_new};
use crate::resource::RawResource;
use crate::rpc::{
    ApplyRequest, ApplyResponse, CallContext, ImportRequest, ImportResponse, PlanRequest, PlanResponse,
    ReadRequest, ReadResponse,
};
use crate::value::Value;

/// What a host stores of one object.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stored {
    /// The object; null if there is none.
    pub state: Value,
    /// The provider's own bytes.
    pub private: Vec<u8>,
    /// The identity.
    pub identity: Option<Value>,
}

impl Stored {
    /// No object.
    pub fn none() -> Self {
        Self::new(Value::Null, Vec::new(), None)
    }

    /// This object.
    pub fn new(state: Value, private: Vec<u8>, identity: Option<Value>) -> Self {
        Self {
            state,
            private,
            identity,
        }
    }
}

/// What an apply leaves.
impl From<ApplyResponse> for Stored {
    fn from(answer: ApplyResponse) -> Self {
        Self::new(answer.state, answer.private, answer.identity)
    }
}

/// What a read finds.
impl From<ReadResponse> for Stored {
    fn from(answer: ReadResponse) -> Self {
        Self::new(answer.state, answer.private, answer.identity)
    }
}

/// What an import finds.
impl From<ImportResponse> for Stored {
    fn from(answer: ImportResponse) -> Self {
        Self::new(answer.state, answer.private, answer.identity)
    }
}

/// A host for calls of one resource. An answer that breaks a rule of Terraform is a [`Breach`].
pub struct Host<'r, P> {
    resource: &'r dyn RawResource<P>,
    schemas: &'r ResourceSchemas,
    provider: Arc<P>,
    cancel: CancellationToken,
}

impl<'r, P: Send + Sync> Host<'r, P> {
    /// A host whose calls are interrupted when the token is cancelled.
    pub fn new(
        resource: &'r dyn RawResource<P>,
        schemas: &'r ResourceSchemas,
        provider: Arc<P>,
        cancel: CancellationToken,
    ) -> Self {
        Self {
            resource,
            schemas,
            provider,
            cancel,
        }
    }

    /// Validates a configuration.
    pub fn validate(&self, config: &Value) -> Diagnostics {
        let mut findings = Diagnostics::new();
        validate(&self.schemas.object, config, &mut findings, |found| {
            self.resource.validate(config, found);
        });
        findings
    }

    /// Plans, and judges the plan unless it failed. A null configuration plans a deletion.
    ///
    /// # Errors
    /// When the plan breaks a rule.
    pub async fn plan(&self, stored: &Stored, config: &Value) -> Result<PlanResponse, Breach> {
        let answer = self.ask_plan(stored, config).await;
        if answer.diagnostics.has_errors() {
            return Ok(answer);
        }
        let found = judge_plan(
            &self.schemas.object,
            &stored.state,
            config,
            &answer.planned,
            &answer.requires_replace,
        );
        Breach::of_rules("plan", &found).map(|()| answer)
    }

    /// Plans without judging.
    pub async fn ask_plan(&self, stored: &Stored, config: &Value) -> PlanResponse {
        let proposed = match config.is_null() {
            true => Value::Null,
            false => proposed_new(&self.schemas.object, &stored.state, config),
        };
        let request = PlanRequest {
            type_name: self.type_name(),
            prior: stored.state.clone(),
            proposed,
            config: config.clone(),
            private: stored.private.clone(),
            identity: stored.identity.clone().filter(|_| !stored.state.is_null()),
        };
        calls::plan(self.resource, self.schemas, &self.context(), request).await
    }

    /// What Terraform makes of a plan.
    pub fn action(&self, stored: &Stored, plan: &PlanResponse) -> Action {
        action(
            &self.schemas.object,
            &stored.state,
            &plan.planned,
            &plan.requires_replace,
        )
    }

    /// Applies a plan.
    ///
    /// # Errors
    /// When the answer breaks a rule.
    pub async fn apply(
        &self,
        stored: &Stored,
        config: &Value,
        plan: &PlanResponse,
    ) -> Result<ApplyResponse, Breach> {
        let request = ApplyRequest {
            type_name: self.type_name(),
            prior: stored.state.clone(),
            planned: plan.planned.clone(),
            config: config.clone(),
            private: plan.private.clone(),
            identity: plan.identity.clone(),
        };
        let answer = calls::apply(self.resource, self.schemas, &self.context(), request).await;
        let failed = answer.diagnostics.has_errors();
        let found = judge_apply(&self.schemas.object, &plan.planned, &answer.state, failed);
        Breach::of_rules("apply", &found).map(|()| answer)
    }

    /// Reads the object.
    ///
    /// # Errors
    /// When the answer breaks a rule.
    pub async fn read(&self, stored: &Stored) -> Result<ReadResponse, Breach> {
        let request = ReadRequest {
            type_name: self.type_name(),
            state: stored.state.clone(),
            private: stored.private.clone(),
            identity: stored.identity.clone(),
        };
        let answer = calls::read(self.resource, self.schemas, &self.context(), request).await;
        let found = judge_read(&self.schemas.object, &answer.state);
        Breach::of_rules("read", &found).map(|()| answer)
    }

    /// Imports an object by its ID.
    ///
    /// # Errors
    /// When the answer breaks a rule.
    pub async fn import(&self, id: &str) -> Result<ImportResponse, Breach> {
        self.import_as(id, None).await
    }

    /// Imports an object by its identity.
    ///
    /// # Errors
    /// When the answer breaks a rule.
    pub async fn import_by_identity(&self, identity: Value) -> Result<ImportResponse, Breach> {
        self.import_as("", Some(identity)).await
    }

    async fn import_as(&self, id: &str, identity: Option<Value>) -> Result<ImportResponse, Breach> {
        let request = ImportRequest {
            type_name: self.type_name(),
            id: id.to_owned(),
            identity,
        };
        let answer = calls::import(self.resource, self.schemas, &self.context(), request).await;
        let found = judge_read(&self.schemas.object, &answer.state);
        Breach::of_rules("import", &found).map(|()| answer)
    }

    fn type_name(&self) -> String {
        self.resource.type_name().to_owned()
    }

    fn context(&self) -> Context<P> {
        let call = CallContext::new(self.cancel.clone());
        Context::new(Some(Arc::clone(&self.provider)), call)
    }
}

impl<P> std::fmt::Debug for Host<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
