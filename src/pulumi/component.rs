//! `mig:index:SlicePool`: nodes with slices, and all that belongs to them, as one component of Pulumi.
//!
//! | file | what |
//! |---|---|
//! | `model.rs` | inputs and outputs |
//! | `check.rs` | what is wrong with inputs that no child sees |
//! | `karpenter.rs`, `node_group.rs` | the children of each kind, with the device plugin of both |
//! | `results.rs`, `toml.rs` | outputs, those for other packages among them |

mod check;
mod karpenter;
mod model;
mod node_group;
mod results;
mod toml;

use mig::Layout;
use pulumiplug::component::{Child, Component, Components, Construction, Finished, Origins};
use tfplug::{Attr, Diagnostics, Model, Path, async_trait};

use crate::checked::{Checked, Withheld};
use crate::facts::{Facts, SharedFacts};
use crate::models::LayoutModel;
use crate::resources::device_plugin::DevicePluginModel;
use check::Kind;
use model::{SlicePoolInputs, SlicePoolOutputs};

/// The components of the package. Layouts are checked against these facts.
#[must_use]
pub fn all(facts: SharedFacts) -> Components {
    Components::new().with(SlicePool { facts })
}

/// Nodes with slices, and all that belongs to them.
#[derive(Debug)]
struct SlicePool {
    facts: SharedFacts,
}

/// What the children are made from.
struct Wanted {
    inputs: SlicePoolInputs,
    /// What names begin with.
    name: String,
    /// The layouts, the preferred one first; deferred while one is unknown.
    layouts: Checked<Vec<Layout>>,
    /// Whether the nodes boot Bottlerocket, which has a device plugin of its own.
    is_bottlerocket: bool,
}

#[async_trait]
impl Component for SlicePool {
    type Inputs = SlicePoolInputs;
    type Outputs = SlicePoolOutputs;

    fn type_name(&self) -> &'static str {
        "mig_slice_pool"
    }

    fn plain(&self) -> &'static [&'static str] {
        &["kind", "fallback", "device_plugin", "ami_alias", "ami_family"]
    }

    async fn construct(
        &self,
        cx: &mut Construction<'_>,
        inputs: SlicePoolInputs,
    ) -> Result<Finished<SlicePoolOutputs>, Diagnostics> {
        let mut findings = Diagnostics::new();
        let kind = check::kind(&inputs, &mut findings);
        let layouts = layouts(&inputs, &self.facts.get(), &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        cx.warn(findings);
        let wanted = Wanted::of(cx.name(), inputs, layouts);
        match kind {
            Kind::Karpenter => karpenter::construct(cx, &wanted).await,
            Kind::NodeGroup => node_group::construct(cx, &wanted).await,
        }
    }
}

impl Wanted {
    fn of(component: &str, inputs: SlicePoolInputs, layouts: Checked<Vec<Layout>>) -> Self {
        let alias = inputs.ami_alias.as_str().unwrap_or_default();
        let family = inputs.ami_family.as_str().unwrap_or_default();
        Self {
            name: inputs.name.as_str().unwrap_or(component).to_owned(),
            is_bottlerocket: alias.starts_with("bottlerocket@") || family == "Bottlerocket",
            layouts,
            inputs,
        }
    }

    /// The name of an object, unknown while its beginning is.
    fn named(&self, whole: impl FnOnce(&str) -> String) -> Attr<String> {
        match self.inputs.name {
            Attr::Unknown => Attr::Unknown,
            _ => whole(&self.name).into(),
        }
    }

    /// All layouts as they are written.
    fn models(&self) -> Vec<LayoutModel> {
        let first = self.inputs.layout.known().cloned().unwrap_or_default();
        let others = self.inputs.fallback.known().cloned().unwrap_or_default();
        std::iter::once(first).chain(others).collect()
    }

    /// The device plugin of the nodes, if the component is to have it.
    fn device_plugin(&self, component: &str) -> Option<Child> {
        if self.inputs.device_plugin.known() == Some(&false) || self.is_bottlerocket {
            return None;
        }
        let layouts = match self.inputs.layout {
            Attr::Unknown => Attr::Unknown,
            _ => self.models().into(),
        };
        let config = DevicePluginModel {
            name: self.named(|name| format!("{name}-device-plugin")),
            cluster: self.inputs.cluster.clone(),
            layouts,
            ..DevicePluginModel::default()
        };
        let origins = Origins::new()
            .from("name", &["name"])
            .same("cluster", "cluster")
            .from("layouts", &["layout", "fallback"]);
        let child = Child::new(
            "mig_device_plugin",
            format!("{component}-plugin"),
            config.to_value(),
        );
        Some(child.with(origins).overridden_by("device_plugin_args"))
    }
}

/// All layouts, checked.
fn layouts(inputs: &SlicePoolInputs, facts: &Facts, findings: &mut Diagnostics) -> Checked<Vec<Layout>> {
    let one = |layout: Option<&LayoutModel>, at: &Path, findings: &mut Diagnostics| match layout {
        Some(layout) => layout.resolve(facts, at, findings),
        None => Err(Withheld::Deferred),
    };
    let first = one(inputs.layout.known(), &Path::attr("layout"), findings);
    let others = inputs.fallback.known().map_or(&[][..], Vec::as_slice);
    let at = Path::attr("fallback");
    let others: Vec<_> = others
        .iter()
        .enumerate()
        .map(|(index, layout)| one(Some(layout), &at.index(index), findings))
        .collect();
    crate::checked::all(std::iter::once(first).chain(others))
}
