//! Tests in process: the whole life of a resource, an ephemeral resource, a list, an action, and each of them with a fault at every remote call.
//!
//! [`Life`] plans, applies, reads, imports, changes, replaces and destroys an object as Terraform does, and judges each answer by
//! Terraform's own rules. Then it repeats each operation with an error, an interrupt and a panic at each remote call, and
//! checks that no object is missing in the state and that a later apply reaches what was configured.
//!
//! [`Listing`] does the like with a list resource, [`Invocation`] with an action, and [`Opening`] with an ephemeral resource.
//!
//! A test gives a [`World`]: the resource, the configured provider and a fake of the remote side. The fake makes each
//! remote call through [`Faults::call`].
//!
//! ```
//! use std::sync::{Arc, Mutex};
//!
//! use tfplug::testing::{Faults, Life, Remote, World};
//! use tfplug::*;
//!
//! /// A switch.
//! #[derive(Clone, Model)]
//! struct Switch {
//!     /// Whether it is on.
//!     #[attr(required)]
//!     on: Attr<bool>,
//! }
//!
//! /// The remote side: one switch.
//! #[derive(Clone)]
//! struct Fake {
//!     switch: Arc<Mutex<Option<bool>>>,
//!     faults: Faults,
//! }
//!
//! impl Fake {
//!     async fn set(&self, value: Option<bool>) -> Result<(), Diagnostics> {
//!         let call = self.faults.call(async { *self.switch.lock().unwrap() = value });
//!         call.await.map_err(|fault| Diagnostic::error("The switch failed", fault.to_string()).into())
//!     }
//!
//!     async fn get(&self) -> Result<Option<bool>, Diagnostics> {
//!         let call = self.faults.call(async { *self.switch.lock().unwrap() });
//!         call.await.map_err(|fault| Diagnostic::error("The switch failed", fault.to_string()).into())
//!     }
//! }
//!
//! impl Remote for Fake {
//!     fn count(&self) -> usize {
//!         usize::from(self.switch.lock().unwrap().is_some())
//!     }
//!
//!     fn drift(&self) {
//!         let mut switch = self.switch.lock().unwrap();
//!         *switch = switch.map(|on| !on);
//!     }
//! }
//!
//! struct SwitchResource;
//!
//! #[async_trait]
//! impl Resource for SwitchResource {
//!     type Provider = Fake;
//!     type Model = Switch;
//!     type Identity = NoIdentity;
//!     type Private = ();
//!
//!     fn type_name(&self) -> &'static str {
//!         "example_switch"
//!     }
//!
//!     async fn create(&self, cx: &Context<Fake>, request: CreateRequest<'_, Self>) -> Result<(), Diagnostics> {
//!         cx.provider()?.set(request.planned.on.known().copied()).await?;
//!         request.slot.exists(&request.planned);
//!         Ok(())
//!     }
//!
//!     async fn read(
//!         &self,
//!         cx: &Context<Fake>,
//!         _: ReadRequest<'_, Self>,
//!     ) -> Result<Option<Switch>, Diagnostics> {
//!         let found = cx.provider()?.get().await?;
//!         Ok(found.map(|on| Switch { on: on.into() }))
//!     }
//!
//!     async fn update(&self, cx: &Context<Fake>, request: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> {
//!         cx.provider()?.set(request.planned.on.known().copied()).await?;
//!         request.slot.exists(&request.planned);
//!         Ok(())
//!     }
//!
//!     async fn delete(&self, cx: &Context<Fake>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> {
//!         cx.provider()?.set(None).await
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let life = Life::new(Switch { on: true.into() }, |faults| {
//!     let fake = Fake { switch: Arc::default(), faults };
//!     World::new(SwitchResource, fake.clone(), fake)
//! });
//! let lived = life.changing_to(Switch { on: false.into() }).live().await.unwrap();
//! // One call each of create, update, read and delete, with an error, an interrupt and a panic.
//! assert!(lived.faults >= 12);
//! # });
//! ```

mod faults;
mod host;
mod invocation;
mod life;
mod listing;
mod opening;

pub use faults::{Fault, Faults, Injected};
pub use host::{Host, Stored};
pub use invocation::{Invocation, Invoked};
pub use life::{Life, Lived, Remote, World};
pub use listing::{Listed, Listing};
pub use opening::{Closed, Opening};

pub use crate::oracle::Action;

use std::sync::{Mutex, PoisonError};

use crate::async_trait;
use crate::oracle::Violation;
use crate::rpc::EventSink;

/// What a resource did that it must not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {text}")]
#[non_exhaustive]
pub struct Breach {
    /// The operation, and the fault in it.
    pub step: String,
    /// What was found.
    pub text: String,
}

impl Breach {
    fn new(step: &str, text: impl Into<String>) -> Self {
        Self {
            step: step.to_owned(),
            text: text.into(),
        }
    }

    /// The rules of Terraform that an answer breaks, if it breaks any.
    fn of_rules(step: &str, found: &[Violation]) -> Result<(), Self> {
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        check(lines.is_empty(), step, || lines.join("; "))
    }
}

fn check<T: Into<String>>(holds: bool, step: &str, text: impl FnOnce() -> T) -> Result<(), Breach> {
    match holds {
        true => Ok(()),
        false => Err(Breach::new(step, text())),
    }
}

/// The events of a call, kept.
struct Kept<T>(Mutex<Vec<T>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    fn take(self) -> Vec<T> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<T: Send + 'static> EventSink<T> for Kept<T> {
    async fn send(&self, event: T) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        true
    }
}
