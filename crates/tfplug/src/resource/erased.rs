//! The untyped twin of [`Resource`], which the engine works with.

use super::lossless::with_changes;
use super::{
    CreateRequest, DeleteRequest, ImportTarget, MoveSource, Plan, ReadRequest, Resource, Slot, UpdateRequest,
};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;
use crate::path::Path;
use crate::private;
use crate::rpc;
use crate::schema::{IdentitySchema, Lazy, Schema};
use crate::typed;
use crate::value::Value;
use async_trait::async_trait;

/// A resource over plain values. Made from a [`Resource`] by [`Typed`]; tests may write one by hand.
#[async_trait]
pub trait RawResource<P>: Send + Sync {
    /// See [`Resource::type_name`].
    fn type_name(&self) -> &str;
    /// The schema.
    fn schema(&self) -> Lazy<Schema>;
    /// The identity's schema, if the resource has one.
    fn identity_schema(&self) -> Option<IdentitySchema>;
    /// See [`Resource::validate`].
    fn validate(&self, config: &Value, diags: &mut Diagnostics);
    /// See [`Resource::plan`].
    async fn plan(&self, cx: &Context<P>, plan: &mut RawPlan) -> Result<(), Diagnostics>;
    /// See [`Resource::plan_delete`].
    async fn plan_delete(&self, cx: &Context<P>, prior: &Value) -> Result<(), Diagnostics>;
    /// See [`Resource::create`].
    async fn create(
        &self,
        cx: &Context<P>,
        request: &rpc::ApplyRequest,
        slot: &Slot,
    ) -> Result<(), Diagnostics>;
    /// See [`Resource::read`]. What is to be remembered beside the state goes to `private`, which holds what is stored.
    async fn read(
        &self,
        cx: &Context<P>,
        request: &rpc::ReadRequest,
        private: &mut Vec<u8>,
    ) -> Result<Option<Value>, Diagnostics>;
    /// See [`Resource::update`].
    async fn update(
        &self,
        cx: &Context<P>,
        request: &rpc::ApplyRequest,
        slot: &Slot,
    ) -> Result<(), Diagnostics>;
    /// See [`Resource::delete`].
    async fn delete(&self, cx: &Context<P>, request: &rpc::ApplyRequest) -> Result<(), Diagnostics>;
    /// See [`Resource::identity`].
    fn identity(&self, state: &Value) -> Option<Value>;
    /// See [`Resource::import`].
    async fn import(&self, cx: &Context<P>, target: ImportTarget<Value>) -> Result<Value, Diagnostics>;
    /// See [`Resource::upgrade`].
    fn upgrade(&self, version: i64, state: serde_json::Value) -> Result<serde_json::Value, Diagnostics>;
    /// See [`Resource::move_from`].
    fn move_from(&self, source: &MoveSource) -> Option<Result<Value, Diagnostics>>;
}

/// A plan in the making, over plain values.
#[derive(Debug, Clone)]
pub struct RawPlan {
    /// What the user wrote.
    pub config: Value,
    /// The object as it is; null if it is to be created.
    pub prior: Value,
    /// The object as it will be.
    pub planned: Value,
    /// The provider's own bytes.
    pub private: Vec<u8>,
    /// Attributes whose change needs a new object.
    pub requires_replace: Vec<Path>,
    /// Whether the schema says that the change needs a new object.
    pub replaced_by_schema: bool,
}

/// A [`Resource`] as a [`RawResource`].
#[derive(Debug)]
pub struct Typed<R>(pub R);

#[async_trait]
impl<R: Resource> RawResource<R::Provider> for Typed<R> {
    fn type_name(&self) -> &str {
        self.0.type_name()
    }

    fn schema(&self) -> Lazy<Schema> {
        let version = self.0.schema_version();
        Lazy::new(move || R::Model::schema(version))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        let schema = R::Identity::identity_schema(0);
        (!schema.attributes.is_empty()).then_some(schema)
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        typed::validate(config, diags, |model, diags| self.0.validate(model, diags));
    }

