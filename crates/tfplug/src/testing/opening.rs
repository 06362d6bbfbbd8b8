//! An ephemeral resource in process, without and with faults.

mod secrets;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Breach, Fault, Faults, check};
use crate::context::Context;
use crate::diag::Diagnostics;
use crate::engine::calls;
use crate::engine::validate::validate;
use crate::ephemeral_resource::{EphemeralResource, RawEphemeralResource, TypedEphemeralResource};
use crate::model::Model;
use crate::oracle::judge_plan;
use crate::rpc::{CallContext, OpenResponse};
use crate::schema::Schema;
use crate::typed;
use crate::value::Value;

/// As often is an object renewed that asks for it: the second renewal shows that the first leaves what it needs.
const RENEWALS: usize = 2;

/// Leads an [`EphemeralResource`] as Terraform does: validates, opens, renews if it asks for that, closes. Then it does so with
/// an error, an interrupt and a panic at each remote call of each of these. It is a [`Breach`] when
///
/// - a call fails and nothing is said,
/// - something is still open when the host is done with it, which [`Opening::counting`] tells,
/// - an answer breaks a rule of Terraform,
/// - a sensitive value is in a diagnostic.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use tfplug::testing::{Faults, Opening};
/// use tfplug::*;
///
/// /// A pass for a door.
/// #[derive(Clone, Model)]
/// struct Pass {
///     /// Which door.
///     #[attr(required)]
///     door: Attr<String>,
///     /// What opens it.
///     #[attr(computed, sensitive)]
///     code: Attr<String>,
/// }
///
/// /// The remote side: how many passes are valid.
/// struct Fake(AtomicUsize, Faults);
///
/// impl Fake {
///     async fn call<T>(&self, effect: impl FnOnce(&AtomicUsize) -> T) -> Result<T, Diagnostics> {
///         let call = self.1.call(async { effect(&self.0) });
///         call.await.map_err(|fault| Diagnostic::error("The desk is closed", fault.to_string()).into())
///     }
/// }
///
/// struct PassResource;
///
/// #[async_trait]
/// impl EphemeralResource for PassResource {
///     type Provider = Fake;
///     type Model = Pass;
///     type Private = ();
///
///     fn type_name(&self) -> &'static str {
///         "example_pass"
///     }
///
///     async fn open(&self, cx: &Context<Fake>, request: OpenRequest<'_, Self>) -> Result<Opened<Pass>, Diagnostics> {
///         let desk = cx.provider()?;
///         desk.call(|valid| valid.fetch_add(1, Ordering::Relaxed)).await?;
///         request.slot.opened(&()); // Without this line, the run below finds a pass that nobody takes back.
///         let code = desk.call(|_| "4711").await?.into();
///         Ok(Opened::new(Pass { code, ..request.config }))
///     }
///
///     async fn close(&self, cx: &Context<Fake>, _: CloseRequest<Self>) -> Result<(), Diagnostics> {
///         cx.provider()?.call(|valid| valid.fetch_sub(1, Ordering::Relaxed)).await?;
///         Ok(())
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let pass = Pass { door: "hall".into(), code: Attr::Null };
/// let opening = Opening::new(pass, |faults| (PassResource, Fake(AtomicUsize::new(0), faults)));
/// let closed = opening.counting(|fake| fake.0.load(Ordering::Relaxed)).run().await.unwrap();
/// assert_eq!(closed.result.unwrap().code.as_str(), Some("4711"));
/// // Two calls of the open and one of the close, with an error, an interrupt and a panic.
/// assert_eq!(closed.faults, 9);
/// # });
/// ```
pub struct Opening<E: EphemeralResource, W> {
    world: W,
    config: Value,
    schema: Schema,
    count: Option<Box<Count<E::Provider>>>,
}

type Count<P> = dyn Fn(&P) -> usize + Send + Sync;

/// An ephemeral resource from its opening to its end.
#[non_exhaustive]
pub struct Closed<M> {
    /// What the user would work with; none if it was not opened.
    pub result: Option<M>,
    /// How often it was renewed: twice if it asks for that again and again.
    pub renewals: usize,
    /// What was said when it was validated, opened, renewed and closed.
    pub diagnostics: Diagnostics,
    /// How many faults were injected, each into a run of its own.
    pub faults: usize,
}

