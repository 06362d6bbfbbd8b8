//! `tfplug::testing` leads a life of a resource that is right, and finds what is wrong with others.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use tfplug::testing::{Breach, Faults, Life, Lived, Remote, World};
use tfplug::*;

/// A volume.
#[derive(Debug, Clone, Default, PartialEq, Model)]
struct Volume {
    /// Its name, by which a create finds what an earlier one made.
    #[attr(required, replace)]
    name: Attr<String>,
    /// Its size.
    #[attr(default = 1)]
    size: Attr<i64>,
    /// Its label, set by a call of its own.
    label: Attr<String>,
    /// Its ID.
    #[attr(computed, stable)]
    id: Attr<String>,
}

/// What identifies a volume.
#[derive(Debug, Clone, Model)]
struct VolumeIdentity {
    /// Its ID.
    #[attr(required)]
    id: Attr<String>,
}

/// How a resource is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    /// It notes a volume only when its label is set, too.
    NotedLate,
    /// It makes another volume where one of its name exists.
    NoSearch,
    /// It sees a volume that it cannot read as gone.
    ErrorIsGone,
    /// It sees a failed deletion as a success.
    DeletionIgnored,
    /// It never changes a label.
    LabelForgotten,
    /// It does not read a size that the state has.
    SizeUnread,
}

#[derive(Debug, Clone)]
struct Cloud {
    volumes: Arc<Mutex<BTreeMap<String, Volume>>>,
    faults: Faults,
}

impl Cloud {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Volume>> {
        self.volumes.lock().unwrap()
    }

    async fn call<T>(
        &self,
        effect: impl FnOnce(&mut BTreeMap<String, Volume>) -> T,
    ) -> Result<T, Diagnostics> {
        let call = self.faults.call(async { effect(&mut self.lock()) });
        let failed = |fault: testing::Injected| Diagnostic::error("The cloud failed", fault.to_string());
        Ok(call.await.map_err(failed)?)
    }
}

impl Remote for Cloud {
    fn count(&self) -> usize {
        self.lock().len()
    }

    fn drift(&self) {
        self.lock()
            .values_mut()
            .for_each(|volume| volume.size = 99.into());
    }
}

struct VolumeResource(Flaw);

impl VolumeResource {
    /// Sets what is settled by calls of their own; stops between them when the user interrupts.
    async fn settle(
        &self,
        cx: &Context<Cloud>,
        mut known: Volume,
        planned: &Volume,
        slot: &Slot,
    ) -> Result<(), Diagnostics> {
        let cloud = cx.provider()?;
        let id = known.id.as_str().unwrap_or_default().to_owned();
        if cx.cancel().is_cancelled() {
            return Err(Diagnostic::error("Interrupted", "Apply again.").into());
        }
        if known.size != planned.size {
            let size = planned.size;
            cloud.call(|all| all.get_mut(&id).unwrap().size = size).await?;
            known.size = planned.size;
            slot.exists(&known);
        }
        if known.label != planned.label && self.0 != Flaw::LabelForgotten {
            let label = planned.label.clone();
            cloud
                .call(|all| all.get_mut(&id).unwrap().label = label.clone())
                .await?;
        }
        known.label = planned.label.clone();
        slot.exists(&known);
        Ok(())
    }
}

