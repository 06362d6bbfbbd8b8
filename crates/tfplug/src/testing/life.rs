//! The life of one resource, without and with faults.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Breach, Fault, Faults, Host, Stored, check};
use crate::diag::Diagnostics;
use crate::diff;
use crate::engine::calls::ResourceSchemas;
use crate::model::Model;
use crate::oracle::{Action, judge_unchanged};
use crate::resource::{RawResource, Resource, Typed};
use crate::rpc::PlanResponse;
use crate::value::Value;

/// The fake of the remote side.
pub trait Remote: Send + Sync {
    /// How many objects of the resource exist.
    fn count(&self) -> usize;

    /// Changes the object past the provider, in an attribute that the configuration sets.
    fn drift(&self);
}

/// A resource and all that it works with, before anything exists.
pub struct World<R: Resource> {
    resource: Typed<R>,
    provider: Arc<R::Provider>,
    remote: Box<dyn Remote>,
}

impl<R: Resource> World<R> {
    /// A world of this resource, this configured provider and this remote side.
    pub fn new(resource: R, provider: R::Provider, remote: impl Remote + 'static) -> Self {
        Self {
            resource: Typed(resource),
            provider: Arc::new(provider),
            remote: Box::new(remote),
        }
    }
}

impl<R: Resource> std::fmt::Debug for World<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

/// What a [`Life`] consists of.
pub struct Life<R: Resource, W> {
    world: W,
    config: Value,
    change: Option<Value>,
    replacement: Option<Value>,
    import_id: Option<fn(&R::Model) -> String>,
    faults: Vec<Fault>,
}

/// What was tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lived {
    /// How many faults were injected, each into a life of its own.
    pub faults: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Plan,
    Create,
    Read,
    Update,
    Delete,
}

impl<R: Resource, W: Fn(Faults) -> World<R>> Life<R, W> {
    /// The life of an object of this configuration. `world` makes a new world at each call; its fake makes every remote
    /// call through the [`Faults`].
    pub fn new(config: R::Model, world: W) -> Self {
        Self {
            world,
            config: config.to_value(),
            change: None,
            replacement: None,
            import_id: None,
            faults: vec![Fault::Error, Fault::Cancel, Fault::Panic],
        }
    }

    /// Also changes the object to this configuration, in place.
    #[must_use]
    pub fn changing_to(mut self, config: R::Model) -> Self {
        self.change = Some(config.to_value());
        self
    }

    /// Also replaces the object by one of this configuration.
    #[must_use]
    pub fn replacing_by(mut self, config: R::Model) -> Self {
        self.replacement = Some(config.to_value());
        self
    }

    /// Also imports the object by this ID of its state. A plan after the import must be empty.
    #[must_use]
    pub fn importing_by(mut self, id: fn(&R::Model) -> String) -> Self {
        self.import_id = Some(id);
        self
    }

    /// Also loses the answer of each call. A resource must then find what it has created, by a name or a token.
    #[must_use]
    pub fn with_lost_answers(mut self) -> Self {
        self.faults.push(Fault::LostAnswer);
        self
    }

    /// Leads the life without a fault, and then with each fault at each remote call.
    ///
    /// # Errors
    /// At the first answer that is wrong.
    pub async fn live(&self) -> Result<Lived, Breach> {
        self.whole().await?;
        let mut lived = Lived::default();
        use Operation as O;
        for operation in [O::Plan, O::Create, O::Read, O::Update, O::Delete] {
            for call in 0..self.try_one(operation, None).await? {
                for fault in &self.faults {
                    self.try_one(operation, Some((call, *fault))).await?;
                    lived.faults += 1;
                }
            }
        }
        Ok(lived)
    }

    /// Every operation in the order of a usual life.
    async fn whole(&self) -> Result<(), Breach> {
        let session = self.session();
        let configs = [
            Some(&self.config),
            self.change.as_ref(),
            self.replacement.as_ref(),
        ];
        for config in configs.into_iter().flatten() {
            succeeded("validate", &session.host(None).validate(config))?;
        }
        let made = session.reach("create", &Stored::none(), &self.config).await?;
        let mut stored = session.settled("create", &made, &self.config).await?;
        self.import(&session, &stored).await?;
        let mut config = &self.config;
        for (step, next, action) in [
            ("change", &self.change, Action::Update),
            ("replace", &self.replacement, Action::Replace),
        ] {
            stored = session.drift(&stored, config).await?;
            let Some(next) = next else { continue };
            let plan = session.plan(step, &stored, next).await?;
            let planned = session.host(None).action(&stored, &plan);
            check(planned == action, step, || {
                format!("the plan is {planned:?}; it should be {action:?}")
            })?;
            let reached = session.reach(step, &stored, next).await?;
            stored = session.settled(step, &reached, next).await?;
            config = next;
        }
        session.end("destroy", &stored).await
    }