    async fn plan(&self, cx: &Context<R::Provider>, raw: &mut RawPlan) -> Result<(), Diagnostics> {
        let prior = if raw.prior.is_null() {
            None
        } else {
            Some(typed::read(&raw.prior)?)
        };
        let mut plan = Plan {
            config: typed::read(&raw.config)?,
            prior,
            planned: typed::read::<R::Model>(&raw.planned)?,
            private: private::read(&raw.private)?,
            requires_replace: Vec::new(),
            replaced_by_schema: raw.replaced_by_schema,
        };
        let drafted = plan.planned.to_value();
        self.0.plan(cx, &mut plan).await?;
        raw.planned = with_changes(&raw.planned, &drafted, &plan.planned.to_value());
        raw.private = private::write(&plan.private)?;
        raw.requires_replace.append(&mut plan.requires_replace);
        Ok(())
    }

    async fn plan_delete(&self, cx: &Context<R::Provider>, prior: &Value) -> Result<(), Diagnostics> {
        self.0.plan_delete(cx, &typed::read(prior)?).await
    }

    async fn create(
        &self,
        cx: &Context<R::Provider>,
        request: &rpc::ApplyRequest,
        slot: &Slot,
    ) -> Result<(), Diagnostics> {
        let (config, planned) = (typed::read(&request.config)?, typed::read(&request.planned)?);
        self.0.create(cx, CreateRequest::new(config, planned, slot)).await
    }

    async fn read(
        &self,
        cx: &Context<R::Provider>,
        request: &rpc::ReadRequest,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<Value>, Diagnostics> {
        let mut remembered = private::read(bytes)?;
        let stored: R::Model = typed::read(&request.state)?;
        let before = stored.to_value();
        let mut asked = ReadRequest::new(stored, &mut remembered);
        let identity = request.identity.as_ref().filter(|i| !i.is_null());
        asked.identity = identity.map(typed::read).transpose()?;
        let found = self.0.read(cx, asked).await?;
        *bytes = private::write(&remembered)?;
        Ok(found.map(|model| with_changes(&request.state, &before, &model.to_value())))
    }

    async fn update(
        &self,
        cx: &Context<R::Provider>,
        request: &rpc::ApplyRequest,
        slot: &Slot,
    ) -> Result<(), Diagnostics> {
        let (config, planned) = (typed::read(&request.config)?, typed::read(&request.planned)?);
        let asked = UpdateRequest::new(config, typed::read(&request.prior)?, planned, slot);
        self.0.update(cx, asked).await
    }

    async fn delete(
        &self,
        cx: &Context<R::Provider>,
        request: &rpc::ApplyRequest,
    ) -> Result<(), Diagnostics> {
        let asked = DeleteRequest::new(typed::read(&request.prior)?, private::read(&request.private)?);
        self.0.delete(cx, asked).await
    }

    fn identity(&self, state: &Value) -> Option<Value> {
        let state = typed::read(state).ok()?;
        self.0.identity(&state).map(|identity| identity.to_value())
    }

    async fn import(
        &self,
        cx: &Context<R::Provider>,
        target: ImportTarget<Value>,
    ) -> Result<Value, Diagnostics> {
        let target = match target {
            ImportTarget::Id(id) => ImportTarget::Id(id),
            ImportTarget::Identity(identity) => ImportTarget::Identity(typed::read(&identity)?),
        };
        Ok(self.0.import(cx, target).await?.to_value())
    }

    fn upgrade(&self, version: i64, state: serde_json::Value) -> Result<serde_json::Value, Diagnostics> {
        self.0.upgrade(version, state)
    }

    fn move_from(&self, source: &MoveSource) -> Option<Result<Value, Diagnostics>> {
        Some(self.0.move_from(source)?.map(|model| model.to_value()))
    }
}
