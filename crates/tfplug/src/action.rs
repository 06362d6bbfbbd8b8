//! Actions: what is done once, and is no object.

mod erased;
mod request;

use async_trait::async_trait;

pub(crate) use erased::{RawAction, TypedAction};
pub use request::{InvokeActionRequest, PlanActionRequest, Progress};

use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;

/// Something that is done on request, such as a restart, and leaves no object behind (Terraform 1.14 and later).
///
/// A user writes an `action "example_greet" "all"` block, and has it invoked by the `action_trigger` of a resource or
/// by `terraform apply -invoke`.
///
/// ```
/// use tfplug::*;
///
/// /// Greets.
/// #[derive(Clone, Model)]
/// struct Greeting {
///     /// Whom.
///     #[attr(required)]
///     names: Attr<Vec<String>>,
/// }
///
/// struct Greet;
///
/// #[async_trait]
/// impl Action for Greet {
///     type Provider = ();
///     type Config = Greeting;
///
///     fn type_name(&self) -> &'static str {
///         "example_greet"
///     }
///
///     async fn invoke(&self, cx: &Context<()>, request: InvokeActionRequest<'_, Self>) -> Result<(), Diagnostics> {
///         for name in request.config.names.into_known().into_iter().flatten() {
///             if cx.cancel().is_cancelled() {
///                 return Err(Diagnostic::error("Interrupted", "Not everybody was greeted.").into());
///             }
///             request.progress.report(format!("Hello, {name}.")).await;
///         }
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Action: Send + Sync + 'static {
    /// The configured provider.
    type Provider: Send + Sync + 'static;
    /// The configuration.
    type Config: Model;

    /// The type, with the provider's prefix: `mig_drain`.
    fn type_name(&self) -> &'static str;

    /// Checks what one attribute's validators cannot. Anything may be unknown; what is, is not judged.
    fn validate(&self, config: &Self::Config, diags: &mut Diagnostics) {
        let _ = (config, diags);
    }

    /// Looks at a planned invocation, to warn or refuse. The configuration may hold unknown values, which are no
    /// reason to refuse. Nothing is done here.
    ///
    /// # Errors
    /// When the action must not be invoked.
    async fn plan(
        &self,
        cx: &Context<Self::Provider>,
        request: PlanActionRequest<Self>,
    ) -> Result<(), Diagnostics> {
        let _ = (cx, request);
        Ok(())
    }

    /// Runs the action. Only this call knows its progress, so it is never dropped and always runs to its own end. It should
    /// watch [`Context::cancel`], which is cancelled when the user interrupts or the host hangs up.
    ///
    /// # Errors
    /// When it was not done, or not wholly.
    async fn invoke(
        &self,
        cx: &Context<Self::Provider>,
        request: InvokeActionRequest<'_, Self>,
    ) -> Result<(), Diagnostics>;
}
