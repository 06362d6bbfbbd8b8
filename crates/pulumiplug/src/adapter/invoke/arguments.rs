//! The arguments of a function, which Pulumi gives by name.

use tfplug::schema::{Attribute, FunctionSignature, Parameter, Schema};
use tfplug::ty::Type;
use tfplug::{Path, Value};

use super::super::{Rules, findings};
use crate::names::{self, Place};
use crate::value::{Decoded, Object, Reading, Wire, decode, decode_plain, property_path};
use crate::wire::r#gen::pulumirpc::CheckFailure;

/// The arguments of a function, in order.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) values: Vec<Value>,
    /// The property of each.
    pub(super) names: Vec<String>,
    /// Whether any of them is secret: then the result is.
    pub(super) secret: bool,
    pub(super) failures: Vec<CheckFailure>,
}

/// Of what types the parameters really are that take anything.
pub(super) struct Told<'a> {
    pub(super) function: &'a str,
    pub(super) rules: &'a Rules,
}

impl Told<'_> {
    /// A parameter as an attribute of its real type.
    fn attribute(&self, parameter: &Parameter) -> Option<Attribute> {
        let ty = self.rules.parameter(self.function, &parameter.name)?;
        Some(Attribute::new(&parameter.name, ty.clone()))
    }
}

/// Reads the arguments of a function.
pub(super) fn of(signature: &FunctionSignature, args: &Object, told: &Told<'_>) -> Arguments {
    let mut taken = Arguments::default();
    let given = |name: &str| args.fields.get(&names::property_in(Place::Object, name));
    for parameter in &signature.parameters {
        let decoded = read(parameter, given(&parameter.name), told);
        taken.take(decoded, &Path::attr(&parameter.name), parameter.allow_null);
    }
    if let Some((rest, Some(value))) = signature.variadic.as_ref().map(|rest| (rest, given(&rest.name))) {
        taken.take_rest(rest, value, told);
    }
    taken
}

/// One argument, by its real type.
fn read(parameter: &Parameter, given: Option<&Wire>, told: &Told<'_>) -> Decoded {
    let path = Path::attr(&parameter.name);
    let absent = &Wire { kind: None };
    let value = given.unwrap_or(absent);
    let Some(attribute) = told.attribute(parameter) else {
        return decode_plain(&parameter.ty, value, &path);
    };
    let (name, ty) = (attribute.name.clone(), attribute.ty.to_type());
    let property = names::property_in(Place::Object, &name);
    let object = Object {
        fields: [(property, value.clone())].into(),
    };
    let schema = Schema::new("", vec![attribute]);
    let mut decoded = decode(&schema, Place::Object, &object, Reading::Inputs);
    decoded.value = match decoded.value.get(&name) {
        known if known.is_null() || !known.is_known() => known.clone(),
        known => Value::Dynamic(Box::new((ty, known.clone()))),
    };
    decoded
}

impl Arguments {
    fn take(&mut self, decoded: Decoded, path: &Path, allow_null: bool) {
        self.secret |= !decoded.secrets.is_empty();
        self.failures.extend(decoded.faults.iter().map(findings::fault));
        let property = property_path(Place::Object, path);
        if decoded.value.is_null() && !allow_null {
            let reason = findings::MISSING.to_owned();
            self.failures.push(CheckFailure {
                property: property.clone(),
                reason,
            });
        }
        self.values.push(decoded.value);
        self.names.push(property);
    }

    /// The arguments of a last parameter for any number of them: a list in Pulumi, or one where its real type is told.
    fn take_rest(&mut self, rest: &Parameter, value: &Wire, told: &Told<'_>) {
        let path = Path::attr(&rest.name);
        if told.attribute(rest).is_some() {
            let decoded = read(rest, Some(value), told);
            if !decoded.value.is_null() {
                self.take(decoded, &path, true);
            }
            return;
        }
        let decoded = decode_plain(&Type::list(rest.ty.clone()), value, &path);
        self.secret |= !decoded.secrets.is_empty();
        self.failures.extend(decoded.faults.iter().map(findings::fault));
        if !decoded.value.is_known() {
            self.values.push(Value::unknown());
        }
        for (index, value) in decoded.value.as_elements().unwrap_or_default().iter().enumerate() {
            self.values.push(value.clone());
            self.names.push(property_path(Place::Object, &path.index(index)));
        }
    }
}
