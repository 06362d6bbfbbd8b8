//! Values whose type is what they are.

use std::collections::BTreeMap;

use tfplug::ty::Type;
use tfplug::{Path, Value};

use super::super::{Wire, number};
use super::{Decoder, Opened};

impl Decoder {
    /// A value of a dynamic place.
    pub(super) fn dynamic(&mut self, value: &Wire, path: &Path) -> Value {
        match self.inferred(value, path) {
            (Type::Dynamic, untyped) => untyped,
            typed => Value::Dynamic(Box::new(typed)),
        }
    }

    /// A value with its type; null and unknown values have none.
    fn inferred(&mut self, value: &Wire, path: &Path) -> (Type, Value) {
        match self.open(value, path) {
            Opened::Null => (Type::Dynamic, Value::Null),
            Opened::Unknown | Opened::Reference("") => (Type::Dynamic, Value::unknown()),
            Opened::Bool(flag) => (Type::Bool, flag.into()),
            Opened::Text(text) | Opened::Reference(text) => (Type::String, text.into()),
            Opened::Number(float) => match number::decode(float) {
                Ok(number) => (Type::Number, Value::Number(number)),
                Err(reason) => (Type::Dynamic, self.refuse(path, reason)),
            },
            Opened::List(all) => {
                let each = all.iter().enumerate();
                let (types, values) = each
                    .map(|(i, value)| self.inferred(value, &path.index(i)))
                    .unzip();
                (Type::Tuple(types), Value::List(values))
            }
            Opened::Object(given) => {
                let (mut types, mut values) = (BTreeMap::new(), BTreeMap::new());
                for (key, value) in given {
                    let (ty, value) = self.inferred(value, &path.key(key));
                    types.insert(key.clone(), ty);
                    values.insert(key.clone(), value);
                }
                (Type::Object(types), Value::Map(values))
            }
        }
    }
}
