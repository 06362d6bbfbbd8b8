//! Which object a token names.

use std::collections::BTreeMap;

use tfplug::schema::ProviderSchemas;

use crate::names;

/// What a token of a function stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Invoked {
    /// A data source, by its type name.
    DataSource(String),
    /// A function, by its name.
    Function(String),
}

/// The tokens of all that is served.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    resources: BTreeMap<String, String>,
    functions: BTreeMap<String, Invoked>,
}

impl Tokens {
    pub(super) fn of(package: &str, schemas: &ProviderSchemas) -> Self {
        let mut tokens = Self::default();
        for name in schemas.resources.keys() {
            let token = names::resource_token(package, name);
            tokens.resources.insert(token, name.clone());
        }
        // A function with the token of a data source would hide it: the data source is what the schema declares.
        for name in schemas.functions.keys() {
            let token = names::function_token(package, name);
            tokens.functions.insert(token, Invoked::Function(name.clone()));
        }
        for name in schemas.data_sources.keys() {
            let token = names::data_source_token(package, name);
            tokens.functions.insert(token, Invoked::DataSource(name.clone()));
        }
        tokens
    }

    /// The type name of a resource.
    pub(super) fn resource(&self, token: &str) -> Option<&str> {
        self.resources.get(&plain(token)).map(String::as_str)
    }

    /// What a token of a function stands for.
    pub(super) fn function(&self, token: &str) -> Option<&Invoked> {
        self.functions.get(&plain(token))
    }
}

/// A token in the form `package:index:Name`: the bridge writes `package:index/name:Name`, a user may leave `index` out.
pub(super) fn plain(token: &str) -> String {
    let mut parts = token.split(':');
    let (first, last) = (
        parts.next().unwrap_or_default(),
        parts.next_back().unwrap_or_default(),
    );
    format!("{first}:index:{last}")
}

/// The type token in a URN, `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`.
pub(super) fn of_urn(urn: &str) -> &str {
    let qualified = urn.split("::").nth(2).unwrap_or_default();
    qualified.rsplit('$').next().unwrap_or_default()
}

/// The name of the resource in the program, which is the rest of a URN.
pub(super) fn name_of_urn(urn: &str) -> &str {
    urn.splitn(4, "::").nth(3).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urns_say_type_and_name() {
        let urn = "urn:pulumi:dev::shop::my:mod:Comp$mig:index:LaunchTemplate::web::1";
        assert_eq!(of_urn(urn), "mig:index:LaunchTemplate");
        assert_eq!(name_of_urn(urn), "web::1");
        assert_eq!(of_urn(""), "");
    }

    #[test]
    fn tokens_of_all_writings_are_one() {
        for token in ["mig:index:Pool", "mig:index/pool:Pool", "mig:Pool"] {
            assert_eq!(plain(token), "mig:index:Pool");
        }
    }
}
