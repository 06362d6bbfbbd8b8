//! Delete: a planned deletion, so that its warnings and refusals are told, and its apply.

use tfplug::Value;
use tfplug::unstable::rpc::{ApplyRequest, PlanRequest};

use super::stored::Stored;
use super::timeouts::with_timeout;
use super::{Adapter, Call, CallError};
use crate::wire::r#gen::pulumirpc::DeleteRequest;

impl Adapter {
    /// Deletes an object. That it is gone already is success.
    ///
    /// # Errors
    /// When it still exists.
    pub async fn delete(&self, call: &Call, request: DeleteRequest) -> Result<(), CallError> {
        let declared = self.declared(&request.r#type, &request.urn)?;
        let stored = Stored::read(&self.provider, declared, &request.id, request.properties.as_ref())?;
        let prior = with_timeout(declared.schema, &stored.state, "delete", request.timeout);
        let asked = PlanRequest {
            type_name: declared.type_name.to_owned(),
            prior: prior.clone(),
            proposed: Value::Null,
            config: Value::Null,
            private: stored.private,
            identity: stored.identity,
        };
        let plan = self.provider.plan(&call.context(), asked).await;
        let errors = self.tell(call, &request.urn, plan.diagnostics);
        if !errors.is_empty() {
            return Err(self.clean(call, &errors));
        }
        let apply = ApplyRequest {
            type_name: declared.type_name.to_owned(),
            prior,
            planned: Value::Null,
            config: Value::Null,
            private: plan.private,
            identity: plan.identity,
        };
        let answer = self.provider.apply(&call.context(), apply).await;
        let errors = self.tell(call, &request.urn, answer.diagnostics);
        match errors.is_empty() {
            true => Ok(()),
            false => Err(self.clean(call, &errors)),
        }
    }
}
