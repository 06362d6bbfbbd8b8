//! An action in process, without and with faults.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Breach, Fault, Faults, Kept, check};
use crate::action::{Action, RawAction, TypedAction};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::engine::calls;
use crate::engine::validate::validate;
use crate::model::Model;
use crate::rpc::CallContext;
use crate::schema::Schema;
use crate::value::Value;

/// Leads an [`Action`] as Terraform does: validates, plans while nothing is known yet, plans, invokes. Then it invokes the
/// action with an error, an interrupt and a panic at each remote call. An action that fails and does not say so is a
/// [`Breach`].
///
/// ```
/// use tfplug::testing::{Faults, Invocation};
/// use tfplug::*;
///
/// /// Rings a bell.
/// #[derive(Clone, Model)]
/// struct Ringing {
///     /// How often.
///     #[attr(required)]
///     times: Attr<i64>,
/// }
///
/// /// The remote side: one bell.
/// struct Fake(Faults);
///
/// struct Ring;
///
/// #[async_trait]
/// impl Action for Ring {
///     type Provider = Fake;
///     type Config = Ringing;
///
///     fn type_name(&self) -> &'static str {
///         "example_ring"
///     }
///
///     async fn invoke(&self, cx: &Context<Fake>, request: InvokeActionRequest<'_, Self>) -> Result<(), Diagnostics> {
///         for number in 1..=*request.config.times.known().unwrap_or(&0) {
///             let call = cx.provider()?.0.call(async {});
///             call.await.map_err(|fault| Diagnostic::error("The bell is silent", fault.to_string()))?;
///             request.progress.report(format!("ring {number}")).await;
///         }
///         Ok(())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let config = Ringing { times: 2.into() };
/// let invoked = Invocation::new(config, |faults| (Ring, Fake(faults))).run().await.unwrap();
/// assert_eq!(invoked.progress, ["ring 1", "ring 2"]);
/// assert!(invoked.diagnostics.is_empty());
/// // Two calls, each with an error, an interrupt and a panic.
/// assert_eq!(invoked.faults, 6);
/// # });
/// ```
pub struct Invocation<A: Action, W> {
    world: W,
    config: Value,
    schema: Schema,
    of: std::marker::PhantomData<fn(A)>,
}

/// What an action did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invoked {
    /// What it said of its progress.
    pub progress: Vec<String>,
    /// What was said when it was validated, planned and invoked. After an error the next of them is not reached.
    pub diagnostics: Diagnostics,
    /// How many faults were injected, each into an invocation of its own.
    pub faults: usize,
}

/// An action and all that it works with.
struct Scene<A: Action> {
    code: TypedAction<A>,
    cx: Context<A::Provider>,
    faults: Faults,
    cancel: CancellationToken,
}

impl<A: Action, W: Fn(Faults) -> (A, A::Provider)> Invocation<A, W> {
    /// An invocation with this configuration. `world` makes a new action and a new configured provider at each call; the
    /// provider's fake makes every remote call through the [`Faults`].
    pub fn new(config: A::Config, world: W) -> Self {
        Self {
            world,
            config: config.to_value(),
            schema: A::Config::schema(0),
            of: std::marker::PhantomData,
        }
    }

    /// Validates, plans and invokes.
    ///
    /// # Errors
    /// When a plan refuses values that are not known yet, or when a call fails and the action does not say so.
    pub async fn run(&self) -> Result<Invoked, Breach> {
        self.plan_unknown().await?;
        let (right, calls) = self.invoke(None).await;
        let mut faults = 0;
        for number in 0..calls {
            for fault in [Fault::Error, Fault::Cancel, Fault::Panic] {
                let (run, _) = self.invoke(Some((number, fault))).await;
                let told = fault == Fault::Cancel || !run.diagnostics.is_empty();
                let step = format!("invoke with {fault:?} at call {number}");
                check(told, &step, || "a call failed, and nothing is said")?;
                faults += 1;
            }
        }
        Ok(Invoked { faults, ..right })
    }

    /// Where an action depends on what is yet to be created, its configuration becomes known only later.
    async fn plan_unknown(&self) -> Result<(), Breach> {
        let attributes = self.schema.attributes.iter();
        let unknown = Value::Map(attributes.map(|a| (a.name.clone(), Value::unknown())).collect());
        let Scene { code, cx, .. } = self.scene();
        let mut found = self.validate(&code, &unknown);
        found.extend(calls::plan_action(&code, &self.schema, &cx, &unknown).await);
        let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
        check(!found.has_errors(), "plan while nothing is known", || {
            lines.join("; ")
        })
    }

    async fn invoke(&self, fault: Option<(usize, Fault)>) -> (Invoked, usize) {
        let scene = self.scene();
        let (code, cx, progress) = (&scene.code, &scene.cx, Kept::default());
        let mut diagnostics = self.validate(code, &self.config);
        if !diagnostics.has_errors() {
            diagnostics.extend(calls::plan_action(code, &self.schema, cx, &self.config).await);
        }
        scene.faults.start(scene.cancel.clone(), fault);
        if !diagnostics.has_errors() {
            let invoked = calls::invoke_action(code, &self.schema, cx, &self.config, &progress);
            diagnostics.extend(invoked.await);
        }
        let invoked = Invoked {
            progress: progress.take(),
            diagnostics,
            faults: 0,
        };
        (invoked, scene.faults.calls())
    }

    fn validate(&self, code: &TypedAction<A>, config: &Value) -> Diagnostics {
        let mut found = Diagnostics::new();
        validate(&self.schema, config, &mut found, |found| {
            code.validate(config, found)
        });
        found
    }

    fn scene(&self) -> Scene<A> {
        let (faults, cancel) = (Faults::default(), CancellationToken::new());
        let (action, provider) = (self.world)(faults.clone());
        Scene {
            code: TypedAction(action),
            cx: Context::new(Some(Arc::new(provider)), CallContext::new(cancel.clone())),
            faults,
            cancel,
        }
    }
}

impl<A: Action, W> std::fmt::Debug for Invocation<A, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invocation").finish_non_exhaustive()
    }
}