/// The values may be secret.
impl<M> std::fmt::Debug for Closed<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Closed")
            .field("renewals", &self.renewals)
            .field("diagnostics", &self.diagnostics)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// A remote call of an operation, counted from 0, and what goes wrong at it.
#[derive(Debug, Clone, Copy)]
struct At {
    phase: Phase,
    number: usize,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Renew,
    Close,
}

/// One run.
#[derive(Default)]
struct Run {
    result: Option<Value>,
    renewals: usize,
    diagnostics: Diagnostics,
    /// How many remote calls opening, the first renewal and closing made.
    calls: [usize; 3],
}

/// An ephemeral resource and all that it works with.
struct Scene<E: EphemeralResource> {
    code: TypedEphemeralResource<E>,
    provider: Arc<E::Provider>,
    faults: Faults,
    at: Option<At>,
}

impl<E: EphemeralResource> Scene<E> {
    /// What a call is told of its surroundings, with the fault that is planned for it.
    fn call(&self, phase: Option<Phase>) -> Context<E::Provider> {
        let cancel = CancellationToken::new();
        let planned = self.at.filter(|at| Some(at.phase) == phase);
        self.faults
            .start(cancel.clone(), planned.map(|at| (at.number, at.fault)));
        Context::new(Some(Arc::clone(&self.provider)), CallContext::new(cancel))
    }

    /// The name of the run in a breach.
    fn step(&self, phase: Phase) -> String {
        let name = format!("{phase:?}").to_lowercase();
        match self.at {
            None => name,
            Some(at) if at.phase == phase => format!("{name} with {:?} at call {}", at.fault, at.number),
            Some(at) => format!(
                "{name} after {:?} at call {} of {:?}",
                at.fault, at.number, at.phase
            ),
        }
    }

    /// A call that fails and says nothing looks like a success.
    fn told(&self, phase: Phase, findings: &Diagnostics) -> Result<(), Breach> {
        let failed = |at: At| at.phase == phase && at.fault != Fault::Cancel;
        let told = !self.at.is_some_and(failed) || !findings.is_empty();
        check(told, &self.step(phase), || "a call failed, and nothing is said")
    }
}

impl<E: EphemeralResource, W: Fn(Faults) -> (E, E::Provider)> Opening<E, W> {
    /// An opening with this configuration. `world` makes a new ephemeral resource and a new configured provider at each
    /// call; the provider's fake makes every remote call through the [`Faults`].
    pub fn new(config: E::Model, world: W) -> Self {
        Self {
            world,
            config: config.to_value(),
            schema: E::Model::schema(0),
            count: None,
        }
    }

    /// Also asks the provider's fake how many objects are open, wherever none should be.
    #[must_use]
    pub fn counting(mut self, count: impl Fn(&E::Provider) -> usize + Send + Sync + 'static) -> Self {
        self.count = Some(Box::new(count));
        self
    }

    /// Validates, opens, renews and closes. What is not opened without a fault is not tried with any.
    ///
    /// # Errors
    /// When the resource does what it must not.
    pub async fn run(&self) -> Result<Closed<E::Model>, Breach> {
        self.validate_unknown()?;
        let right = self.live(None).await?;
        let mut faults = 0;
        for (phase, calls) in [Phase::Open, Phase::Renew, Phase::Close]
            .into_iter()
            .zip(right.calls)
        {
            let calls = if right.result.is_some() { calls } else { 0 };
            for number in 0..calls {
                for fault in [Fault::Error, Fault::Cancel, Fault::Panic] {
                    self.live(Some(At { phase, number, fault })).await?;
                    faults += 1;
                }
            }
        }
        Ok(Closed {
            result: right.result.and_then(|result| typed::read(&result).ok()),
            renewals: right.renewals,
            diagnostics: right.diagnostics,
            faults,
        })
    }

