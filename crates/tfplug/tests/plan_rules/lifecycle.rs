//! One object's life as Terraform would lead it, with every answer judged.

use std::sync::Arc;

use tfplug::schema::{Schema, lint_schema};
use tfplug::testing::{Action, Breach, Host, Stored};
use tfplug::unstable::RawResource;
use tfplug::unstable::engine::calls::ResourceSchemas;
use tfplug::unstable::engine::validate::validate;
use tfplug::unstable::oracle::{
    Judged, Violation, assert_required_given, judge_final_plan, judge_unchanged, proposed_new,
};
use tfplug::unstable::rpc::{ApplyResponse, PlanResponse, ReadResponse};
use tfplug::{Diagnostics, Value};
use tokio_util::sync::CancellationToken;

use super::cloud::{Cloud, Fault, Hook, Sight};
use super::rng::Rng;
use super::{schemas, values};

/// The provider's own bytes, which must come back as they were given.
const PRIVATE: &[u8] = b"{\"k\":1}";

/// One case.
pub struct Life {
    schemas: ResourceSchemas,
    cloud: Cloud,
    rng: Rng,
}

/// What an apply left behind.
struct Applied {
    state: Value,
    /// What was asked for, all of it known.
    config: Value,
    /// Whether it was reached.
    complete: bool,
}

/// Leads one life; panics at the first breach.
pub fn live(seed: u64) {
    let mut rng = Rng::new(seed);
    let schema = schemas::schema(&mut rng);
    assert_eq!(
        lint_schema(&schema),
        vec![],
        "the generator made a schema that Terraform refuses"
    );
    let cloud = Cloud::new(schema.clone(), Rng::new(rng.next()));
    let schemas = ResourceSchemas {
        object: schema.into(),
        identity: cloud.identity_schema(),
    };
    let mut life = Life { schemas, cloud, rng };
    let config = values::config(&mut life.rng, &life.schemas.object);
    let prior = if life.rng.chance(30) {
        life.adopt()
    } else {
        Value::Null
    };
    let Some(made) = life.change(&prior, &config) else {
        return;
    };
    life.look(&made);
    life.refuse_null(&made);
    let next = values::changed(&mut life.rng, &life.schemas.object, &made.config);
    let Some(changed) = life.change(&made.state, &next) else {
        return;
    };
    life.look(&changed);
    let state = life.drift(&changed);
    life.end(&state);
}

impl Life {
    fn schema(&self) -> &Schema {
        &self.schemas.object
    }

