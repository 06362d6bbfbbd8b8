//! The types by which values are read and written, made from the schemas when they are first needed: most processes
//! use only a few.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::ProviderSchemas;
use crate::ty::Type;

type Lazy = BTreeMap<String, OnceLock<Type>>;

pub(super) struct Types {
    provider: OnceLock<Type>,
    resources: Lazy,
    identities: Lazy,
    data_sources: Lazy,
}

impl Types {
    pub(super) fn of(schemas: &ProviderSchemas) -> Self {
        Self {
            provider: OnceLock::new(),
            resources: schemas
                .resources
                .keys()
                .map(|name| (name.clone(), OnceLock::new()))
                .collect(),
            identities: schemas
                .identities
                .keys()
                .map(|name| (name.clone(), OnceLock::new()))
                .collect(),
            data_sources: schemas
                .data_sources
                .keys()
                .map(|name| (name.clone(), OnceLock::new()))
                .collect(),
        }
    }

    pub(super) fn provider(&self, schemas: &ProviderSchemas) -> &Type {
        self.provider.get_or_init(|| schemas.provider.ty())
    }

    pub(super) fn resource(&self, schemas: &ProviderSchemas, name: &str) -> Result<&Type, Diagnostics> {
        let make = || schemas.resources.get(name).map(|schema| schema.ty());
        get(&self.resources, name, make).ok_or_else(|| unknown("resource type", name))
    }

    /// A resource type need not have an identity.
    pub(super) fn identity(&self, schemas: &ProviderSchemas, name: &str) -> Option<&Type> {
        get(&self.identities, name, || {
            schemas.identities.get(name).map(|schema| schema.ty())
        })
    }

    pub(super) fn data_source(&self, schemas: &ProviderSchemas, name: &str) -> Result<&Type, Diagnostics> {
        let make = || schemas.data_sources.get(name).map(|schema| schema.ty());
        get(&self.data_sources, name, make).ok_or_else(|| unknown("data source", name))
    }
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
