//! Names of one block stay apart.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pulumiplug::names::{Place, property, property_in};
use pulumiplug::schema::package;
use tfplug::schema::{Attribute, AttributeType, ProviderSchemas, Schema};
use tfplug::ty::Type;

proptest! {
    /// Names as Rust and Terraform have them, with words that begin with a letter, are told apart by their properties alone.
    #[test]
    fn usual_names_are_never_one_property(names in prop::collection::btree_set("[a-z][a-z0-9]{0,3}(_[a-z][a-z0-9]{0,3}){0,3}", 1..40)) {
        for place in [Place::Provider, Place::Resource, Place::Object] {
            let mut made = BTreeMap::new();
            for name in &names {
                prop_assert_eq!(made.insert(property_in(place, name), name), None);
            }
        }
    }

    /// Whatever the names: either all are properties of their own, or the schema is refused.
    #[test]
    fn a_schema_loses_no_attribute(names in prop::collection::btree_set("[a-z][a-z0-9_]{0,5}", 1..8)) {
        let attributes = names.iter().map(|name| Attribute::new(name, AttributeType::Plain(Type::String)));
        let mut schemas = ProviderSchemas::default();
        schemas.data_sources.insert("card_one".into(), Schema::new("", attributes.collect()).into());
        let made = package(&schemas, &super::declarations::info_without_examples());
        let apart = names.iter().map(|name| property_in(Place::Object, name)).collect::<std::collections::BTreeSet<_>>();
        match made {
            Ok(made) => {
                let inputs = made.functions["card:index:getOne"].inputs.as_ref().unwrap();
                prop_assert_eq!(inputs.properties.len(), names.len());
            }
            Err(_) => prop_assert!(apart.len() < names.len()),
        }
    }
}

#[test]
fn a_reserved_name_and_its_way_out_are_told_apart_by_the_schema() {
    assert_eq!(property_in(Place::Resource, "urn"), property("urn_value"));
}