    /// A host whose interrupt the cloud can send.
    fn host(&self) -> Host<'_, ()> {
        let cancel = CancellationToken::new();
        self.cloud.lock().cancel = cancel.clone();
        Host::new(&self.cloud, &self.schemas, Arc::new(()), cancel)
    }

    /// An object that exists already, as a state of whatever origin has it.
    fn adopt(&mut self) -> Value {
        let state = values::state(&mut self.rng, &self.schemas.object);
        self.cloud.lock().remote = Some(state.clone());
        let answer = now(self.host().import("only")).unwrap_or_else(fail);
        assert!(!answer.state.is_null() && answer.identity.is_some_and(|i| i.is_wholly_known()));
        state
    }

    fn ask(&self, prior: &Value, config: &Value) -> PlanResponse {
        now(self.host().ask_plan(&stored(prior), config))
    }

    /// Plans twice, which must give the same, and judges the answer (P1 to P8, P10, P11).
    fn plan(&self, prior: &Value, config: &Value) -> PlanResponse {
        let answer = now(self.host().plan(&stored(prior), config)).unwrap_or_else(fail);
        if self.cloud.lock().rng.chance(25) {
            let again = self.ask(prior, config);
            assert_eq!(answer.planned, again.planned, "P11: two plans of the same differ");
            let paths = (&answer.requires_replace, &again.requires_replace);
            assert_eq!(paths.0, paths.1, "P10: two plans of the same differ");
        }
        assert!(
            answer.requires_replace.is_sorted(),
            "P10: the paths are in no order"
        );
        if answer.diagnostics.has_errors() {
            return answer;
        }
        assert_eq!(answer.private, PRIVATE, "R5: private data was lost");
        if !prior.is_null() {
            assert!(
                answer.identity.as_ref().is_some_and(Value::is_wholly_known),
                "identity must be known"
            );
        }
        answer
    }

    fn action(&self, prior: &Value, plan: &PlanResponse) -> Action {
        self.host().action(&stored(prior), plan)
    }

    /// Plans, plans again with all known, and applies. Nothing, if no object is left.
    fn change(&mut self, prior: &Value, config: &Value) -> Option<Applied> {
        let hook = *self.rng.pick(&[
            Hook::Quiet,
            Hook::Quiet,
            Hook::Quiet,
            Hook::Knowing,
            Hook::Wrong,
            Hook::Panic,
        ]);
        self.cloud.lock().hook = hook;
        let mut initial = self.plan(prior, config);
        if initial.diagnostics.has_errors() {
            assert!(
                matches!(hook, Hook::Wrong | Hook::Panic),
                "no plan: {:?}",
                initial.diagnostics
            );
            self.cloud.lock().hook = Hook::Quiet;
            initial = self.plan(prior, config);
            assert!(
                !initial.diagnostics.has_errors(),
                "no plan: {:?}",
                initial.diagnostics
            );
        }
        let mut prior = prior.clone();
        if self.action(&prior, &initial) == Action::Replace {
            // P9: Terraform deletes first, or keeps the old object aside; either way it plans a new one.
            self.end(&prior);
            self.cloud.lock().remote = None;
            prior = Value::Null;
            initial = self.plan(&prior, config);
        }
        let known = values::known_config(&mut self.rng, &self.schemas.object, config);
        let last = self.plan(&prior, &known);
        let judged = |plan| Judged {
            action: self.action(&prior, plan),
            planned: &plan.planned,
        };
        holds(
            "second plan",
            &judge_final_plan(self.schema(), judged(&initial), judged(&last)),
        );
        self.apply(&prior, known, &last)
    }

    fn apply(&mut self, prior: &Value, config: Value, plan: &PlanResponse) -> Option<Applied> {
        use Fault as F;
        let fault = *self.rng.pick(&[
            F::None,
            F::None,
            F::None,
            F::Early,
            F::Late,
            F::Silent,
            F::Panic,
            F::Cancel,
            F::Sloppy,
        ]);
        self.cloud.lock().fault = fault;
        let answer = self.send(prior, &config, plan);
        self.cloud.lock().fault = Fault::None;
        let failed = answer.diagnostics.has_errors();
        if !matches!(fault, F::None | F::Sloppy) {
            assert!(failed, "{fault:?} was taken for a success");
        }
        assert!(
            fault != F::None || !failed,
            "failed without a fault: {:?}",
            answer.diagnostics
        );
        let exists = self.cloud.lock().remote.is_some();
        assert_eq!(
            exists,
            !answer.state.is_null(),
            "A3: what exists and what is stored differ after {fault:?}"
        );
        if answer.state.is_null() {
            return None;
        }
        assert_eq!(answer.private, PRIVATE, "R5: private data was lost");
        if fault != F::None {
            // The state may be behind the remote object, which later steps take to be what is stored.
            self.cloud.lock().remote = Some(answer.state.clone());
        }
        let complete = fault == F::None && !shrank(&plan.planned, &answer.state);
        Some(Applied {
            state: answer.state,
            config,
            complete,
        })
    }

    /// Applies, and judges the answer (A1, A2, A4, A5).
    fn send(&self, prior: &Value, config: &Value, plan: &PlanResponse) -> ApplyResponse {
        now(self.host().apply(&stored(prior), config, plan)).unwrap_or_else(fail)
    }

    /// Reads, and judges the answer (R1).
    fn read(&self, state: &Value) -> ReadResponse {
        let answer = now(self.host().read(&stored(state))).unwrap_or_else(fail);
        assert_eq!(answer.private, PRIVATE, "R5: private data was lost");
        assert_eq!(answer.identity, Some(identity()), "R5: the identity was lost");
        answer
    }

    /// Reads an object that nobody changed: the state stays, and so does the plan (R3, P12).
    fn look(&mut self, applied: &Applied) {
        let Applied {
            state,
            config,
            complete,
        } = applied;
        for sight in [Sight::Error, Sight::Panic, Sight::Blurred] {
            self.cloud.lock().sight = sight;
            let answer = self.read(state);
            let told = answer.diagnostics.has_errors() || sight == Sight::Blurred;
            assert!(told, "{sight:?} was taken for a success");
            assert!(!answer.state.is_null(), "R3: {sight:?} was taken for gone");
        }
        self.cloud.lock().sight = Sight::Clear;
        self.cloud.lock().hook = Hook::Quiet;
        let answer = self.read(state);
        assert!(!answer.diagnostics.has_errors());
        let plan = self.plan(&answer.state, config);
        if *complete {
            assert_eq!(answer.state, *state, "R4: nobody changed it");
            let breaches = judge_unchanged(state, &plan.planned, &plan.requires_replace);
            assert!(
                breaches.is_empty(),
                "{}",
                self.differences(config, state, &plan.planned)
            );
        }
    }

    /// Null for what is required: refused at its place when validated, planned and applied, and nothing is done.
    fn refuse_null(&mut self, applied: &Applied) {
        let Applied { state, config, .. } = applied;
        let Some((place, config)) = values::without_required(&mut self.rng, &self.schemas.object, config)
        else {
            return;
        };
        let mut findings = Diagnostics::new();
        validate(self.schema(), &config, &mut findings, |_| {});
        let plan = self.ask(state, &config);
        let proposal = PlanResponse {
            planned: proposed_new(self.schema(), state, &config),
            ..plan.clone()
        };
        let before = self.cloud.lock().remote.clone();
        let answer = self.send(state, &config, &proposal);
        assert_eq!(before, self.cloud.lock().remote, "a null was carried out");
        assert_eq!(answer.state, *state, "a null was stored");
        for findings in [&findings, &plan.diagnostics, &answer.diagnostics] {
            let named = findings.iter().any(|finding| finding.path == place);
            assert!(named && findings.has_errors(), "null at {}: {findings:?}", place);
        }
        let breaches = assert_required_given(self.schema(), &config);
        let judged = breaches.iter().any(|breach| breach.path == place);
        assert!(judged, "null at {place}: {breaches:?}");
    }

    /// The attributes in which a plan that should be empty is not.
    fn differences(&self, config: &Value, state: &Value, planned: &Value) -> String {
        let mut text = "P12: a plan after a read is not empty".to_owned();
        for (name, value) in planned.as_map().into_iter().flatten() {
            if value != state.get(name) {
                let declared = self.schema().attribute(name);
                let (config, state) = (config.get(name), state.get(name));
                text += &format!("\n{declared:?}\nconfig {config:?}\nstate {state:?}\nplanned {value:?}");
            }
        }
        text
    }

    /// Changes the remote object by hand: a read shows it, and a plan over it is right (R4).
    fn drift(&mut self, applied: &Applied) -> Value {
        let Applied { state, config, .. } = applied;
        if self.rng.chance(20) {
            self.cloud.lock().remote = None;
            let answer = self.read(state);
            assert!(
                answer.state.is_null() && !answer.diagnostics.has_errors(),
                "R2: gone, but still stored"
            );
            return answer.state;
        }
        let other = values::state(&mut self.rng, &self.schemas.object);
        self.cloud.lock().remote = Some(other);
        let answer = self.read(state);
        self.plan(&answer.state, config);
        answer.state
    }

    /// Deletes: a failure keeps the state, a success leaves none (A2, A3).
    fn end(&mut self, state: &Value) {
        if state.is_null() {
            return;
        }
        self.cloud.lock().hook = Hook::Quiet;
        let plan = self.plan(state, &Value::Null);
        assert!(plan.planned.is_null() && !plan.diagnostics.has_errors());
        let fault = *self.rng.pick(&[Fault::Early, Fault::Silent, Fault::Panic]);
        for fault in [fault, Fault::None] {
            self.cloud.lock().fault = fault;
            let answer = self.send(state, &Value::Null, &plan);
            let failed = answer.diagnostics.has_errors();
            assert_eq!(
                failed,
                fault != Fault::None,
                "{fault:?} was taken for something else"
            );
            let exists = self.cloud.lock().remote.is_some();
            assert_eq!(
                exists,
                !answer.state.is_null(),
                "A3: what exists and what is stored differ"
            );
        }
    }
}

