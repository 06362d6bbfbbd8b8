//! Components: resources of Pulumi that consist of others, with no object of their own.
//!
//! A program gives a component inputs and gets outputs; the engine asks the provider to make it (Construct), and the
//! provider registers the component and its children with the engine's monitor. Terraform has modules for that.
//!
//! # What becomes of a component's options
//!
//! | option | the component itself | its children |
//! |---|---|---|
//! | `parent`, hooks | as given | |
//! | `aliases`, `protect`, `retainOnDelete`, `deletedWith` | as given | inherited: the engine does it |
//! | `providers`, `provider` | as given | the one of their package |
//! | `dependsOn` | as given | the same |
//! | `customTimeouts`, `deleteBeforeReplace`, `replaceWith`, `replacementTrigger` | as given | the same, since the engine leaves it to the component |
//! | `ignoreChanges`, `replaceOnChanges` | as given | the properties that come from these inputs |
//! | `additionalSecretOutputs` | as given, and these outputs are secrets | |

mod child;
mod construction;
mod erased;
mod monitor;
mod options;
mod origins;

use std::sync::Arc;

use tfplug::schema::Schema;
use tfplug::{Diagnostics, Model, async_trait};

pub use child::{Child, Made};
pub use construction::{Construction, Finished};
use erased::{Erased, RawComponent};
pub use origins::Origins;

/// A component: what is given to it, what it gives, and how it is made.
///
/// ```no_run
/// use pulumiplug::component::{Child, Component, Construction, Finished, Origins};
/// use tfplug::{Attr, Diagnostics, Model, Value, async_trait};
///
/// /// Two shelves, one over the other.
/// #[derive(Clone, Model)]
/// struct RackInputs {
///     /// What is written on both.
///     #[attr(required)]
///     label: Attr<String>,
/// }
///
/// /// What a rack is.
/// #[derive(Clone, Model)]
/// struct RackOutputs {
///     /// ID of the upper one.
///     #[attr(computed)]
///     upper_id: Attr<String>,
/// }
///
/// struct Rack;
///
/// #[async_trait]
/// impl Component for Rack {
///     type Inputs = RackInputs;
///     type Outputs = RackOutputs;
///
///     fn type_name(&self) -> &'static str {
///         "room_rack"
///     }
///
///     async fn construct(
///         &self,
///         cx: &mut Construction<'_>,
///         inputs: RackInputs,
///     ) -> Result<Finished<RackOutputs>, Diagnostics> {
///         let config = Value::object([("label", inputs.label.encode())]);
///         let shelf = |place: &str| {
///             let name = format!("{}-{place}", cx.name());
///             Child::new("room_shelf", name, config.clone()).with(Origins::new().same("label", "label"))
///         };
///         let (upper, lower) = (shelf("upper"), shelf("lower"));
///         cx.plan(&upper).await?;
///         cx.plan(&lower).await?;
///         cx.faultless()?;
///         let upper = cx.child(upper).await?;
///         cx.child(lower).await?;
///         let outputs = RackOutputs { upper_id: upper.get("id") };
///         Ok(Finished::new(outputs).with(Origins::new().of("upper_id", &upper, "id")))
///     }
/// }
/// ```
#[async_trait]
pub trait Component: Send + Sync + 'static {
    /// What is given. Its documentation is the component's.
    type Inputs: Model;
    /// What the component has in the end; every attribute is computed.
    type Outputs: Model;

    /// The name by which the component's token is made: `mig_slice_pool` is `mig:index:SlicePool`.
    fn type_name(&self) -> &'static str;

    /// Inputs that decide which children there are: a preview must know them.
    fn plain(&self) -> &'static [&'static str] {
        &[]
    }

    /// Makes the children. What is wrong with the inputs should be found before the first of them is made: see
    /// [`Construction::plan`]. In a preview, inputs and outputs of children may be unknown.
    ///
    /// # Errors
    /// What is wrong, with paths of inputs.
    async fn construct(
        &self,
        cx: &mut Construction<'_>,
        inputs: Self::Inputs,
    ) -> Result<Finished<Self::Outputs>, Diagnostics>;
}

/// What a component declares.
#[derive(Debug, Clone)]
pub struct ComponentSchema {
    /// Its name, as a resource would have it.
    pub type_name: String,
    /// What is given.
    pub inputs: Schema,
    /// What it gives.
    pub outputs: Schema,
    /// Inputs that a preview must know.
    pub plain: Vec<String>,
}

/// The components of a package.
#[derive(Clone, Default)]
pub struct Components(Vec<Arc<dyn RawComponent>>);

impl Components {
    /// No components.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same and this one.
    #[must_use]
    pub fn with(mut self, component: impl Component) -> Self {
        self.0.push(Arc::new(Erased(component)));
        self
    }

    /// What they declare.
    pub fn schemas(&self) -> Vec<ComponentSchema> {
        self.0.iter().map(|component| component.schema()).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn find(&self, mut is_it: impl FnMut(&str) -> bool) -> Option<&dyn RawComponent> {
        let found = self.0.iter().find(|component| is_it(component.type_name()));
        found.map(|component| &**component)
    }
}

impl std::fmt::Debug for Components {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.0.iter().map(|component| component.type_name());
        out.debug_list().entries(names).finish()
    }
}
