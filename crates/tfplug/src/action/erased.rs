//! The untyped twin of [`Action`], which the engine works with.

use async_trait::async_trait;

use super::{Action, InvokeActionRequest, PlanActionRequest, Progress};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;
use crate::schema::{Lazy, Schema};
use crate::typed;
use crate::value::Value;

/// An action over plain values.
#[async_trait]
pub(crate) trait RawAction<P>: Send + Sync {
    fn schema(&self) -> Lazy<Schema>;
    fn validate(&self, config: &Value, diags: &mut Diagnostics);
    async fn plan(&self, cx: &Context<P>, config: &Value) -> Result<(), Diagnostics>;
    async fn invoke(
        &self,
        cx: &Context<P>,
        config: &Value,
        progress: &Progress<'_>,
    ) -> Result<(), Diagnostics>;
}

#[derive(Debug)]
pub(crate) struct TypedAction<A>(pub(crate) A);

#[async_trait]
impl<A: Action> RawAction<A::Provider> for TypedAction<A> {
    fn schema(&self) -> Lazy<Schema> {
        Lazy::new(|| A::Config::schema(0))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        typed::validate(config, diags, |model, diags| self.0.validate(model, diags));
    }

    async fn plan(&self, cx: &Context<A::Provider>, config: &Value) -> Result<(), Diagnostics> {
        let asked = PlanActionRequest::new(typed::read(config)?);
        self.0.plan(cx, asked).await
    }

    async fn invoke(
        &self,
        cx: &Context<A::Provider>,
        config: &Value,
        progress: &Progress<'_>,
    ) -> Result<(), Diagnostics> {
        let asked = InvokeActionRequest::new(typed::read(config)?, progress);
        self.0.invoke(cx, asked).await
    }
}
