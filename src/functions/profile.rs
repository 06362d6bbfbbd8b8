//! `provider::mig::profile`.

use mig::Catalog;
use tfplug::FunctionError;
use tfplug::schema::{FunctionSignature, Parameter};
use tfplug::ty::Type;
use tfplug::{Function, Value};

/// The exact profile that a generic one means.
#[derive(Debug)]
pub struct ProfileFunction;

impl Function for ProfileFunction {
    fn name(&self) -> &'static str {
        "profile"
    }

    fn signature(&self) -> FunctionSignature {
        let on = "An EC2 instance type, such as `p5.48xlarge`, or a GPU of the catalog, such as `h100-80gb`.";
        FunctionSignature::new(
            "The exact MIG profile on a GPU",
            [
                Parameter::new("on", Type::String, on),
                Parameter::new(
                    "profile",
                    Type::String,
                    "A MIG profile, generic (`1g`, `3g`) or exact (`1g.10gb`).",
                ),
            ],
            Type::String,
        )
        .with_description(
            "The exact name of a MIG profile on the GPU of an instance type: `1g` on `p5.48xlarge` gives \
                          `1g.10gb`, on `p5e.48xlarge` `1g.18gb`. An exact name is checked and given back.",
        )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let text = |i: usize| arguments.get(i).and_then(Value::as_str).unwrap_or_default();
        match Catalog::builtin().profile(text(0), text(1)) {
            Ok(profile) => Ok(profile.to_string().into()),
            Err(
                error @ (mig::catalog::LookupError::Unknown { .. } | mig::catalog::LookupError::NoMig { .. }),
            ) => Err(FunctionError::argument(0, error.to_string())),
            Err(error) => Err(FunctionError::argument(1, error.to_string())),
        }
    }
}
