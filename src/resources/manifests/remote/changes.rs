//! The way from what is to what is planned.

use serde_json::Value as Json;
use tfplug::{Context, Diagnostics, Slot};

use super::super::ManifestModel;
use super::super::object::{self, Key, Manifests};
use super::connect::{FIELD_MANAGER, Provenance, failure};
use super::{delete, people, trial};
use crate::connections::Connections;
use crate::kube::{Apply, KubeApi, KubeError};

/// What the steps need, and where they are noted.
pub(super) struct Changes<'a, M> {
    pub(super) cx: &'a Context<Connections>,
    pub(super) api: &'a dyn KubeApi,
    pub(super) planned: &'a M,
    pub(super) slot: &'a Slot,
    pub(super) provenance: Provenance,
}

impl<M: ManifestModel> Changes<'_, M> {
    /// Applies what differs from `before`, then deletes what is no longer wanted; each step that succeeded is in the
    /// slot.
    pub(super) async fn carry_out(mut self, before: &Manifests) -> Result<(), Diagnostics> {
        let wanted = self.planned.wanted();
        let mut done = before.clone();
        for (key, manifest) in object::in_order(&wanted) {
            let text = wanted.get(&key.text());
            if text != before.get(&key.text()) {
                self.apply_noted(&key, &manifest, &done).await?;
                done.extend(text.map(|text| (key.text(), text.clone())));
                self.note(&done);
            }
        }
        for (key, _) in object::in_order(before).into_iter().rev() {
            if !wanted.contains_key(&key.text()) {
                delete::one(self.cx, self.api, self.planned, &key, self.provenance.uid(&key)).await?;
                done.remove(&key.text());
                self.provenance.forget(&key);
                self.note(&done);
            }
        }
        self.note(&done);
        Ok(())
    }

    fn note(&self, done: &Manifests) {
        self.slot.exists(&self.planned.with_manifests(done.clone()));
        self.slot.remember(&self.provenance);
    }

    /// Whether a conflict is about what people changed, and the plan showed all of it.
    async fn shown_edit(&self, key: &Key, done: &Manifests, error: &KubeError) -> bool {
        let Some(before) = done.get(&key.text()) else {
            return false;
        };
        let edits = people::edits(self.api, key, self.planned.namespace(), before, error).await;
        edits.is_some()
    }

    /// Applies one object. If the answer to making one is lost, it may be there: it is noted, and the next read decides.
    async fn apply_noted(&mut self, key: &Key, manifest: &Json, done: &Manifests) -> Result<(), Diagnostics> {
        let how = Apply {
            field_manager: FIELD_MANAGER,
            force: self.planned.force(),
            dry_run: false,
        };
        let object = key.object(self.planned.namespace());
        let mut applied = self.api.apply(&object, manifest, how).await;
        if let Err(error) = &applied
            && self.shown_edit(key, done, error).await
        {
            applied = self
                .api
                .apply(&object, manifest, Apply { force: true, ..how })
                .await;
        }
        let error = match applied {
            Ok(applied) => {
                self.provenance.saw(key, &applied.live);
                let warnings = applied.warnings.iter();
                warnings.for_each(|text| self.cx.warn(trial::server_warning(&key.text(), text)));
                return Ok(());
            }
            Err(error) => error,
        };
        if error.may_have_happened() && !done.contains_key(&key.text()) {
            let mut possible = done.clone();
            possible.insert(key.text(), manifest.to_string());
            self.note(&possible);
        }
        Err(failure::<M>(&format!("{} cannot be applied", key.text()), &error).into())
    }
}
