//! The provider: its block, and what it serves.

use async_trait::async_trait;

use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;
use crate::registry::Registry;

/// A provider.
///
/// ```
/// use tfplug::{
///     Attr, ConfigureRequest, Context, Diagnostic, Diagnostics, Model, Provider, Registry, Server, async_trait,
/// };
///
/// /// The provider block.
/// #[derive(Clone, Model)]
/// struct Settings {
///     /// Address of the service.
///     #[attr(default = "https://example.com")]
///     endpoint: Attr<String>,
/// }
///
/// /// A client of the service, which connects when it is first used.
/// struct Client {
///     endpoint: Option<String>,
/// }
///
/// struct Example;
///
/// #[async_trait]
/// impl Provider for Example {
///     type Config = Settings;
///     type Configured = Client;
///
///     fn type_name(&self) -> &'static str {
///         "example"
///     }
///
///     async fn configure(
///         &self,
///         cx: &Context<()>,
///         request: ConfigureRequest<Settings>,
///     ) -> Result<Client, Diagnostics> {
///         let endpoint = request.config.endpoint.into_known();
///         if endpoint.as_ref().is_some_and(|address| address.starts_with("http:")) {
///             cx.warn(Diagnostic::warning("The connection is not encrypted", "Use an https address."));
///         }
///         Ok(Client { endpoint })
///     }
///
///     fn register(&self, _: &mut Registry<Client>) {
///         // registry.resource(...).data_source(...).function(...);
///     }
/// }
///
/// let server = Server::new(Example)?;
/// assert!(server.schemas().provider.attribute("endpoint").is_some());
/// # Ok::<(), tfplug::RegistryError>(())
/// ```
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

    /// Makes of the provider block what resources and data sources work with. The block may hold unknown values at plan. Warnings
    /// go to [`Context::warn`]. Do not use the network here: connect when a resource needs it.
    ///
    /// # Errors
    /// When the block makes no sense.
    async fn configure(
        &self,
        cx: &Context<()>,
        request: ConfigureRequest<Self::Config>,
    ) -> Result<Self::Configured, Diagnostics>;

    /// Registers what the provider serves.
    fn register(&self, registry: &mut Registry<Self::Configured>);
}

/// What [`Provider::configure`] is asked.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConfigureRequest<C> {
    /// The provider block, with its defaults.
    pub config: C,
    /// The version of Terraform or OpenTofu, such as `1.11.4`.
    pub terraform_version: String,
}

impl<C> ConfigureRequest<C> {
    /// A request of this host with this block.
    pub fn new(config: C, terraform_version: impl Into<String>) -> Self {
        Self {
            config,
            terraform_version: terraform_version.into(),
        }
    }
}
