//! What a provider serves, in one list: its code by kind and name, and the schemas beside it.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::action::{Action, RawAction, TypedAction};
use crate::data_source::{DataSource, RawDataSource, TypedDataSource};
use crate::engine::calls::ResourceSchemas;
use crate::ephemeral_resource::{EphemeralResource, RawEphemeralResource, TypedEphemeralResource};
use crate::function::Function;
use crate::list_resource::{ListResource, RawListResource, TypedListResource};
use crate::resource::{RawResource, Resource, Typed, types_of};
use crate::schema::{Lazy, ObjectKind, ProviderSchemas, Schema};
use crate::ty::Type;

/// Why a provider cannot be served as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two of one kind have one name, of which a host could only see one.
    #[error("the provider registers the {kind} {name} twice: give one of them another name")]
    DuplicateName {
        /// `resource`, `data source` and so on.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A list resource has the name of no resource, or of one without identity. Terraform has no other name for what
    /// is found.
    #[error(
        "the provider lists {name}, which is not a resource with an identity: register the resource, and give it \
         an identity"
    )]
    NothingToList {
        /// The name of the list resource.
        name: String,
    },
    /// A list resource was written for another resource than the one of its name.
    #[error(
        "the list resource {name} finds objects of another type than the resource {name} has: use that resource as \
         its `Resource`"
    )]
    OtherResource {
        /// The name of both.
        name: String,
    },
}

/// What a provider serves.
pub struct Registry<C> {
    pub(crate) resources: BTreeMap<String, ServedResource<C>>,
    pub(crate) data_sources: Objects<dyn RawDataSource<C>>,
    pub(crate) ephemeral_resources: Objects<dyn RawEphemeralResource<C>>,
    pub(crate) list_resources: Objects<dyn RawListResource<C>>,
    pub(crate) actions: Objects<dyn RawAction<C>>,
    pub(crate) functions: BTreeMap<String, Arc<dyn Function>>,
    pub(crate) schemas: ProviderSchemas,
    fault: Option<RegistryError>,
}

/// Objects of one kind, by type name.
pub(crate) type Objects<T> = BTreeMap<String, Served<T>>;

/// The code of an object, with its schema.
pub(crate) struct Served<T: ?Sized> {
    pub(crate) code: Box<T>,
    pub(crate) schema: Lazy<Schema>,
}

/// The code of a resource, with its schemas.
pub(crate) struct ServedResource<C> {
    pub(crate) code: Box<dyn RawResource<C>>,
    pub(crate) schemas: ResourceSchemas,
    /// The Rust types of its object and of its identity. They tell resources apart without making all types of the schemas, which each
    /// start would pay for.
    types: (TypeId, TypeId),
    ty: OnceLock<Type>,
}

impl<C> ServedResource<C> {
    fn new<R: Resource<Provider = C>>(code: Typed<R>, schemas: ResourceSchemas) -> Self {
        Self {
            code: Box::new(code),
            schemas,
            types: types_of::<R>(),
            ty: OnceLock::new(),
        }
    }

    /// The object's type, made when it is first needed: most processes handle a few of the resources, and those often.
    pub(crate) fn ty(&self) -> &Type {
        self.ty.get_or_init(|| self.schemas.object.ty())
    }
}