#[async_trait]
impl Resource for VolumeResource {
    type Provider = Cloud;
    type Model = Volume;
    type Identity = VolumeIdentity;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "cloud_volume"
    }

    async fn create(&self, cx: &Context<Cloud>, request: CreateRequest<'_, Self>) -> Result<(), Diagnostics> {
        let (cloud, planned) = (cx.provider()?, request.planned);
        let search = self.0 != Flaw::NoSearch;
        let named = planned.name.clone();
        let earlier = cloud
            .call(|all| all.values().find(|one| search && one.name == named).cloned())
            .await?;
        let known = match earlier {
            Some(volume) => volume,
            None => {
                let made = Volume {
                    label: Attr::Null,
                    ..planned.clone()
                };
                cloud
                    .call(move |all| {
                        let id = format!("vol-{}", all.len());
                        all.insert(
                            id.clone(),
                            Volume {
                                id: id.as_str().into(),
                                ..made
                            },
                        );
                        all[&id].clone()
                    })
                    .await?
            }
        };
        if self.0 != Flaw::NotedLate {
            request.slot.exists(&known);
        }
        self.settle(cx, known, &planned, request.slot).await
    }

    async fn read(
        &self,
        cx: &Context<Cloud>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Volume>, Diagnostics> {
        let id = request.state.id.as_str().unwrap_or_default().to_owned();
        match cx.provider()?.call(|all| all.get(&id).cloned()).await {
            Err(_) if self.0 == Flaw::ErrorIsGone => Ok(None),
            Ok(Some(found)) if self.0 == Flaw::SizeUnread && !request.state.size.is_null() => {
                Ok(Some(Volume {
                    size: request.state.size,
                    ..found
                }))
            }
            answer => answer,
        }
    }

    async fn update(&self, cx: &Context<Cloud>, request: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> {
        self.settle(cx, request.prior, &request.planned, request.slot)
            .await
    }

    async fn delete(&self, cx: &Context<Cloud>, request: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        let id = request.state.id.as_str().unwrap_or_default().to_owned();
        match cx.provider()?.call(|all| all.remove(&id)).await {
            Err(_) if self.0 == Flaw::DeletionIgnored => Ok(()),
            answer => answer.map(|_| ()),
        }
    }

    fn identity(&self, state: &Volume) -> Option<VolumeIdentity> {
        let id = state.id.clone();
        Some(VolumeIdentity { id })
    }

    async fn import(
        &self,
        _: &Context<Cloud>,
        target: ImportTarget<VolumeIdentity>,
    ) -> Result<Volume, Diagnostics> {
        let id = match target {
            ImportTarget::Id(id) => id.into(),
            ImportTarget::Identity(identity) => identity.id,
        };
        Ok(Volume {
            id,
            ..Volume::default()
        })
    }
}

fn volume(name: &str, size: i64, label: &str) -> Volume {
    Volume {
        name: name.into(),
        size: size.into(),
        label: label.into(),
        id: Attr::Null,
    }
}

fn live(flaw: Flaw) -> Result<Lived, Breach> {
    let life = Life::new(volume("a", 2, "first"), move |faults| {
        let cloud = Cloud {
            volumes: Arc::default(),
            faults,
        };
        World::new(VolumeResource(flaw), cloud.clone(), cloud)
    });
    let life = life
        .changing_to(volume("a", 3, "second"))
        .replacing_by(volume("b", 3, "second"))
        .importing_by(|state| state.id.as_str().unwrap().to_owned())
        .with_lost_answers();
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(life.live())
}

#[test]
fn a_resource_that_is_right_lives_through_every_fault() {
    // Three calls of a create, two of an update, one each of a read and a delete, with four faults.
    assert_eq!(live(Flaw::None).unwrap().faults, 28);
}

#[test]
fn what_is_wrong_is_found_where_it_is() {
    for (flaw, step, text) in [
        (
            Flaw::NotedLate,
            "Create with Cancel at call 0",
            "not in the state",
        ),
        (
            Flaw::NoSearch,
            "Create with LostAnswer at call 1",
            "2 objects exist",
        ),
        (Flaw::ErrorIsGone, "Read with Error at call 0", "not in the state"),
        (
            Flaw::DeletionIgnored,
            "Delete with Error at call 0",
            "not in the state",
        ),
        (Flaw::LabelForgotten, "create", "a second plan is not empty"),
        (Flaw::SizeUnread, "drift", "a read does not show it"),
    ] {
        let breach = live(flaw).unwrap_err();
        assert_eq!(breach.step, step, "{flaw:?}: {breach}");
        assert!(breach.text.contains(text), "{flaw:?}: {breach}");
    }
}
