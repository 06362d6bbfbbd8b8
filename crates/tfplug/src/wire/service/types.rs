//! The types by which values are read and written, made from the schemas when they are first needed: most processes
//! use only a few.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::{ObjectKind, ProviderSchemas};
use crate::ty::Type;

type Lazy = BTreeMap<String, OnceLock<Type>>;

pub(super) struct Types {
    provider: OnceLock<Type>,
    objects: BTreeMap<ObjectKind, Lazy>,
    identities: Lazy,
}

impl Types {
    pub(super) fn of(schemas: &ProviderSchemas) -> Self {
        let objects = ObjectKind::ALL.map(|kind| (kind, lazy(schemas.of(kind))));
        Self {
            provider: OnceLock::new(),
            objects: objects.into(),
            identities: lazy(&schemas.identities),
        }
    }

    pub(super) fn provider(&self, schemas: &ProviderSchemas) -> &Type {
        self.provider.get_or_init(|| schemas.provider.ty())
    }

    /// The type of an object, or of its configuration if it is nothing else.
    pub(super) fn object(
        &self,
        schemas: &ProviderSchemas,
        kind: ObjectKind,
        name: &str,
    ) -> Result<&Type, Diagnostics> {
        let make = || schemas.of(kind).get(name).map(|schema| schema.ty());
        let types = self.objects.get(&kind);
        types
            .and_then(|types| get(types, name, make))
            .ok_or_else(|| unknown(kind.noun(), name))
    }

    /// A resource type need not have an identity.
    pub(super) fn identity(&self, schemas: &ProviderSchemas, name: &str) -> Option<&Type> {
        get(&self.identities, name, || {
            schemas.identities.get(name).map(|schema| schema.ty())
        })
    }
}

fn lazy<T>(schemas: &BTreeMap<String, T>) -> Lazy {
    schemas
        .keys()
        .map(|name| (name.clone(), OnceLock::new()))
        .collect()
}

fn get<'a>(types: &'a Lazy, name: &str, make: impl FnOnce() -> Option<Type>) -> Option<&'a Type> {
    let cell = types.get(name)?;
    match cell.get() {
        Some(ty) => Some(ty),
        None => {
            let ty = make()?;
            Some(cell.get_or_init(|| ty))
        }
    }
}

fn unknown(kind: &str, name: &str) -> Diagnostics {
    let detail = format!(
        "This version of the provider has no {kind} {name:?}. Check the name, or the provider's version."
    );
    Diagnostic::error(format!("Unknown {kind}"), detail).into()
}
