//! A [`ProviderServer`] as Pulumi's calls see it; one file per call.
//!
//! | Pulumi | here |
//! |---|---|
//! | CheckConfig, Check | every check of the schema and of the code, names, defaults |
//! | DiffConfig, Diff | a plan against the stored object |
//! | Configure | the provider block |
//! | Create, Update with `preview` | a plan |
//! | Create, Update | a plan, and its apply |
//! | Read | a read, after an import where nothing is stored |
//! | Delete | a planned deletion, and its apply |
//! | Invoke | a data source or a function |
//! | Construct | a component |
//!
//! # What is stored
//!
//! Pulumi keeps an ID and properties of an object. The properties are the attributes, and `__meta` for what is none:
//! the version of the schema, what the provider remembers, the identity, and whether the object was left half-made. SDKs
//! and displays of Pulumi pass over names that begin with two underscores.
//!
//! The ID is, in this order: the attribute that [`ResourceRules::with_id`] names; the attribute `id`; the parts of the
//! identity, in the order of their names, with `/` between them; the name of the resource in the program. An attribute
//! `id` is no property, since Pulumi knows the ID by itself.
//!
//! # What a check adds
//!
//! Defaults of the schema at its outermost level, and a name where [`ResourceRules`] say so. `__defaults` lists them, so
//! that they are not taken for a user's wish later.

mod check;
mod config;
mod construct;
mod create;
mod delete;
mod deprecated;
mod detailed;
mod diff;
mod error;
mod findings;
mod import;
mod inputs;
mod invoke;
mod naming;
mod outputs;
mod read;
mod rules;
mod stored;
mod timeouts;
mod tokens;
mod update;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tfplug::schema::{IdentitySchema, Schema};
use tfplug::unstable::rpc::ProviderServer;
use tfplug::{CallContext, Value};
use tokio_util::sync::CancellationToken;

pub use error::CallError;
pub use rules::{ResourceRules, Rules};
use tokens::Tokens;
use words::Words;
pub use words::places;

use crate::component::Components;
use crate::mapping::mapping;
use crate::names::Place;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Details for debugging.
    Debug,
    /// Progress.
    Info,
    /// A warning.
    Warning,
    /// An error.
    Error,
}

/// Receives the messages that are not part of a call's answer.
pub trait Listener: Send + Sync {
    /// A message about the resource of this URN, which is empty for the provider itself. The text is for the user.
    fn tell(&self, level: Level, urn: &str, text: &str);
}

/// Discards all messages.
struct Discard;

impl Listener for Discard {
    fn tell(&self, _: Level, _: &str, _: &str) {}
}

/// The surroundings of one call.
#[derive(Clone)]
pub struct Call {
    /// Cancelled when the user interrupts.
    cancel: CancellationToken,
    /// Receives its messages.
    listener: Arc<dyn Listener>,
    /// What the paths of findings begin at.
    place: Place,
}

impl Call {
    /// A call that ends early when the token is cancelled. The listener receives its messages.
    pub fn new(cancel: CancellationToken, listener: Arc<dyn Listener>) -> Self {
        Self {
            cancel,
            listener,
            place: Place::Resource,
        }
    }

    /// The same call, about what stands at this place.
    fn at(&self, place: Place) -> Self {
        Self {
            place,
            ..self.clone()
        }
    }

    /// The same call, with its messages discarded.
    fn silent(&self) -> Self {
        Self {
            listener: Arc::new(Discard),
            ..self.clone()
        }
    }

    /// What the provider is told of the call.
    fn context(&self) -> CallContext {
        let mut context = CallContext::new(self.cancel.clone());
        // Pulumi keeps what a user writes, a secret encrypted, and never what is write-only beside it.
        context.capabilities.write_only_attributes_allowed = true;
        context
    }
}

/// A provider that answers Pulumi.
pub struct Adapter {
    provider: Arc<dyn ProviderServer>,
    rules: Rules,
    tokens: Tokens,
    words: Words,
    components: Components,
    /// Whether the engine has called Handshake; an engine that does supports secrets.
    shook_hands: AtomicBool,
    /// Whether the engine supports secrets.
    wraps_secrets: AtomicBool,
}

/// What is declared of one resource.
#[derive(Clone, Copy)]
struct Declared<'a> {
    type_name: &'a str,
    schema: &'a Schema,
    identity: Option<&'a IdentitySchema>,
    rules: &'a ResourceRules,
}

impl Adapter {
    /// An adapter that follows these rules.
    pub fn new(provider: Arc<dyn ProviderServer>, rules: Rules) -> Self {
        let (package, schemas) = (provider.type_name(), provider.schemas());
        let tokens = Tokens::of(package, schemas);
        let words = Words::of(package, schemas, &rules);
        Self {
            provider,
            rules,
            tokens,
            words,
            components: Components::new(),
            shook_hands: AtomicBool::new(false),
            wraps_secrets: AtomicBool::new(true),
        }
    }

    /// The same with these components.
    #[must_use]
    pub fn with_components(mut self, components: Components) -> Self {
        for declared in components.schemas() {
            self.words.component(self.provider.type_name(), &declared);
        }
        self.components = components;
        self
    }

    /// Whether there are components.
    pub(crate) fn has_components(&self) -> bool {
        !self.components.is_empty()
    }

    /// The name of the package: the provider's type name.
    pub fn package(&self) -> &str {
        self.provider.type_name()
    }

    /// What Terraform's names are in this package of a version; see [`mapping`](crate::mapping).
    pub(crate) fn mapping(&self, version: &str) -> String {
        mapping(self.package(), version, self.provider.schemas())
    }

    /// A text of the provider in Pulumi's words.
    #[must_use]
    pub fn reword(&self, text: &str) -> String {
        self.words.reword(text)
    }

    /// Notes that the engine has called Handshake.
    pub fn shake_hands(&self) {
        self.shook_hands.store(true, Ordering::Relaxed);
    }

    /// An engine that does not support secrets gets plain values, and marks secrets itself.
    fn note_engine(&self, accepts_secrets: bool) {
        let knows = accepts_secrets || self.shook_hands.load(Ordering::Relaxed);
        self.wraps_secrets.store(knows, Ordering::Relaxed);
    }

    /// Whether secrets are told to the engine as such.
    fn wraps_secrets(&self) -> bool {
        self.wraps_secrets.load(Ordering::Relaxed)
    }

    /// The declarations of the resource that a request is about, by its type or else by its URN.
    fn declared(&self, token: &str, urn: &str) -> Result<Declared<'_>, CallError> {
        let token = match token {
            "" => tokens::of_urn(urn),
            given => given,
        };
        let unknown = || CallError::Invalid(format!("This version of the provider has no resource {token}."));
        let type_name = self.tokens.resource(token).ok_or_else(unknown)?;
        let schemas = self.provider.schemas();
        Ok(Declared {
            type_name,
            schema: schemas.resources.get(type_name).ok_or_else(unknown)?,
            identity: schemas.identities.get(type_name),
            rules: self.rules.of(type_name),
        })
    }
}

impl std::fmt::Debug for Adapter {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Adapter").finish_non_exhaustive()
    }
}

/// The object of a schema with one attribute replaced.
pub(crate) fn with_attribute(object: &Value, name: &str, value: Value) -> Value {
    let mut fields = object.as_map().cloned().unwrap_or_default();
    fields.insert(name.to_owned(), value);
    Value::Map(fields)
}

#[cfg(test)]
mod lives;
