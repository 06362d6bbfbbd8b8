//! Ephemeral resources: what is opened for one run and closed at its end, and never stored.

mod erased;
mod opened;
mod request;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use erased::{RawEphemeralResource, RawOpened, TypedEphemeralResource};
pub(crate) use opened::RawOpenSlot;
pub use opened::{OpenSlot, Opened, Renewed};
pub use request::{CloseRequest, OpenRequest, RenewRequest};

use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::model::Model;

/// Something that exists for one run only, such as a token or a session (Terraform 1.10, OpenTofu 1.11 and later). Its
/// values are neither in a plan nor in a state.
///
/// A user writes an `ephemeral "example_session" "this"` block. The host opens it in each plan and again in each apply, as
/// soon as its configuration is known, renews it while something needs it, and closes it after that.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use serde::{Deserialize, Serialize};
/// use tfplug::*;
///
/// /// A session with the service.
/// #[derive(Clone, Model)]
/// struct Session {
///     /// Who asks for it.
///     #[attr(required)]
///     user: Attr<String>,
///     /// What shows that it is open.
///     #[attr(computed, sensitive)]
///     token: Attr<String>,
/// }
///
/// /// What it takes to renew and to close a session.
/// #[derive(Default, Serialize, Deserialize)]
/// struct Open {
///     number: u64,
/// }
///
/// struct Client;
///
/// impl Client {
///     async fn log_in(&self, user: &str) -> Result<u64, Diagnostics> {
///         Ok(user.len() as u64)
///     }
///
///     async fn token(&self, number: u64) -> Result<String, Diagnostics> {
///         Ok(format!("token of session {number}"))
///     }
///
///     async fn extend(&self, _: u64) -> Result<SystemTime, Diagnostics> {
///         Ok(SystemTime::now() + Duration::from_secs(600))
///     }
///
///     async fn log_out(&self, _: u64) -> Result<(), Diagnostics> {
///         Ok(())
///     }
/// }
///
/// struct SessionResource;
///
/// #[async_trait]
/// impl EphemeralResource for SessionResource {
///     type Provider = Client;
///     type Model = Session;
///     type Private = Open;
///
///     fn type_name(&self) -> &'static str {
///         "example_session"
///     }
///
///     async fn open(
///         &self,
///         cx: &Context<Client>,
///         request: OpenRequest<'_, Self>,
///     ) -> Result<Opened<Session>, Diagnostics> {
///         let OpenRequest { config, slot, .. } = request;
///         let number = cx.provider()?.log_in(config.user.as_str().unwrap_or_default()).await?;
///         slot.opened(&Open { number }); // From here on, whatever fails, the session is closed.
///         let token = cx.provider()?.token(number).await?.into();
///         let until = cx.provider()?.extend(number).await?;
///         Ok(Opened::new(Session { token, ..config }).renewed_at(until - Duration::from_secs(60)))
///     }
///
///     async fn renew(&self, cx: &Context<Client>, request: RenewRequest<'_, Self>) -> Result<Renewed, Diagnostics> {
///         let until = cx.provider()?.extend(request.private.number).await?;
///         Ok(Renewed::again_at(until - Duration::from_secs(60)))
///     }
///
///     async fn close(&self, cx: &Context<Client>, request: CloseRequest<Self>) -> Result<(), Diagnostics> {
///         cx.provider()?.log_out(request.private.number).await
///     }
/// }
/// ```
#[async_trait]
pub trait EphemeralResource: Send + Sync + 'static {
    /// The configured provider.
    type Provider: Send + Sync + 'static;
    /// Configuration and result.
    type Model: Model;
    /// What `open` hands to `renew` and `close`, unseen by the user; `()` for nothing.
    type Private: Serialize + DeserializeOwned + Default + Send + Sync;

    /// The type, with the provider's prefix: `mig_token`.
    fn type_name(&self) -> &'static str;

    /// Checks what one attribute's validators cannot. Anything may be unknown; what is, is not judged.
    fn validate(&self, config: &Self::Model, diags: &mut Diagnostics) {
        let _ = (config, diags);
    }

    /// Opens the object, and gives the configuration back with every computed attribute filled in. The configuration is
    /// known as a whole: where it is not yet, the host waits or is told to.
    ///
    /// No host closes what it was not given. So as soon as there is something to close, note it in the request's slot:
    /// if this call ends in an error, a panic, or a result that is not whole, `close` is called at once with what was noted.
    ///
    /// The call is never dropped. It should watch [`Context::cancel`], which is cancelled when the user interrupts.
    ///
    /// # Errors
    /// When it is not open.
    async fn open(
        &self,
        cx: &Context<Self::Provider>,
        request: OpenRequest<'_, Self>,
    ) -> Result<Opened<Self::Model>, Diagnostics>;

    /// Makes the object last longer. Its values stay those of `open`: nobody asks for new ones. Only an object that was
    /// opened with a time for it is renewed, and each renewal names the time of the next.
    ///
    /// # Errors
    /// When it cannot be renewed. The host does not try again, and closes the object in the end. Terraform before 1.17 does
    /// not show these errors; they are in the log.
    async fn renew(
        &self,
        cx: &Context<Self::Provider>,
        request: RenewRequest<'_, Self>,
    ) -> Result<Renewed, Diagnostics> {
        let _ = (cx, request);
        let name = self.type_name();
        Err(Diagnostic::bug(format!("The host is to renew {name}, which has no renewal.")).into())
    }

    /// Closes the object. It may be gone already, since it expired or a renewal failed; that is no error.
    ///
    /// The private data are those of `open`: hosts do not hand on what a renewal made of them. The call is made after an
    /// interrupt, too, and [`Context::cancel`] then tells only of a further one. What a host leaves open, as Terraform 1.11
    /// does after Ctrl-C, is closed when the process ends; it has some 1.5 seconds for that.
    ///
    /// # Errors
    /// When it may still be open.
    async fn close(
        &self,
        cx: &Context<Self::Provider>,
        request: CloseRequest<Self>,
    ) -> Result<(), Diagnostics> {
        let _ = (cx, request);
        Ok(())
    }
}