/// Whether elements of a set that were planned apart came out equal. No later plan can tell which one is which.
fn shrank(planned: &Value, actual: &Value) -> bool {
    match (planned, actual) {
        (Value::Set(p), Value::Set(a)) => p.len() > a.len() || p.iter().any(may_shrink),
        (Value::List(p), Value::List(a)) => p.iter().zip(a).any(|(p, a)| shrank(p, a)),
        (Value::Map(p), Value::Map(a)) => p.iter().any(|(k, p)| a.get(k).is_some_and(|a| shrank(p, a))),
        _ => false,
    }
}

/// Whether a set in an element of a set could come out smaller; which element that is cannot be seen.
fn may_shrink(planned: &Value) -> bool {
    match planned {
        Value::Set(vs) => vs.len() > 1 && !planned.is_wholly_known(),
        Value::List(vs) => vs.iter().any(may_shrink),
        Value::Map(m) => m.values().any(may_shrink),
        _ => false,
    }
}

fn identity() -> Value {
    Value::object([("id", Value::from("only"))])
}

/// What a host keeps of an object in this state.
fn stored(state: &Value) -> Stored {
    Stored::new(state.clone(), PRIVATE.to_vec(), Some(identity()))
}

fn fail<T>(breach: Breach) -> T {
    panic!("{breach}")
}

fn holds(call: &str, breaches: &[Violation]) {
    let lines: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{call}: {}", lines.join("; "));
}

/// Drives a future that waits for nothing but itself.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return value;
        }
    }
}
