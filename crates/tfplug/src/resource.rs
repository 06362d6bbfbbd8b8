//! Managed resources.

mod erased;
mod lossless;
mod request;
mod slot;

use std::any::TypeId;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use erased::{RawPlan, RawResource, Typed};
pub use request::{CreateRequest, DeleteRequest, ReadRequest, UpdateRequest};
pub use slot::{Slot, SlotContent};

use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::model::Model;
use crate::path::Path;

/// A kind of remote object that Terraform manages.
///
/// The engine takes care of everything that can be known from the schema: defaults, what is kept and what becomes
/// unknown, replacement, Terraform's rules for plans and results. What is left is what only you know.
///
/// ```
/// use tfplug::*;
///
/// /// A file.
/// #[derive(Clone, Model)]
/// struct File {
///     /// Its path.
///     #[attr(required, replace)]
///     path: Attr<String>,
///     /// Its text.
///     #[attr(required)]
///     text: Attr<String>,
/// }
///
/// struct FileResource;
///
/// fn write(file: &File, slot: &Slot) -> Result<(), Diagnostics> {
///     let (path, text) = (file.path.as_str().unwrap_or_default(), file.text.as_str().unwrap_or_default());
///     std::fs::write(path, text).map_err(failed)?;
///     slot.exists(file);
///     Ok(())
/// }
///
/// fn failed(error: std::io::Error) -> Diagnostics {
///     let detail = format!("{error}. Check that the folder exists and that you may write there.");
///     Diagnostic::error("The file cannot be used", detail).at(Path::attr("path")).into()
/// }
///
/// #[async_trait]
/// impl Resource for FileResource {
///     type Provider = ();
///     type Model = File;
///     type Identity = NoIdentity;
///     type Private = ();
///
///     fn type_name(&self) -> &'static str {
///         "example_file"
///     }
///
///     async fn create(&self, _: &Context<()>, request: CreateRequest<'_, Self>) -> Result<(), Diagnostics> {
///         write(&request.planned, request.slot)
///     }
///
///     async fn read(
///         &self,
///         _: &Context<()>,
///         request: ReadRequest<'_, Self>,
///     ) -> Result<Option<File>, Diagnostics> {
///         match std::fs::read_to_string(request.state.path.as_str().unwrap_or_default()) {
///             Ok(text) => Ok(Some(File { text: text.into(), ..request.state })),
///             Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
///             Err(error) => Err(failed(error)),
///         }
///     }
///
///     async fn update(&self, _: &Context<()>, request: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> {
///         write(&request.planned, request.slot)
///     }
///
///     async fn delete(&self, _: &Context<()>, request: DeleteRequest<Self>) -> Result<(), Diagnostics> {
///         std::fs::remove_file(request.state.path.as_str().unwrap_or_default()).map_err(failed)
///     }
/// }
/// ```
#[async_trait]
pub trait Resource: Send + Sync + 'static {
    /// The configured provider.
    type Provider: Send + Sync + 'static;
    /// Configuration, plan and state.
    type Model: Model;
    /// What identifies one object as long as it exists; [`NoIdentity`] if nothing does.
    type Identity: Model;
    /// What to remember beside the state, unseen by the user; `()` for nothing.
    type Private: Serialize + DeserializeOwned + Default + Send + Sync;

    /// The resource type, with the provider's prefix: `mig_launch_template`.
    fn type_name(&self) -> &'static str;

    /// The version of the state's shape.
    fn schema_version(&self) -> i64 {
        0
    }

    /// Checks what one attribute's validators cannot. Anything may be unknown; what is, is not judged.
    fn validate(&self, config: &Self::Model, diags: &mut Diagnostics) {
        let _ = (config, diags);
    }

    /// Refines the plan: gives computed attributes that are known already, asks for replacement, warns. Called for
    /// create and update, more than once, and must answer the same each time.
    ///
    /// # Errors
    /// When the plan cannot be made; the user sees the diagnostics.
    async fn plan(
        &self,
        cx: &Context<Self::Provider>,
        plan: &mut Plan<Self::Model, Self::Private>,
    ) -> Result<(), Diagnostics> {
        let _ = (cx, plan);
        Ok(())
    }

    /// Looks at a planned deletion, to warn or refuse.
    ///
    /// # Errors
    /// When the deletion must not happen.
    async fn plan_delete(
        &self,
        cx: &Context<Self::Provider>,
        prior: &Self::Model,
    ) -> Result<(), Diagnostics> {
        let _ = (cx, prior);
        Ok(())
    }

    /// Creates the object. From the moment it exists, the request's slot must hold it: what the slot holds is stored,
    /// whatever happens afterwards.
    ///
    /// # Errors
    /// When it could not be created, or not wholly.
    async fn create(
        &self,
        cx: &Context<Self::Provider>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics>;

    /// Looks the object up: `None` if it is certainly gone.
    ///
    /// # Errors
    /// When it could not be looked up. That is never to be taken for "gone".
    async fn read(
        &self,
        cx: &Context<Self::Provider>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Self::Model>, Diagnostics>;

    /// Changes the object. The request's slot holds it as it was; each step that succeeds should be noted there.
    ///
    /// # Errors
    /// When it could not be changed, or not wholly.
    async fn update(
        &self,
        cx: &Context<Self::Provider>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics>;

    /// Deletes the object. That it is gone already is success.
    ///
    /// # Errors
    /// When it still exists.
    async fn delete(
        &self,
        cx: &Context<Self::Provider>,
        request: DeleteRequest<Self>,
    ) -> Result<(), Diagnostics>;

    /// The identity of an object of this state.
    fn identity(&self, state: &Self::Model) -> Option<Self::Identity> {
        let _ = state;
        None
    }

    /// Finds an existing object. The result needs only what [`Resource::read`] needs, which follows.
    ///
    /// # Errors
    /// When the id or identity is not of the expected form.
    async fn import(
        &self,
        cx: &Context<Self::Provider>,
        target: ImportTarget<Self::Identity>,
    ) -> Result<Self::Model, Diagnostics> {
        let _ = (cx, target);
        let detail = format!("Objects of type {} cannot be imported.", self.type_name());
        Err(Diagnostic::error("Import is not supported", detail).into())
    }

    /// Brings state of an older schema version to the present one, as JSON.
    ///
    /// # Errors
    /// When the version is not known.
    fn upgrade(&self, version: i64, state: serde_json::Value) -> Result<serde_json::Value, Diagnostics> {
        let _ = state;
        let detail = format!(
            "State of {} has version {version}, which no release ever wrote.",
            self.type_name()
        );
        Err(Diagnostic::error("The stored state cannot be read", detail).into())
    }

    /// Takes over the state of another resource type: `None` if it is not one that can be taken over. As after
    /// [`Resource::import`], the result needs only what [`Resource::read`] needs, which follows; a read that finds nothing is an error
    /// then, and no reason to create a second object.
    fn move_from(&self, source: &MoveSource) -> Option<Result<Self::Model, Diagnostics>> {
        let _ = source;
        None
    }
}

/// The Rust types of a resource's object and of its identity.
pub(crate) fn types_of<R: Resource>() -> (TypeId, TypeId) {
    (TypeId::of::<R::Model>(), TypeId::of::<R::Identity>())
}

/// A plan in the making.
#[derive(Debug)]
pub struct Plan<M, T> {
    /// What the user wrote, write-only values included.
    pub config: M,
    /// The object as it is; absent if it is to be created.
    pub prior: Option<M>,
    /// The object as it will be. Only computed attributes that the user left out may be changed here.
    pub planned: M,
    /// What is remembered beside the state. Changes reach [`Resource::create`] and [`Resource::update`] by
    /// [`Slot::recall`].
    pub private: T,
    pub(crate) requires_replace: Vec<Path>,
    pub(crate) replaced_by_schema: bool,
}

impl<M, T> Plan<M, T> {
    /// A plan in the making, for tests of a [`Resource::plan`].
    pub fn new(config: M, prior: Option<M>, planned: M, private: T) -> Self {
        Self {
            config,
            prior,
            planned,
            private,
            requires_replace: Vec::new(),
            replaced_by_schema: false,
        }
    }

    /// Whether the change needs a new object, as far as that is known by now: Terraform then plans that one by itself.
    pub fn replaces(&self) -> bool {
        self.replaced_by_schema || !self.requires_replace.is_empty()
    }

    /// Says that this attribute's change needs a new object.
    pub fn require_replace(&mut self, path: Path) {
        self.requires_replace.push(path);
    }
}

/// What the user gave to import by.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportTarget<I> {
    /// The text after the address, or `id` of an import block.
    Id(String),
    /// `identity` of an import block.
    Identity(I),
}

/// The state of another resource type, to be taken over.
#[derive(Debug, Clone)]
pub struct MoveSource {
    /// Address of the other provider, `registry.terraform.io/hashicorp/aws`.
    pub provider: String,
    /// The other resource type.
    pub type_name: String,
    /// Its schema version.
    pub version: i64,
    /// Its state.
    pub state: serde_json::Value,
    /// Its identity, if it has one that the host sends.
    pub identity: Option<serde_json::Value>,
    /// What the other provider remembers beside the state, in a form of its own.
    pub private: Vec<u8>,
}

/// The identity of resources that have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoIdentity {}

impl Model for NoIdentity {
    fn type_name() -> String {
        "NoIdentity".to_owned()
    }

    fn description() -> String {
        String::new()
    }

    fn attributes() -> Vec<crate::schema::Attribute> {
        Vec::new()
    }

    fn decode_object(
        _: &std::collections::BTreeMap<String, crate::value::Value>,
        _: &Path,
        _: &mut Diagnostics,
    ) -> Self {
        Self {}
    }

    fn encode_object(&self) -> std::collections::BTreeMap<String, crate::value::Value> {
        std::collections::BTreeMap::new()
    }
}
