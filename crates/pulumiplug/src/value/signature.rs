//! The marks by which Pulumi tells what JSON cannot say: `sdk/go/common/resource/sig` and `pkg/resource/plugin/rpc.go`.

use std::collections::BTreeMap;

use prost_types::value::Kind;

use super::{Object, Wire, text, wire};

/// The key of an object that is something else than an object; its value says what.
const KEY: &str = "4dabf18193072939515e22adb298388d";
const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT: &str = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const REFERENCE: &str = "5cf8f73096256a8f31e491e813e4eb8e";
const ASSET: &str = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE: &str = "0def7320c3a5731c473e5ecbe6d01bc7";
const BYTES: &str = "803fd3297a5875dc03ca845dda5d2a98";

/// What stands for an unknown value of any type.
pub const UNKNOWN: &str = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/// What an engine sends for unknown values: of a string, bool, number, array, asset, archive, object.
const UNKNOWNS: [&str; 7] = [
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/// What a value on the wire is.
pub(super) enum Seen<'w> {
    Null,
    Unknown,
    Bool(bool),
    Number(f64),
    Text(&'w str),
    List(&'w [Wire]),
    Object(&'w BTreeMap<String, Wire>),
    /// What is in it is a secret; nothing is null.
    Secret(Option<&'w Wire>),
    /// A value that is not known yet where there is none.
    Output {
        value: Option<&'w Wire>,
        secret: bool,
    },
    /// Another resource, by its ID; the ID is empty before it is made.
    Reference {
        id: &'w str,
    },
    /// What no attribute takes, in words.
    Foreign(&'static str),
}

/// Tells what a value on the wire is.
pub(super) fn look(value: &Wire) -> Seen<'_> {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Seen::Null,
        Some(Kind::BoolValue(flag)) => Seen::Bool(*flag),
        Some(Kind::NumberValue(number)) => Seen::Number(*number),
        Some(Kind::StringValue(text)) if UNKNOWNS.contains(&text.as_str()) => Seen::Unknown,
        Some(Kind::StringValue(text)) => Seen::Text(text),
        Some(Kind::ListValue(all)) => Seen::List(&all.values),
        Some(Kind::StructValue(object)) => match string(object, KEY) {
            Some(signature) => signed(signature, object),
            None if object.fields.contains_key(KEY) => Seen::Foreign(UNREADABLE),
            None => Seen::Object(&object.fields),
        },
    }
}

const UNREADABLE: &str = "a value of a kind that this provider does not know; a newer version may";

fn signed<'w>(signature: &str, object: &'w Object) -> Seen<'w> {
    let value = object.fields.get("value");
    match signature {
        SECRET => Seen::Secret(value),
        OUTPUT => Seen::Output {
            value,
            secret: object.fields.get("secret").is_some_and(is_true),
        },
        REFERENCE => match object.fields.get("id").map(look) {
            Some(Seen::Text(id)) => Seen::Reference { id },
            Some(Seen::Unknown) => Seen::Reference { id: "" },
            _ => Seen::Foreign("a component, which has no ID; give what is needed of it"),
        },
        ASSET => Seen::Foreign("an asset; read the file and give its text"),
        ARCHIVE => Seen::Foreign("an archive; give the values themselves"),
        BYTES => Seen::Foreign("bytes that are no text; encode them, for instance in base64"),
        _ => Seen::Foreign(UNREADABLE),
    }
}

fn string<'w>(object: &'w Object, key: &str) -> Option<&'w str> {
    match &object.fields.get(key)?.kind {
        Some(Kind::StringValue(text)) => Some(text),
        _ => None,
    }
}

fn is_true(value: &Wire) -> bool {
    value.kind == Some(Kind::BoolValue(true))
}

/// The value as a secret. What is a secret already stays one.
pub(crate) fn secret(value: Wire) -> Wire {
    if matches!(look(&value), Seen::Secret(_)) {
        return value;
    }
    let fields = [(KEY.to_owned(), text(SECRET)), ("value".to_owned(), value)];
    wire(Kind::StructValue(Object {
        fields: fields.into(),
    }))
}
