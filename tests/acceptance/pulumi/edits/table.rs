//! The table of edits: what is edited, and what changes by it.

use serde_json::Value as Json;
use tfplug::ty::Type;
use tfplug::value::Number;
use tfplug::{Path, Value};

use super::changes::Change;
use crate::pulumi::world::subnets;

/// All kinds of objects, each with its edits.
const TABLE: &str = include_str!("table.json");
/// In place of a value that is not known yet, such as another object's ID.
const UNKNOWN: &str = "UNKNOWN";
/// In place of a null that is written out.
const NULL: &str = "NULL";

/// A kind of objects.
pub(super) struct Kind {
    /// As declared: `mig_launch_template`.
    pub(super) type_name: String,
    /// The object before the edits.
    pub(super) base: Json,
    pub(super) edits: Vec<Edit>,
}

/// One edit.
pub(super) struct Edit {
    pub(super) name: String,
    /// What is set, as a JSON merge patch: null takes away.
    set: Json,
    /// What changes, in the order of the paths.
    changes: Vec<String>,
    /// Whether the real programs show it, too.
    pub(super) is_shown: bool,
}

impl Edit {
    /// The object after the edit.
    pub(super) fn of(&self, base: &Json) -> Json {
        let mut edited = base.clone();
        merge(&mut edited, &self.set);
        edited
    }

    /// What changes of an object of this name.
    pub(super) fn changes(&self, name: &str) -> Vec<Change> {
        let changes = self.changes.iter();
        changes.map(|text| change(&text.replace("NAME", name))).collect()
    }
}

pub(super) fn kinds() -> Vec<Kind> {
    let text = TABLE.replace("\"SUBNETS\"", &subnets());
    let table: Json = serde_json::from_str(&text).unwrap();
    let kind = |(type_name, kind): (&String, &Json)| Kind {
        type_name: type_name.clone(),
        base: kind["base"].clone(),
        edits: kind["edits"].as_array().unwrap().iter().map(edit).collect(),
    };
    table.as_object().unwrap().iter().map(kind).collect()
}

fn edit(json: &Json) -> Edit {
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    Edit {
        name: text(&json["edit"]),
        set: json["set"].clone(),
        changes: json["changes"].as_array().unwrap().iter().map(text).collect(),
        is_shown: json["shown"] == true,
    }
}

/// RFC 7386.
fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Json::Object(serde_json::Map::new());
    }
    let fields = target.as_object_mut().unwrap();
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merge(fields.entry(name.clone()).or_insert(Json::Null), value);
        }
    }
}

/// `~?! block_device_mappings[0].ebs`: sign, marks, path.
fn change(text: &str) -> Change {
    let (marks, path) = text.split_once(' ').unwrap();
    Change {
        path: path_of(path),
        sign: marks.chars().next().unwrap(),
        is_unknown: marks.contains('?'),
        replaces: marks.contains('!'),
    }
}

fn path_of(text: &str) -> Path {
    let mut path = Path::root();
    let mut rest = text;
    while !rest.is_empty() {
        (path, rest) = if let Some(key) = rest.strip_prefix("[\"") {
            let (key, rest) = key.split_once("\"]").unwrap();
            (path.key(key), rest)
        } else if let Some(index) = rest.strip_prefix('[') {
            let (index, rest) = index.split_once(']').unwrap();
            (path.index(index.parse().unwrap()), rest)
        } else {
            let name = rest.trim_start_matches('.');
            let end = name.find(['.', '[']).unwrap_or(name.len());
            (path.attribute(&name[..end]), &name[end..])
        };
    }
    path
}

/// JSON with the name of the objects and the ID of a launch template in it.
pub(super) fn filled(json: &Json, name: &str, template: &str) -> Json {
    let text = json.to_string();
    let text = text.replace("NAME", name).replace("TEMPLATE", template);
    serde_json::from_str(&text).unwrap()
}

/// JSON as a value of a type. What is left out of an object is null.
pub(super) fn value(ty: &Type, json: &Json) -> Value {
    let elements = |ty: &Type| -> Vec<Value> {
        let all = json.as_array().unwrap_or_else(|| panic!("{json} is no list"));
        all.iter().map(|element| value(ty, element)).collect()
    };
    match (ty, json) {
        (_, Json::Null) => Value::Null,
        (_, Json::String(text)) if text == UNKNOWN => Value::unknown(),
        (_, Json::String(text)) if text == NULL => Value::Null,
        (Type::Bool, Json::Bool(flag)) => (*flag).into(),
        (Type::Number, Json::Number(number)) => Value::Number(number.to_string().parse::<Number>().unwrap()),
        (Type::String, Json::String(text)) => text.as_str().into(),
        (Type::List(ty), _) => Value::List(elements(ty)),
        (Type::Set(ty), _) => Value::set(elements(ty)),
        (Type::Map(ty), Json::Object(all)) => {
            Value::object(all.iter().map(|(key, element)| (key.clone(), value(ty, element))))
        }
        (Type::Object(types), Json::Object(fields)) => {
            let strange = fields.keys().find(|name| !types.contains_key(*name));
            assert_eq!(strange, None);
            let field = |(name, ty): (&String, &Type)| {
                (name.clone(), value(ty, fields.get(name).unwrap_or(&Json::Null)))
            };
            Value::object(types.iter().map(field))
        }
        _ => panic!("{json} is no {ty:?}"),
    }
}
