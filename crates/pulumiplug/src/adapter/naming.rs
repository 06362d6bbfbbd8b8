//! Names of remote objects: which attribute holds them, and what they are where the user gives none.

use tfplug::Value;
use tfplug::schema::{Attribute, AttributeType, Optionality};
use tfplug::ty::Type;

use super::inputs::{Inputs, added};
use super::rules::Name;
use super::{Declared, tokens};
use crate::names::{self, Place};
use crate::value::{Object, Reading, decode};
use crate::wire::r#gen::pulumirpc::CheckRequest;
use crate::wire::r#gen::pulumirpc::check_request::autonaming_options::Mode;

/// A name for an object whose user gives none.
pub(super) enum Named {
    /// Nothing is to be done: there is a name, or the provider makes one.
    AsItIs,
    /// This one.
    As(String),
    /// The project wants users to give names themselves.
    Missing,
}

impl<'a> Declared<'a> {
    /// The attribute that names the remote object.
    pub(super) fn name_attribute(self) -> Option<&'a Attribute> {
        let name = match &self.rules.name {
            Name::None => return None,
            Name::BySchema => "name",
            Name::Attribute(name) => name,
        };
        let attribute = self.schema.attribute(name)?;
        let is_text = matches!(attribute.ty, AttributeType::Plain(Type::String));
        (is_text && attribute.optionality.is_configurable()).then_some(attribute)
    }

    /// Whether the provider makes a name for this configuration.
    fn has_prefix(self, name: &str, config: &Value) -> bool {
        let is_given = |attribute: &str| !config.get(attribute).is_null();
        match &self.rules.prefixes {
            Some(prefixes) => prefixes.iter().any(|prefix| is_given(prefix)),
            None => is_given(&format!("{name}_prefix")),
        }
    }

    /// The name for a configuration that leaves it out. An object that exists keeps the name that it has.
    pub(super) fn name(self, config: &Value, request: &CheckRequest) -> Named {
        let Some(attribute) = self.name_attribute() else {
            return Named::AsItIs;
        };
        let may_be_left_out = attribute.optionality != Optionality::Required && attribute.default.is_none();
        let name = attribute.name.as_str();
        if !may_be_left_out
            || self.rules.follows
            || !config.get(name).is_null()
            || self.has_prefix(name, config)
        {
            return Named::AsItIs;
        }
        let olds = request.olds.as_ref().filter(|olds| !olds.fields.is_empty());
        match olds {
            Some(olds) => self.kept(name, olds),
            None => proposed(request),
        }
    }

    fn kept(self, name: &str, olds: &Object) -> Named {
        if !added(self, olds).contains(name) {
            return Named::AsItIs;
        }
        let old = decode(self.schema, Place::Resource, olds, Reading::State).value;
        old.get(name)
            .as_str()
            .map_or(Named::AsItIs, |name| Named::As(name.to_owned()))
    }

    /// Whether an object that replaces one would have its name, so that the old one has to go first. A name that the
    /// provider or a check makes up is another one each time.
    pub(super) fn keeps_name(self, prior: &Value, planned: &Value, inputs: &Inputs) -> bool {
        let Some(attribute) = self.name_attribute() else {
            return false;
        };
        let name = &attribute.name;
        let given = !inputs.config.get(name).is_null() && !inputs.added.contains(name);
        let (before, after) = (prior.get(name), planned.get(name));
        let is_fixed = given || self.rules.follows || attribute.default.is_some();
        is_fixed && !before.is_null() && before == after
    }
}

fn proposed(request: &CheckRequest) -> Named {
    let Some(options) = &request.autonaming else {
        return by_seed(request);
    };
    match options.mode() {
        Mode::Disable => Named::Missing,
        Mode::Propose | Mode::Enforce if options.proposed_name.is_empty() => by_seed(request),
        Mode::Propose | Mode::Enforce => Named::As(options.proposed_name.clone()),
    }
}