    async fn import(&self, session: &Session<R>, stored: &Stored) -> Result<(), Breach> {
        let Some(id) = self.import_id else {
            return Ok(());
        };
        let id = id(&R::Model::from_value(&stored.state, &mut Diagnostics::new()));
        let found = session.host(None).import(&id).await?;
        succeeded("import", &found.diagnostics)?;
        let found = Stored::from(found);
        session.settled("import", &found, &self.config).await.map(|_| ())
    }

    /// One operation of a new world; gives the number of its remote calls.
    async fn try_one(&self, operation: Operation, fault: Option<(usize, Fault)>) -> Result<usize, Breach> {
        let session = self.session();
        let step = match fault {
            Some((call, fault)) => format!("{operation:?} with {fault:?} at call {call}"),
            None => format!("{operation:?}"),
        };
        let change = self.change.as_ref().unwrap_or(&self.config);
        if operation == Operation::Create {
            return session.change(&step, &Stored::none(), &self.config, fault).await;
        }
        let before = session.reach(&step, &Stored::none(), &self.config).await?;
        match operation {
            Operation::Update if self.change.is_some() => session.change(&step, &before, change, fault).await,
            Operation::Read => session.look(&step, &before, &self.config, fault).await,
            Operation::Delete => session.delete(&step, &before, fault).await,
            Operation::Plan => {
                session.host(fault).plan(&before, change).await?;
                Ok(session.faults.calls())
            }
            Operation::Create | Operation::Update => Ok(0),
        }
    }

    fn session(&self) -> Session<R> {
        let faults = Faults::default();
        let world = (self.world)(faults.clone());
        Session {
            schemas: ResourceSchemas {
                object: world.resource.schema(),
                identity: world.resource.identity_schema(),
            },
            world,
            faults,
        }
    }
}

impl<R: Resource, W> std::fmt::Debug for Life<R, W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Life")
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// One world and a host for it.
struct Session<R: Resource> {
    world: World<R>,
    schemas: ResourceSchemas,
    faults: Faults,
}

