//! Names of remote objects: which attribute holds them, and what they are where the user gives none.

use tfplug::Value;
use tfplug::schema::{Attribute, AttributeType, Optionality};
use tfplug::ty::Type;

use super::inputs::added;
use super::rules::Name;
use super::{CallError, Declared, tokens};
use crate::names;
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
    ///
    /// # Errors
    /// Never; the type leaves room for engines that propose nonsense.
    pub(super) fn name(self, config: &Value, request: &CheckRequest) -> Result<Named, CallError> {
        let Some(attribute) = self.name_attribute() else {
            return Ok(Named::AsItIs);
        };
        let may_be_left_out = attribute.optionality != Optionality::Required && attribute.default.is_none();
        let name = attribute.name.as_str();
        if !may_be_left_out || !config.get(name).is_null() || self.has_prefix(name, config) {
            return Ok(Named::AsItIs);
        }
        let olds = request.olds.as_ref().filter(|olds| !olds.fields.is_empty());
        Ok(match olds {
            Some(olds) => self.kept(name, olds),
            None => proposed(request),
        })
    }

    fn kept(self, name: &str, olds: &Object) -> Named {
        if !added(self, olds).contains(name) {
            return Named::AsItIs;
        }
        let old = decode(self.schema, olds, Reading::State).value;
        old.get(name)
            .as_str()
            .map_or(Named::AsItIs, |name| Named::As(name.to_owned()))
    }

    /// Whether an object that replaces one would have its name, so that the old one has to go first.
    pub(super) fn keeps_name(self, prior: &Value, planned: &Value, is_ours: impl Fn(&str) -> bool) -> bool {
        let Some(attribute) = self.name_attribute() else {
            return false;
        };
        let (before, after) = (prior.get(&attribute.name), planned.get(&attribute.name));
        !before.is_null() && before == after && !is_ours(&attribute.name)
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