    /// A configuration that depends on what is yet to be created is validated while nothing of it is known.
    fn validate_unknown(&self) -> Result<(), Breach> {
        let attributes = self.schema.attributes.iter();
        let unknown = Value::Map(attributes.map(|a| (a.name.clone(), Value::unknown())).collect());
        let found = self.validate(&self.scene(None), &unknown);
        let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
        check(!found.has_errors(), "validate while nothing is known", || {
            lines.join("; ")
        })
    }

    fn validate(&self, scene: &Scene<E>, config: &Value) -> Diagnostics {
        let mut found = Diagnostics::new();
        validate(&self.schema, config, &mut found, |found| {
            scene.code.validate(config, found);
        });
        found
    }

    async fn live(&self, at: Option<At>) -> Result<Run, Breach> {
        let scene = self.scene(at);
        let mut run = Run {
            diagnostics: self.validate(&scene, &self.config),
            ..Run::default()
        };
        if !run.diagnostics.has_errors() {
            self.open(&scene, &mut run).await?;
        }
        let step = scene.step(at.map_or(Phase::Close, |at| at.phase));
        secrets::check(
            &self.schema,
            [&self.config].into_iter().chain(&run.result),
            &run.diagnostics,
            &step,
        )?;
        Ok(run)
    }

    async fn open(&self, scene: &Scene<E>, run: &mut Run) -> Result<(), Breach> {
        let cx = scene.call(Some(Phase::Open));
        let opened = calls::open(&scene.code, &self.schema, &cx, &self.config).await;
        run.calls[0] = scene.faults.calls();
        scene.told(Phase::Open, &opened.diagnostics)?;
        run.diagnostics.extend(opened.diagnostics.clone());
        let Some(result) = &opened.result else {
            return self.none_open(scene, Phase::Open, "this open failed, and no host closes it");
        };
        let found = judge_plan(&self.schema, &Value::Null, &self.config, result, &[]);
        Breach::of_rules(&scene.step(Phase::Open), &found)?;
        run.result = Some(result.clone());
        self.renew(scene, run, &opened).await?;
        self.close(scene, run, &opened.private).await
    }

    /// Renews as long as that is asked for. Only the first renewal of a run has a fault.
    async fn renew(&self, scene: &Scene<E>, run: &mut Run, opened: &OpenResponse) -> Result<(), Breach> {
        let (mut due, mut private) = (opened.renew_at, opened.private.clone());
        while due.is_some() && run.renewals < RENEWALS {
            let first = run.renewals == 0;
            let cx = scene.call(first.then_some(Phase::Renew));
            let answer = calls::renew(&scene.code, &cx, private).await;
            if first {
                run.calls[1] = scene.faults.calls();
                scene.told(Phase::Renew, &answer.diagnostics)?;
            }
            let failed = answer.diagnostics.has_errors();
            run.diagnostics.extend(answer.diagnostics);
            if failed {
                break;
            }
            run.renewals += 1;
            (due, private) = (answer.renew_at, answer.private);
        }
        Ok(())
    }

    /// Closes with what the open noted, as hosts do, whatever came after it.
    async fn close(&self, scene: &Scene<E>, run: &mut Run, private: &[u8]) -> Result<(), Breach> {
        let cx = scene.call(Some(Phase::Close));
        let findings = calls::close(&scene.code, &cx, private).await;
        run.calls[2] = scene.faults.calls();
        scene.told(Phase::Close, &findings)?;
        let failed = findings.has_errors();
        run.diagnostics.extend(findings);
        match failed {
            true => Ok(()),
            false => self.none_open(scene, Phase::Close, "this close says that all went well"),
        }
    }

    fn none_open(&self, scene: &Scene<E>, phase: Phase, why: &str) -> Result<(), Breach> {
        let open = self.count.as_ref().map_or(0, |count| count(&scene.provider));
        check(open == 0, &scene.step(phase), || {
            format!("{open} still open, though {why}")
        })
    }

    fn scene(&self, at: Option<At>) -> Scene<E> {
        let faults = Faults::default();
        let (ephemeral, provider) = (self.world)(faults.clone());
        Scene {
            code: TypedEphemeralResource(ephemeral),
            provider: Arc::new(provider),
            faults,
            at,
        }
    }
}

impl<E: EphemeralResource, W> std::fmt::Debug for Opening<E, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}
