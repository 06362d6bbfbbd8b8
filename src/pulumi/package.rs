//! What the package says of itself in Pulumi's schema, beside what is declared.

use std::collections::BTreeMap;

use pulumiplug::schema::{PackageInfo, SchemaError, package};
use tfplug::model::AttributeValue;
use tfplug::schema::{AttributeType, ProviderSchemas};

use super::{component, examples};
use crate::facts::SharedFacts;
use crate::functions::UserDataOptions;
use crate::models::LayoutModel;

/// The package's name, which is also the provider's type name.
pub const NAME: &str = "mig";

/// Functions whose parameter `layout` is one layout, as a resource takes it.
const OF_LAYOUT: [&str; 6] = [
    "bottlerocket_settings",
    "node_labels",
    "node_taints",
    "node_template_tags",
    "slices_per_node",
    "user_data",
];

/// The package schema as JSON.
///
/// # Errors
/// Declarations that Pulumi cannot tell apart, which a test of this repository finds.
pub fn schema_json(schemas: &ProviderSchemas) -> Result<String, SchemaError> {
    Ok(package(schemas, &info())?.to_json())
}

/// What the package says of itself.
#[must_use]
pub fn info() -> PackageInfo {
    let repository = env!("CARGO_PKG_REPOSITORY").to_owned();
    PackageInfo {
        name: NAME.to_owned(),
        display_name: "MIG on EKS".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: "Slices NVIDIA GPUs (MIG) on Amazon EKS: launch templates, managed node groups, Karpenter's objects and \
                      NVIDIA's device plugin, all from one layout that is checked at preview."
            .to_owned(),
        keywords: ["pulumi", "mig", "gpu", "nvidia", "eks", "karpenter"]
            .into_iter()
            .chain(["category/cloud", "kind/native"])
            .map(str::to_owned)
            .collect(),
        homepage: repository.clone(),
        license: env!("CARGO_PKG_LICENSE").to_owned(),
        repository,
        plugin_download_url: "github://api.github.com/eks-mig/terraform-provider-mig".to_owned(),
        publisher: "eks-mig".to_owned(),
        namespace: "eks-mig".to_owned(),
        language: BTreeMap::new(),
        parameters: parameters(),
        components: component::all(SharedFacts::default()).schemas(),
        examples: examples::all(),
    }
}

/// Parameters that Terraform knows as of any type, since its own types have no optional attributes there.
fn parameters() -> BTreeMap<(String, String), AttributeType> {
    let of_layout = OF_LAYOUT.map(|function| (function, "layout", LayoutModel::attribute_type()));
    let others = [
        ("preference", "layouts", Vec::<LayoutModel>::attribute_type()),
        ("user_data", "options", UserDataOptions::attribute_type()),
    ];
    let all = of_layout.into_iter().chain(others);
    all.map(|(function, parameter, ty)| ((function.to_owned(), parameter.to_owned()), ty))
        .collect()
}
