//! The cabinet itself, and what goes wrong with it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use tfplug::ty::Type;
use tfplug::unstable::codec::json;
use tfplug::{Context, Diagnostic, Diagnostics, Model, Value};
use tokio::sync::Notify;

use super::Drawer;

/// What goes wrong at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails without effect.
    Error,
    /// It has its effect, and its answer is lost.
    LostAnswer,
    /// It waits until the user interrupts, and then fails without effect.
    Cancel,
    /// The code panics.
    Panic,
}

/// A cabinet; clones are the same one.
#[derive(Clone, Default)]
pub struct Cabinet(Arc<Inner>);

#[derive(Default)]
struct Inner {
    drawers: Mutex<BTreeMap<String, Drawer>>,
    plan: Mutex<Option<(usize, Fault)>>,
    made: Mutex<usize>,
    waiting: Notify,
    /// Where it lives between processes, if it does.
    file: Mutex<Option<PathBuf>>,
    settings: Mutex<Option<Settings>>,
}

/// The provider block, as it arrived.
pub type Settings = (String, Option<i64>, BTreeMap<String, String>);

impl Cabinet {
    /// A cabinet that is kept in a file.
    pub fn in_file(file: impl Into<PathBuf>) -> Self {
        let cabinet = Self::default();
        *cabinet.0.file.lock().unwrap() = Some(file.into());
        cabinet
    }

    fn load(&self) {
        let file = self.0.file.lock().unwrap();
        let Some(bytes) = file.as_ref().and_then(|file| std::fs::read(file).ok()) else {
            return;
        };
        let value = json::decode(&bytes, &all_drawers(), json::Undeclared::Refuse).unwrap();
        let one = |(id, drawer): (&String, &Value)| {
            (id.clone(), Drawer::from_value(drawer, &mut Diagnostics::new()))
        };
        *self.drawers() = value.as_map().unwrap().iter().map(one).collect();
    }

    fn save(&self) {
        if let Some(file) = self.0.file.lock().unwrap().as_ref() {
            let one = |(id, drawer): (&String, &Drawer)| (id.clone(), drawer.to_value());
            let all = Value::Map(self.drawers().iter().map(one).collect());
            std::fs::write(file, json::encode(&all, &all_drawers()).unwrap()).unwrap();
        }
    }

    pub fn configured(&self, room: &str, most: Option<i64>, tags: BTreeMap<String, String>) {
        *self.0.settings.lock().unwrap() = Some((room.to_owned(), most, tags));
    }

    pub fn settings(&self) -> Option<Settings> {
        self.0.settings.lock().unwrap().clone()
    }

    /// What is in it.
    pub fn drawers(&self) -> MutexGuard<'_, BTreeMap<String, Drawer>> {
        self.0.drawers.lock().unwrap()
    }

    /// Makes the call of this number, counted from 0, go wrong.
    pub fn fail(&self, at: usize, fault: Fault) {
        *self.0.plan.lock().unwrap() = Some((at, fault));
    }

    /// Waits until a call waits for an interrupt.
    pub async fn waits(&self) {
        self.0.waiting.notified().await;
    }

    /// Changes every drawer behind the provider's back.
    pub fn drift(&self) {
        for drawer in self.drawers().values_mut() {
            drawer.size = 9.into();
            drawer.label_text = "drifted".into();
        }
    }

    pub fn next_id(&self) -> String {
        self.load();
        let kept = self.drawers().len();
        let mut made = self.0.made.lock().unwrap();
        *made += 1;
        format!("drawer-{}", kept.max(*made - 1) + 1)
    }

    pub async fn put(&self, cx: &Context<Self>, drawer: Drawer) -> Result<(), Diagnostics> {
        let id = drawer.id.as_str().unwrap_or_default().to_owned();
        let drawer = drawer.as_stored();
        self.call(cx, move |all| drop(all.insert(id, drawer))).await
    }

    pub async fn get(&self, cx: &Context<Self>, id: &str) -> Result<Option<Drawer>, Diagnostics> {
        self.call(cx, |all| all.get(id).cloned()).await
    }

    pub async fn remove(&self, cx: &Context<Self>, id: &str) -> Result<(), Diagnostics> {
        self.call(cx, |all| drop(all.remove(id))).await
    }

    async fn call<T>(
        &self,
        cx: &Context<Self>,
        effect: impl FnOnce(&mut BTreeMap<String, Drawer>) -> T,
    ) -> Result<T, Diagnostics> {
        self.load();
        let failed = |text: &str| Err(Diagnostic::error("The cabinet failed", text).into());
        match self.fault() {
            None => {
                let done = effect(&mut self.drawers());
                self.save();
                Ok(done)
            }
            Some(Fault::Error) => failed("It jams."),
            Some(Fault::LostAnswer) => {
                effect(&mut self.drawers());
                failed("It went dark.")
            }
            Some(Fault::Cancel) => {
                tracing::info!(waited_s = 30, "Still waiting for the {}", "hinge");
                self.0.waiting.notify_one();
                cx.cancel().cancelled().await;
                failed("Interrupted.")
            }
            // Unlike a panic of the code, it prints nothing.
            Some(Fault::Panic) => std::panic::resume_unwind(Box::new("a test panics")),
        }
    }

    fn fault(&self) -> Option<Fault> {
        let mut plan = self.0.plan.lock().unwrap();
        match *plan {
            Some((0, fault)) => {
                *plan = None;
                Some(fault)
            }
            Some((at, fault)) => {
                *plan = Some((at - 1, fault));
                None
            }
            None => None,
        }
    }
}

fn all_drawers() -> Type {
    Type::map(Drawer::schema(0).ty())
}
