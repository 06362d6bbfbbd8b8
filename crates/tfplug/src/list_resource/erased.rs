//! The untyped twin of [`ListResource`], which the engine works with.

use std::any::TypeId;

use async_trait::async_trait;

use super::{ListRequest, ListResource, ListResults, RawResults};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;
use crate::resource::{Resource, types_of};
use crate::schema::{Lazy, Schema};
use crate::typed;
use crate::value::Value;

/// A list resource over plain values.
#[async_trait]
pub(crate) trait RawListResource<P>: Send + Sync {
    fn schema(&self) -> Lazy<Schema>;
    /// The Rust types of the object and of the identity that it finds.
    fn listed(&self) -> (TypeId, TypeId);
    fn validate(&self, config: &Value, diags: &mut Diagnostics);
    async fn list(&self, cx: &Context<P>, request: RawListRequest<'_>) -> Result<(), Diagnostics>;
}

/// What an untyped listing is asked.
pub(crate) struct RawListRequest<'a> {
    pub(crate) config: &'a Value,
    pub(crate) include_resource: bool,
    pub(crate) limit: Option<u64>,
    pub(crate) results: &'a RawResults<'a>,
}

#[derive(Debug)]
pub(crate) struct TypedListResource<L>(pub(crate) L);

#[async_trait]
impl<L: ListResource> RawListResource<<L::Resource as Resource>::Provider> for TypedListResource<L> {
    fn schema(&self) -> Lazy<Schema> {
        Lazy::new(|| L::Config::schema(0))
    }

    fn listed(&self) -> (TypeId, TypeId) {
        types_of::<L::Resource>()
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        typed::validate(config, diags, |model, diags| self.0.validate(model, diags));
    }

    async fn list(
        &self,
        cx: &Context<<L::Resource as Resource>::Provider>,
        request: RawListRequest<'_>,
    ) -> Result<(), Diagnostics> {
        let results = ListResults::new(request.results);
        let asked = ListRequest {
            config: typed::read(request.config)?,
            include_resource: request.include_resource,
            limit: request.limit,
            results: &results,
        };
        self.0.list(cx, asked).await
    }
}
