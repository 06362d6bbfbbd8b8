//! A simulated resource: one remote object, and a script of what goes wrong.

use std::sync::{Mutex, MutexGuard};

use tfplug::async_trait;
use tfplug::schema::{IdentityAttribute, IdentitySchema, Lazy, Optionality, Schema};
use tfplug::ty::Type;
use tfplug::unstable::rpc::{ApplyRequest, ReadRequest};
use tfplug::unstable::{RawPlan, RawResource};
use tfplug::{Context, Diagnostic, Diagnostics, ImportTarget, MoveSource, Path, Slot, Value};
use tokio_util::sync::CancellationToken;

use super::rng::Rng;
use super::values;

/// The payload of a panic that is part of the simulation.
pub struct Simulated;

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    None,
    /// It fails before it has done anything.
    Early,
    /// It fails after the object was made or changed in part.
    Late,
    /// As `Late`, and says nothing of why.
    Silent,
    /// It panics after the object was made or changed in part.
    Panic,
    /// The user interrupts after the object was made or changed in part.
    Cancel,
    /// It succeeds, but gives a result of another shape than planned, with unknowns left and write-only values.
    Sloppy,
}

/// What a read meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The object.
    Clear,
    /// The object, with something in it unknown.
    Blurred,
    /// An error.
    Error,
    /// A panic.
    Panic,
}

/// How the resource's own plan code behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// It adds nothing.
    Quiet,
    /// It gives computed values that it knows already, and asks for replacement.
    Knowing,
    /// It changes what is not for it to change.
    Wrong,
    /// It panics.
    Panic,
}

/// What is true of the simulated cloud.
pub struct State {
    pub remote: Option<Value>,
    pub fault: Fault,
    pub sight: Sight,
    pub hook: Hook,
    pub rng: Rng,
    pub cancel: CancellationToken,
}

/// The resource.
pub struct Cloud {
    pub schema: Schema,
    pub state: Mutex<State>,
}