impl<R: Resource> Session<R> {
    fn host(&self, fault: Option<(usize, Fault)>) -> Host<'_, R::Provider> {
        let cancel = CancellationToken::new();
        self.faults.start(cancel.clone(), fault);
        let provider = Arc::clone(&self.world.provider);
        Host::new(&self.world.resource, &self.schemas, provider, cancel)
    }

    async fn plan(&self, step: &str, stored: &Stored, config: &Value) -> Result<PlanResponse, Breach> {
        let plan = self.host(None).plan(stored, config).await?;
        succeeded(step, &plan.diagnostics).map(|()| plan)
    }

    /// Plans and applies without a fault.
    async fn reach(&self, step: &str, stored: &Stored, config: &Value) -> Result<Stored, Breach> {
        let mut stored = stored.clone();
        let mut plan = self.plan(step, &stored, config).await?;
        if self.host(None).action(&stored, &plan) == Action::Replace {
            self.end(step, &stored).await?;
            stored = Stored::none();
            plan = self.plan(step, &stored, config).await?;
        }
        if self.host(None).action(&stored, &plan) == Action::NoOp {
            return Ok(stored);
        }
        let answer = self.host(None).apply(&stored, config, &plan).await?;
        succeeded(step, &answer.diagnostics)?;
        Ok(answer.into())
    }

    /// Nothing is left to do: a read finds the object as stored, the plan is empty, and there is one object.
    async fn settled(&self, step: &str, stored: &Stored, config: &Value) -> Result<Stored, Breach> {
        let found = self.refresh(step, stored).await?;
        check(!found.state.is_null(), step, || {
            "the object is not found".to_owned()
        })?;
        let plan = self.plan(step, &found, config).await?;
        let unchanged = judge_unchanged(&found.state, &plan.planned, &plan.requires_replace);
        check(unchanged.is_empty(), step, || {
            let changes = diff::between(&self.schemas.object, &found.state, &plan.planned);
            let places: Vec<String> = changes.iter().map(|change| change.path.to_string()).collect();
            format!("a second plan is not empty: it changes {}", places.join(", "))
        })?;
        let count = self.world.remote.count();
        check(count == 1, step, || {
            format!("{count} objects exist; it should be one")
        })?;
        Ok(found)
    }

    async fn refresh(&self, step: &str, stored: &Stored) -> Result<Stored, Breach> {
        let answer = self.host(None).read(stored).await?;
        succeeded(step, &answer.diagnostics)?;
        Ok(answer.into())
    }

    /// The object is changed past the provider: a read shows it, and an apply reverts it.
    async fn drift(&self, stored: &Stored, config: &Value) -> Result<Stored, Breach> {
        let step = "drift";
        self.world.remote.drift();
        let found = self.refresh(step, stored).await?;
        check(found.state != stored.state, step, || {
            "a read does not show it".to_owned()
        })?;
        let reached = self.reach(step, &found, config).await?;
        self.settled(step, &reached, config).await
    }

    /// A create or update with a fault: what exists is stored, and the next apply reaches the configuration.
    async fn change(
        &self,
        step: &str,
        before: &Stored,
        config: &Value,
        fault: Option<(usize, Fault)>,
    ) -> Result<usize, Breach> {
        let plan = self.plan(step, before, config).await?;
        let answer = self.host(fault).apply(before, config, &plan).await?;
        let calls = self.faults.calls();
        let failed = answer.diagnostics.has_errors();
        let mut after = Stored::from(answer);
        // What a create whose answer was lost has made, only the next one can find.
        if !matches!(fault, Some((_, Fault::LostAnswer))) || !before.state.is_null() {
            self.nothing_is_lost(step, &after)?;
        }
        if failed && before.state.is_null() && !after.state.is_null() {
            // Terraform replaces an object whose creation failed.
            self.end(step, &after).await?;
            after = Stored::none();
        }
        if !after.state.is_null() {
            after = self.refresh(step, &after).await?;
        }
        let reached = self.reach(step, &after, config).await?;
        self.settled(step, &reached, config).await.map(|_| calls)
    }

    /// A read with a fault: a failure leaves the state as it is.
    async fn look(
        &self,
        step: &str,
        before: &Stored,
        config: &Value,
        fault: Option<(usize, Fault)>,
    ) -> Result<usize, Breach> {
        let answer = self.host(fault).read(before).await?;
        let calls = self.faults.calls();
        let kept = answer.state == before.state || !answer.diagnostics.has_errors();
        check(kept, step, || "a failed read changed the state".to_owned())?;
        self.nothing_is_lost(step, &answer.into())?;
        self.settled(step, before, config).await.map(|_| calls)
    }

    /// A deletion with a fault: an object that still exists is stored, and the next one deletes it.
    async fn delete(
        &self,
        step: &str,
        before: &Stored,
        fault: Option<(usize, Fault)>,
    ) -> Result<usize, Breach> {
        let plan = self.plan(step, before, &Value::Null).await?;
        let answer = self.host(fault).apply(before, &Value::Null, &plan).await?;
        let calls = self.faults.calls();
        let after = Stored::from(answer);
        self.nothing_is_lost(step, &after)?;
        if !after.state.is_null() {
            let found = self.refresh(step, &after).await?;
            self.end(step, &found).await?;
        }
        Ok(calls)
    }

    /// Deletes without a fault; afterwards nothing exists and a read says so.
    async fn end(&self, step: &str, stored: &Stored) -> Result<(), Breach> {
        if !stored.state.is_null() {
            let plan = self.plan(step, stored, &Value::Null).await?;
            let answer = self.host(None).apply(stored, &Value::Null, &plan).await?;
            succeeded(step, &answer.diagnostics)?;
            let found = self.refresh(step, stored).await?;
            check(found.state.is_null(), step, || {
                "a deleted object is still found".to_owned()
            })?;
        }
        let count = self.world.remote.count();
        check(count == 0, step, || {
            format!("{count} objects are left after the deletion")
        })
    }

    fn nothing_is_lost(&self, step: &str, after: &Stored) -> Result<(), Breach> {
        let lost = self.world.remote.count() > 0 && after.state.is_null();
        check(!lost, step, || {
            "an object exists that is not in the state".to_owned()
        })
    }
}

fn succeeded(step: &str, findings: &Diagnostics) -> Result<(), Breach> {
    let errors = || findings.iter().filter(|finding| finding.is_error());
    check(errors().next().is_none(), step, || {
        errors().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    })
}