/// The resource's own name and seven digits that are the same for the same seed. Without a seed the provider makes the
/// name.
fn by_seed(request: &CheckRequest) -> Named {
    let name = match request.name.as_str() {
        "" => tokens::name_of_urn(&request.urn),
        given => given,
    };
    if request.random_seed.is_empty() || name.is_empty() {
        return Named::AsItIs;
    }
    // FNV-1a: the seed is random already, and only has to be spread.
    let spread = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = request.random_seed.iter().fold(0xcbf2_9ce4_8422_2325, spread);
    Named::As(format!("{name}-{:07x}", hash >> 36))
}

/// The fault of an object without a name.
pub(super) fn missing_name(attribute: &str) -> String {
    format!(
        "is missing, and this project or stack gives no names by itself (`pulumi:autonaming`): give {} a value",
        names::property(attribute)
    )
}

#[cfg(test)]
mod tests {
    use tfplug::schema::{Default, Schema};

    use super::super::ResourceRules;
    use super::*;

    fn name() -> Attribute {
        Attribute::new("name", AttributeType::Plain(Type::String)).with(Optionality::OptionalComputed)
    }

    fn schema(name: Attribute) -> Schema {
        let prefix = Attribute::new("name_prefix", AttributeType::Plain(Type::String));
        Schema::new("", vec![name, prefix])
    }

    fn object(name: &str, prefix: &str) -> Value {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        Value::object([("name", text(name)), ("name_prefix", text(prefix))])
    }

    fn named(schema: &Schema, rules: &ResourceRules, config: &Value) -> Option<String> {
        let declared = Declared {
            type_name: "x_y",
            schema,
            identity: None,
            rules,
        };
        let request = CheckRequest {
            name: "one".to_owned(),
            random_seed: vec![1],
            ..CheckRequest::default()
        };
        match declared.name(config, &request) {
            Named::As(name) => Some(name),
            _ => None,
        }
    }

    #[test]
    fn only_what_nobody_names_is_named() {
        let (optional, rules) = (schema(name()), ResourceRules::new());
        assert_eq!(
            named(&optional, &rules, &object("", "")).unwrap().len(),
            "one-1234567".len()
        );
        assert_eq!(named(&optional, &rules, &object("mine", "")), None);
        assert_eq!(
            named(&optional, &rules, &object("", "web-")),
            None,
            "the provider makes it"
        );
        let required = schema(name().with(Optionality::Required));
        assert_eq!(named(&required, &rules, &object("", "")), None);
        let default = schema(name().with_default(Default::Value("plugin".into())));
        assert_eq!(named(&default, &rules, &object("", "")), None);
        assert_eq!(
            named(&optional, &ResourceRules::new().without_name(), &object("", "")),
            None
        );
        let follows = ResourceRules::new().with_name_that_follows();
        assert_eq!(named(&optional, &follows, &object("", "")), None);
        let other = ResourceRules::new().with_prefixes(["other"]);
        assert!(named(&optional, &other, &object("", "web-")).is_some());
    }

    #[test]
    fn only_a_name_that_stays_is_in_the_way() {
        let rules = ResourceRules::new();
        let follows = ResourceRules::new().with_name_that_follows();
        let keeps_by = |rules: &ResourceRules, schema: &Schema, config: Value, is_ours: bool| {
            let declared = Declared {
                type_name: "x_y",
                schema,
                identity: None,
                rules,
            };
            let added = is_ours.then(|| "name".to_owned()).into_iter().collect();
            let inputs = Inputs {
                config,
                secrets: crate::value::Secrets::none(),
                added,
            };
            let object = object("a", "");
            declared.keeps_name(&object, &object, &inputs)
        };
        let keeps = |schema: &Schema, config: Value, is_ours: bool| keeps_by(&rules, schema, config, is_ours);
        let optional = schema(name());
        assert!(keeps(&optional, object("a", ""), false));
        assert!(!keeps(&optional, object("a", ""), true), "a check made it up");
        assert!(
            !keeps(&optional, object("", "web-"), false),
            "the provider makes another one"
        );
        assert!(
            keeps_by(&follows, &optional, object("", ""), false),
            "it follows from what stayed"
        );
        let default = schema(name().with_default(Default::Value("a".into())));
        assert!(keeps(&default, object("", ""), true));
    }
}
