//! The untyped twin of [`EphemeralResource`], which the engine works with.

use std::time::SystemTime;

use async_trait::async_trait;

use super::{CloseRequest, EphemeralResource, OpenRequest, OpenSlot, RawOpenSlot, RenewRequest, Renewed};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;
use crate::private;
use crate::schema::{Lazy, Schema};
use crate::typed;
use crate::value::Value;

/// An ephemeral resource over plain values.
#[async_trait]
pub(crate) trait RawEphemeralResource<P>: Send + Sync {
    fn schema(&self) -> Lazy<Schema>;
    fn validate(&self, config: &Value, diags: &mut Diagnostics);
    async fn open(
        &self,
        cx: &Context<P>,
        config: &Value,
        slot: &RawOpenSlot,
    ) -> Result<RawOpened, Diagnostics>;
    /// The bytes are those of the open or of the renewal before, and are changed to those for the next.
    async fn renew(&self, cx: &Context<P>, bytes: &mut Vec<u8>) -> Result<Renewed, Diagnostics>;
    async fn close(&self, cx: &Context<P>, bytes: &[u8]) -> Result<(), Diagnostics>;
}

/// What an open gives.
pub(crate) struct RawOpened {
    pub(crate) result: Value,
    pub(crate) renew_at: Option<SystemTime>,
}

#[derive(Debug)]
pub(crate) struct TypedEphemeralResource<E>(pub(crate) E);

#[async_trait]
impl<E: EphemeralResource> RawEphemeralResource<E::Provider> for TypedEphemeralResource<E> {
    fn schema(&self) -> Lazy<Schema> {
        Lazy::new(|| E::Model::schema(0))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        typed::validate(config, diags, |model, diags| self.0.validate(model, diags));
    }

    async fn open(
        &self,
        cx: &Context<E::Provider>,
        config: &Value,
        slot: &RawOpenSlot,
    ) -> Result<RawOpened, Diagnostics> {
        let slot = OpenSlot::over(slot.clone());
        let asked = OpenRequest::new(typed::read(config)?, &slot);
        let opened = self.0.open(cx, asked).await?;
        Ok(RawOpened {
            result: opened.result.to_value(),
            renew_at: opened.renew_at,
        })
    }

    async fn renew(&self, cx: &Context<E::Provider>, bytes: &mut Vec<u8>) -> Result<Renewed, Diagnostics> {
        let mut kept = private::read(bytes)?;
        let renewed = self.0.renew(cx, RenewRequest::new(&mut kept)).await?;
        *bytes = private::write(&kept)?;
        Ok(renewed)
    }

    async fn close(&self, cx: &Context<E::Provider>, bytes: &[u8]) -> Result<(), Diagnostics> {
        let asked = CloseRequest::new(private::read(bytes)?);
        self.0.close(cx, asked).await
    }
}