impl Cloud {
    pub fn new(schema: Schema, rng: Rng) -> Self {
        let state = State {
            remote: None,
            fault: Fault::None,
            sight: Sight::Clear,
            hook: Hook::Quiet,
            rng,
            cancel: CancellationToken::new(),
        };
        Self {
            schema,
            state: Mutex::new(state),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Makes or changes the object, noting each step, with the fault of the script in the middle.
    async fn write(
        &self,
        cx: &Context<()>,
        config: &Value,
        planned: &Value,
        slot: &Slot,
    ) -> Result<(), Diagnostics> {
        let (fault, result) = {
            let mut state = self.lock();
            let result = values::filled(&mut state.rng, &self.schema, planned);
            (state.fault, result)
        };
        if fault == Fault::Early {
            return Err(error("refused"));
        }
        self.lock().remote = Some(result.clone());
        let half_known = with_write_only(&self.schema, planned, config);
        slot.exists_raw(if self.lock().rng.chance(50) {
            half_known.clone()
        } else {
            result.clone()
        });
        yield_once().await;
        match fault {
            Fault::Late => return Err(error("failed half way")),
            Fault::Silent => return Err(Diagnostics::new()),
            Fault::Panic => std::panic::panic_any(Simulated),
            Fault::Cancel => {
                self.lock().cancel.cancel();
                assert!(cx.cancel().is_cancelled());
                return Err(error("interrupted"));
            }
            Fault::Sloppy => slot.exists_raw(self.misshape(&half_known)),
            Fault::None | Fault::Early => slot.exists_raw(result),
        }
        Ok(())
    }

    fn misshape(&self, value: &Value) -> Value {
        let mut state = self.lock();
        let other = values::state(&mut state.rng, &self.schema);
        if state.rng.chance(50) {
            other
        } else {
            value.clone()
        }
    }
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

fn error(text: &str) -> Diagnostics {
    Diagnostic::error("The simulated cloud failed", text).into()
}

/// The planned object with the configuration's write-only values, as a careless resource would note it.
fn with_write_only(schema: &Schema, planned: &Value, config: &Value) -> Value {
    let Value::Map(mut object) = planned.clone() else {
        return planned.clone();
    };
    for attribute in schema.attributes.iter().filter(|a| a.write_only) {
        object.insert(attribute.name.clone(), config.get(&attribute.name).clone());
    }
    Value::Map(object)
}

#[async_trait]
impl RawResource<()> for Cloud {
    fn type_name(&self) -> &str {
        "sim_object"
    }

    fn schema(&self) -> Lazy<Schema> {
        self.schema.clone().into()
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        let id = IdentityAttribute::new("id", Type::String, "");
        Some(IdentitySchema::new(0, vec![id]))
    }

    fn validate(&self, _: &Value, _: &mut Diagnostics) {}

    async fn plan(&self, _: &Context<()>, plan: &mut RawPlan) -> Result<(), Diagnostics> {
        let hook = self.lock().hook;
        let Value::Map(object) = &mut plan.planned else {
            return Ok(());
        };
        match hook {
            Hook::Quiet => {}
            Hook::Panic => std::panic::panic_any(Simulated),
            Hook::Wrong => {
                object.values_mut().for_each(|v| *v = Value::Null);
                plan.requires_replace.push(Path::attr("nowhere"));
            }
            Hook::Knowing => {
                for attribute in &self.schema.attributes {
                    let free =
                        attribute.optionality.is_computed() && plan.config.get(&attribute.name).is_null();
                    let value = object.get_mut(&attribute.name).unwrap();
                    if free && !value.is_known() && attribute.optionality == Optionality::Computed {
                        *value = values::default_of(&mut Rng::new(7), attribute);
                        plan.requires_replace.push(Path::attr(&attribute.name));
                    }
                }
            }
        }
        Ok(())
    }

    async fn plan_delete(&self, _: &Context<()>, _: &Value) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn create(&self, cx: &Context<()>, request: &ApplyRequest, slot: &Slot) -> Result<(), Diagnostics> {
        self.write(cx, &request.config, &request.planned, slot).await
    }

    async fn read(
        &self,
        _: &Context<()>,
        _: &ReadRequest,
        _: &mut Vec<u8>,
    ) -> Result<Option<Value>, Diagnostics> {
        let (sight, remote) = {
            let state = self.lock();
            (state.sight, state.remote.clone())
        };
        yield_once().await;
        match sight {
            Sight::Clear => Ok(remote),
            Sight::Error => Err(error("unreachable")),
            Sight::Panic => std::panic::panic_any(Simulated),
            Sight::Blurred => Ok(remote.map(blur)),
        }
    }

    async fn update(&self, cx: &Context<()>, request: &ApplyRequest, slot: &Slot) -> Result<(), Diagnostics> {
        self.write(cx, &request.config, &request.planned, slot).await
    }

    async fn delete(&self, _: &Context<()>, _: &ApplyRequest) -> Result<(), Diagnostics> {
        let fault = self.lock().fault;
        yield_once().await;
        match fault {
            Fault::None | Fault::Sloppy => self.lock().remote = None,
            Fault::Early | Fault::Late | Fault::Cancel => return Err(error("still in use")),
            Fault::Silent => return Err(Diagnostics::new()),
            Fault::Panic => std::panic::panic_any(Simulated),
        }
        Ok(())
    }

    fn identity(&self, state: &Value) -> Option<Value> {
        let known = state.is_wholly_known() && !state.is_null();
        Some(Value::object([(
            "id",
            if known {
                Value::from("only")
            } else {
                Value::unknown()
            },
        )]))
    }

    async fn import(&self, _: &Context<()>, _: ImportTarget<Value>) -> Result<Value, Diagnostics> {
        self.lock()
            .remote
            .clone()
            .map(blur)
            .ok_or_else(|| error("not found"))
    }

    fn upgrade(&self, _: i64, state: serde_json::Value) -> Result<serde_json::Value, Diagnostics> {
        Ok(state)
    }

    fn move_from(&self, _: &MoveSource) -> Option<Result<Value, Diagnostics>> {
        None
    }
}

/// The object with its first attribute unknown.
fn blur(mut object: Value) -> Value {
    if let Value::Map(fields) = &mut object
        && let Some(first) = fields.values_mut().next()
    {
        *first = Value::unknown();
    }
    object
}
