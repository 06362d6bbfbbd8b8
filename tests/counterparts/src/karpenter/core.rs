//! Karpenter's core with its kwok provider, with everything that it needs.

use serde_json::{Value, json};

use super::controller::{Controller, KarpenterOptions};
use super::{Flavor, karpenter_crds};
use crate::error::Result;
use crate::kube::{KubeApiServer, KubeOptions, Kwok};

/// A cluster whose nodes Karpenter makes and kwok keeps alive, without any cloud.
#[derive(Debug)]
pub struct KarpenterCore {
    // Stopped in this order.
    /// Karpenter itself.
    pub karpenter: Controller,
    _kwok: Kwok,
    /// The control plane.
    pub kube: KubeApiServer,
}

impl KarpenterCore {
    /// Starts everything with these instance types, see [`Controller::core`], and a KWOKNodeClass `default`.
    ///
    /// # Errors
    /// A prerequisite is missing or a server does not come up.
    pub fn start(instance_types: &Value, options: &KarpenterOptions) -> Result<Self> {
        let kube = KubeApiServer::start(&KubeOptions::new("core").with_scheduler())?;
        let kwok = Kwok::start(&kube)?;
        kube.apply_crds(&karpenter_crds(Flavor::Core)?)?;
        let class = json!({
            "apiVersion": "karpenter.kwok.sh/v1alpha1",
            "kind": "KWOKNodeClass",
            "metadata": { "name": "default" },
        });
        kube.create("/apis/karpenter.kwok.sh/v1alpha1/kwoknodeclasses", &class)?;
        Ok(Self {
            karpenter: Controller::core(&kube, instance_types, options)?,
            _kwok: kwok,
            kube,
        })
    }
}
