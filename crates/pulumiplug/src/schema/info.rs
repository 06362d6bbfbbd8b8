//! What a package says of itself, beside what its provider declares.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use tfplug::schema::AttributeType;

use super::example::Example;
use crate::component::ComponentSchema;

/// What a package says of itself.
#[derive(Debug, Clone, Default)]
pub struct PackageInfo {
    /// The package's name, which is also the prefix of the provider's type names: `mig`.
    pub name: String,
    /// Its name for people.
    pub display_name: String,
    /// Its version by semver.
    pub version: String,
    /// Markdown.
    pub description: String,
    /// What the registry sorts it by, such as `category/infrastructure` and `kind/native`.
    pub keywords: Vec<String>,
    /// Its page.
    pub homepage: String,
    /// SPDX expression.
    pub license: String,
    /// Where its source is.
    pub repository: String,
    /// Where the engine finds its releases.
    pub plugin_download_url: String,
    /// Who publishes it.
    pub publisher: String,
    /// What tells apart packages of one name of different publishers; SDKs begin with it.
    pub namespace: String,
    /// What SDKs are called and how they are made, by language and option, over what they would be else.
    pub language: BTreeMap<String, BTreeMap<String, Json>>,
    /// Of what type a function's parameter really is that is declared to take anything, by function and parameter: Terraform has
    /// no types with optional attributes there. A last parameter for any number of arguments then stands for one, which may be
    /// left out.
    pub parameters: BTreeMap<(String, String), AttributeType>,
    /// The package's components: see [`Components::schemas`](crate::component::Components::schemas).
    pub components: Vec<ComponentSchema>,
    /// Programs that show how to use a resource, data source or function, by its declared name.
    pub examples: BTreeMap<String, Vec<Example>>,
}

impl PackageInfo {
    /// Of what type a function's parameter really is, where that is not what is declared.
    #[must_use]
    pub fn parameter(&self, function: &str, parameter: &str) -> Option<&AttributeType> {
        self.parameters.get(&(function.to_owned(), parameter.to_owned()))
    }

    /// The package of Node.js.
    pub(super) fn nodejs_package(&self) -> String {
        let scope = if self.namespace.is_empty() {
            "pulumi"
        } else {
            &self.namespace
        };
        self.told("nodejs", "packageName")
            .unwrap_or_else(|| format!("@{scope}/{}", self.name))
    }

    /// The package of Python.
    pub(super) fn python_package(&self) -> String {
        let scope = if self.namespace.is_empty() {
            "pulumi"
        } else {
            &self.namespace
        };
        self.told("python", "packageName")
            .unwrap_or_else(|| format!("{scope}_{}", self.name).replace('-', "_"))
    }

    fn told(&self, language: &str, option: &str) -> Option<String> {
        let option = self.language.get(language)?.get(option)?;
        option.as_str().map(str::to_owned)
    }

    /// How SDKs are made: they have the package's version, and inputs of Python may be dictionaries.
    pub(super) fn languages(&self) -> BTreeMap<String, BTreeMap<String, Json>> {
        let mut all: BTreeMap<String, BTreeMap<String, Json>> = BTreeMap::new();
        for language in ["csharp", "go", "nodejs", "python"] {
            let options = all.entry(language.to_owned()).or_default();
            options.insert("respectSchemaVersion".to_owned(), json!(true));
        }
        for (language, options) in &self.language {
            all.entry(language.clone()).or_default().extend(options.clone());
        }
        all
    }
}
