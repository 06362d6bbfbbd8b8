//! What a call of a resource or data source may use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::diag::{Diagnostic, Diagnostics};
use crate::rpc::{CallContext, ClientCapabilities};

/// The surroundings of one call: the configured provider, the user's wish to stop, and a place for warnings.
pub struct Context<P> {
    provider: Option<Arc<P>>,
    call: CallContext,
    findings: Mutex<Diagnostics>,
}

impl<P> Context<P> {
    /// A context; `provider` is absent where the provider block has not been read yet.
    pub fn new(provider: Option<Arc<P>>, call: CallContext) -> Self {
        Self {
            provider,
            call,
            findings: Mutex::default(),
        }
    }

    /// The configured provider.
    ///
    /// # Errors
    /// When the host has not configured the provider, which no host does before a call that needs it.
    pub fn provider(&self) -> Result<&P, Diagnostics> {
        self.provider.as_deref().ok_or_else(|| {
            Diagnostic::bug("The host asked for something before it sent the provider block.").into()
        })
    }

    /// The configured provider, if there is one yet.
    pub fn provider_if_configured(&self) -> Option<&P> {
        self.provider.as_deref()
    }

    /// Cancelled when the user interrupts. Long waits should watch it. In a list or an action it is also cancelled when
    /// the host hangs up.
    pub fn cancel(&self) -> &CancellationToken {
        &self.call.cancel
    }

    /// What the host can do.
    pub(crate) fn capabilities(&self) -> ClientCapabilities {
        self.call.capabilities
    }

    /// The same surroundings without an interrupt, and without what was found.
    pub(crate) fn uninterrupted(&self) -> Self {
        let call = CallContext {
            cancel: CancellationToken::new(),
            ..self.call.clone()
        };
        Self::new(self.provider.clone(), call)
    }

    /// Tells the user something that does not stop the call.
    pub fn warn(&self, diagnostic: Diagnostic) {
        self.findings().push(diagnostic);
    }

    /// All that was said by [`Context::warn`] so far; the place is empty afterwards.
    pub fn take_findings(&self) -> Diagnostics {
        std::mem::take(&mut *self.findings())
    }

    fn findings(&self) -> MutexGuard<'_, Diagnostics> {
        self.findings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
