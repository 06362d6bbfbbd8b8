//! Booleans, numbers and strings. Texts of the first two are accepted, since that is how Pulumi's configuration gives
//! them; a number for a string is not, since 1.30 comes as 1.3.

use tfplug::ty::Type;
use tfplug::{Path, Value};

use super::super::number;
use super::{Decoder, Opened, wanted};

impl Decoder {
    pub(super) fn scalar(&mut self, ty: &Type, given: &Opened<'_>, path: &Path) -> Value {
        match (ty, given) {
            (Type::String, Opened::Text(text)) => Value::from(*text),
            (Type::String, Opened::Reference("")) => Value::unknown(),
            (Type::String, Opened::Reference(id)) => Value::from(*id),
            (Type::String, Opened::Number(number)) => {
                let advice =
                    format!("must be a string, and is the number {number}: put it in quotes as it is meant");
                self.refuse(path, advice)
            }
            (Type::String, Opened::Bool(flag)) => self.refuse(
                path,
                format!("must be a string, and is the boolean {flag}: put it in quotes"),
            ),
            (Type::Bool, Opened::Bool(flag)) => Value::Bool(*flag),
            (Type::Bool, Opened::Text("true")) => Value::Bool(true),
            (Type::Bool, Opened::Text("false")) => Value::Bool(false),
            (Type::Number, Opened::Number(float)) => match number::decode(*float) {
                Ok(number) => Value::Number(number),
                Err(reason) => self.refuse(path, reason),
            },
            (Type::Number, Opened::Text(text)) => match text.parse() {
                Ok(number) => Value::Number(number),
                Err(_) => self.unlike(&wanted(ty), given, path),
            },
            _ => self.unlike(&wanted(ty), given, path),
        }
    }
}