impl<C: Send + Sync + 'static> Registry<C> {
    /// Nothing but a provider block.
    pub(crate) fn new(provider: Schema) -> Self {
        let schemas = ProviderSchemas {
            provider,
            ..ProviderSchemas::default()
        };
        Self {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            ephemeral_resources: BTreeMap::new(),
            list_resources: BTreeMap::new(),
            actions: BTreeMap::new(),
            functions: BTreeMap::new(),
            schemas,
            fault: None,
        }
    }

    /// Serves a resource.
    pub fn resource<R: Resource<Provider = C>>(&mut self, resource: R) -> &mut Self {
        let name = resource.type_name();
        let code = Typed(resource);
        let schemas = ResourceSchemas {
            object: code.schema(),
            identity: code.identity_schema(),
        };
        self.declare(ObjectKind::Resource, name, schemas.object.clone());
        if let Some(identity) = schemas.identity.clone() {
            self.schemas.identities.insert(name.to_owned(), identity);
        }
        self.resources
            .insert(name.to_owned(), ServedResource::new(code, schemas));
        self
    }

    /// Serves a data source.
    pub fn data_source<D: DataSource<Provider = C>>(&mut self, data_source: D) -> &mut Self {
        let name = data_source.type_name();
        let code = Box::new(TypedDataSource(data_source));
        let schema = self.declare(ObjectKind::DataSource, name, code.schema());
        self.data_sources.insert(name.to_owned(), Served { code, schema });
        self
    }

    /// Serves an ephemeral resource.
    pub fn ephemeral_resource<E: EphemeralResource<Provider = C>>(&mut self, ephemeral: E) -> &mut Self {
        let name = ephemeral.type_name();
        let code = Box::new(TypedEphemeralResource(ephemeral));
        let schema = self.declare(ObjectKind::EphemeralResource, name, code.schema());
        self.ephemeral_resources
            .insert(name.to_owned(), Served { code, schema });
        self
    }

    /// Serves a list resource. Its resource is to be registered too, before or after it.
    pub fn list_resource<L>(&mut self, list_resource: L) -> &mut Self
    where
        L: ListResource,
        L::Resource: Resource<Provider = C>,
    {
        let name = list_resource.type_name();
        let code = Box::new(TypedListResource(list_resource));
        let schema = self.declare(ObjectKind::ListResource, name, code.schema());
        self.list_resources
            .insert(name.to_owned(), Served { code, schema });
        self
    }

    /// Serves an action.
    pub fn action<A: Action<Provider = C>>(&mut self, action: A) -> &mut Self {
        let name = action.type_name();
        let code = Box::new(TypedAction(action));
        let schema = self.declare(ObjectKind::Action, name, code.schema());
        self.actions.insert(name.to_owned(), Served { code, schema });
        self
    }

    /// Serves a function.
    pub fn function(&mut self, function: impl Function) -> &mut Self {
        let name = function.name().to_owned();
        let function = Arc::new(function);
        let code = Arc::clone(&function);
        let signature = Lazy::new(move || code.signature());
        if self.schemas.functions.insert(name.clone(), signature).is_some() {
            self.found_twice("function", &name);
        }
        self.functions.insert(name, function);
        self
    }

    /// Notes the schema of an object, and gives it back.
    fn declare(&mut self, kind: ObjectKind, name: &str, schema: Lazy<Schema>) -> Lazy<Schema> {
        let same_name = self.schemas.of_mut(kind).insert(name.to_owned(), schema.clone());
        if same_name.is_some() {
            self.found_twice(kind.noun(), name);
        }
        schema
    }

    fn found_twice(&mut self, kind: &'static str, name: &str) {
        let name = name.to_owned();
        self.fault
            .get_or_insert(RegistryError::DuplicateName { kind, name });
    }

    /// The same registry, if it can be served.
    pub(crate) fn checked(mut self) -> Result<Self, RegistryError> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        for (name, list) in &self.list_resources {
            self.check_list(name, list.code.as_ref())?;
        }
        Ok(self)
    }

    fn check_list(&self, name: &str, code: &dyn RawListResource<C>) -> Result<(), RegistryError> {
        let resource = self.resources.get(name);
        let name = name.to_owned();
        let served = resource.filter(|resource| resource.schemas.identity.is_some());
        match served.map(|resource| resource.types) {
            None => Err(RegistryError::NothingToList { name }),
            Some(served) if served != code.listed() => Err(RegistryError::OtherResource { name }),
            Some(_) => Ok(()),
        }
    }
}

impl<C> std::fmt::Debug for Registry<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").finish_non_exhaustive()
    }
}
