//! The provider: its block, and what it serves.

use async_trait::async_trait;

use crate::data_source::{DataSource, RawDataSource, TypedDataSource};
use crate::diag::Diagnostics;
use crate::function::Function;
use crate::model::Model;
use crate::resource::{RawResource, Resource, Typed};
use crate::rpc::CallContext;

/// A provider.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The provider block.
    type Config: Model;
    /// What resources and data sources work with once the block is read.
    type Configured: Send + Sync + 'static;

    /// The type name: `mig` for `terraform-provider-mig`.
    fn type_name(&self) -> &'static str;

    /// Checks what one attribute's validators cannot. Anything may be unknown; what is, is not judged.
    fn validate(&self, config: &Self::Config, diags: &mut Diagnostics) {
        let _ = (config, diags);
    }

    /// Takes the provider block. It may hold unknown values at plan. No network here: connect when needed.
    ///
    /// # Errors
    /// When the block makes no sense.
    async fn configure(
        &self,
        cx: &CallContext,
        config: Self::Config,
    ) -> Result<Self::Configured, Diagnostics>;

    /// Lists what the provider serves.
    fn register(&self, registry: &mut Registry<Self::Configured>);
}

/// What a provider serves.
pub struct Registry<C> {
    pub(crate) resources: Vec<Box<dyn RawResource<C>>>,
    pub(crate) data_sources: Vec<Box<dyn RawDataSource<C>>>,
    pub(crate) functions: Vec<Box<dyn Function>>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    pub(crate) fn new() -> Self {
        Self {
            resources: Vec::new(),
            data_sources: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// Serves a resource.
    pub fn resource<R: Resource<Provider = C>>(&mut self, resource: R) -> &mut Self {
        self.resources.push(Box::new(Typed(resource)));
        self
    }

    /// Serves a data source.
    pub fn data_source<D: DataSource<Provider = C>>(&mut self, data_source: D) -> &mut Self {
        self.data_sources.push(Box::new(TypedDataSource(data_source)));
        self
    }

    /// Serves a function.
    pub fn function(&mut self, function: impl Function) -> &mut Self {
        self.functions.push(Box::new(function));
        self
    }
}
