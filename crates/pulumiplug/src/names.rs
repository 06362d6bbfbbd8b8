//! Pulumi's names of what a provider declares: properties in camel case, tokens of resources, functions and types.
//!
//! All names are made here, for the package schema and for the protocol alike.
//!
//! ```
//! use pulumiplug::names;
//!
//! assert_eq!(names::property("instance_types"), "instanceTypes");
//! assert_eq!(names::resource_token("mig", "mig_launch_template"), "mig:index:LaunchTemplate");
//! assert_eq!(names::data_source_token("mig", "mig_layout"), "mig:index:getLayout");
//! assert_eq!(names::function_token("mig", "slices_per_node"), "mig:index:slicesPerNode");
//! assert_eq!(names::type_token("mig", "Layout"), "mig:index:Layout");
//! ```

/// The one module of a package. Pulumi's languages show what is in it at the top.
const MODULE: &str = "index";

/// What is put behind a name that Pulumi keeps for itself.
const NOT_RESERVED: &str = "Value";

/// The single key under which a function answers that gives no object. SDKs take the only value there is, whatever its key.
pub const RESULT: &str = "result";

/// Where a property stands, which decides what names Pulumi keeps for itself there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The provider and its configuration.
    Provider,
    /// The top of a resource.
    Resource,
    /// Anywhere else: the top of a function, or inside an object.
    Object,
}

impl Place {
    /// Whether Pulumi keeps a property's name for itself here. `id` of a resource is not among them: it is Pulumi's own
    /// property, which takes the value of the attribute; see [`is_resource_id`].
    fn reserves(self, property: &str) -> bool {
        match property {
            // Every SDK has it in scope.
            "pulumi" => true,
            "urn" => self == Self::Resource,
            "version" => self == Self::Provider,
            _ => false,
        }
    }
}

/// An attribute's name as a property: `instance_types` as `instanceTypes`. It is as good as reserved names allow only
/// together with [`property_in`].
#[must_use]
pub fn property(attribute: &str) -> String {
    let mut words = attribute.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalised(word))
}

/// The same in a place: a name that Pulumi keeps for itself there gets `Value` behind it, `version` of a provider
/// `versionValue`.
#[must_use]
pub fn property_in(place: Place, attribute: &str) -> String {
    let name = property(attribute);
    if place.reserves(&name) {
        name + NOT_RESERVED
    } else {
        name
    }
}

/// Whether an attribute at a place is the ID of a resource, which is no property in Pulumi: every resource has it beside them.
#[must_use]
pub fn is_resource_id(place: Place, attribute: &str) -> bool {
    place == Place::Resource && attribute == "id"
}

/// The token of a resource: `mig:index:LaunchTemplate` of `mig_launch_template`.
#[must_use]
pub fn resource_token(package: &str, type_name: &str) -> String {
    token(package, &resource_name(package, type_name))
}

/// The token of a data source, which is a function in Pulumi: `mig:index:getLayout` of `mig_layout`.
#[must_use]
pub fn data_source_token(package: &str, type_name: &str) -> String {
    token(package, &data_source_name(package, type_name))
}

/// The token of a function: `mig:index:slicesPerNode` of `slices_per_node`.
#[must_use]
pub fn function_token(package: &str, name: &str) -> String {
    token(package, &property(name))
}

/// The token of an object type or a closed set: `mig:index:Layout` of `Layout`.
#[must_use]
pub fn type_token(package: &str, name: &str) -> String {
    token(package, name)
}

/// A resource's name in a program: `LaunchTemplate` of `mig_launch_template`. A resource that would be called `Provider` is
/// `ProviderResource`, for the provider itself has that name.
#[must_use]
pub fn resource_name(package: &str, type_name: &str) -> String {
    let name = type_part(package, type_name);
    if name == "Provider" {
        name + "Resource"
    } else {
        name
    }
}

/// A data source's name in a program: `getLayout` of `mig_layout`.
#[must_use]
pub fn data_source_name(package: &str, type_name: &str) -> String {
    format!("get{}", type_part(package, type_name))
}

/// A name as that of a type: `block_device` as `BlockDevice`.
#[must_use]
pub fn type_part_of(attribute: &str) -> String {
    let words = attribute.split('_').filter(|word| !word.is_empty());
    words.map(capitalised).collect()
}

/// What a type name of Terraform says beside the provider's name.
fn type_part(package: &str, type_name: &str) -> String {
    let own = type_name
        .strip_prefix(package)
        .and_then(|rest| rest.strip_prefix('_'));
    type_part_of(own.unwrap_or(type_name))
}

fn token(package: &str, name: &str) -> String {
    format!("{package}:{MODULE}:{name}")
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_pulumis_ways() {
        let properties = [
            "name",
            "instance_types",
            "x86_64_only",
            "ipv6_prefixes",
            "a__b",
            "trailing_",
        ];
        let expected = [
            "name",
            "instanceTypes",
            "x8664Only",
            "ipv6Prefixes",
            "aB",
            "trailing",
        ];
        assert_eq!(properties.map(property), expected.map(str::to_owned));
        assert_eq!(
            resource_token("mig", "mig_karpenter_nodeclass"),
            "mig:index:KarpenterNodeclass"
        );
        assert_eq!(resource_token("mig", "other_thing"), "mig:index:OtherThing");
        assert_eq!(resource_token("mig", "migrate_all"), "mig:index:MigrateAll");
        assert_eq!(
            data_source_token("mig", "mig_instance_types"),
            "mig:index:getInstanceTypes"
        );
    }

    #[test]
    fn reserved_names_give_way_where_they_are_reserved() {
        let at = |place, name| property_in(place, name);
        assert_eq!(at(Place::Provider, "version"), "versionValue");
        assert_eq!(at(Place::Resource, "version"), "version");
        assert_eq!(at(Place::Resource, "urn"), "urnValue");
        assert_eq!(at(Place::Object, "urn"), "urn");
        for place in [Place::Provider, Place::Resource, Place::Object] {
            assert_eq!(at(place, "pulumi"), "pulumiValue");
        }
        assert!(is_resource_id(Place::Resource, "id"));
        assert!(!is_resource_id(Place::Object, "id"));
        assert_eq!(
            resource_token("mig", "mig_provider"),
            "mig:index:ProviderResource"
        );
    }
}
