//! `provider::mig::resource_name`.

use mig::Profile;
use tfplug::FunctionError;
use tfplug::schema::{FunctionSignature, Parameter};
use tfplug::ty::Type;
use tfplug::{Function, Value};

/// What pods ask for to get a slice.
#[derive(Debug)]
pub struct ResourceNameFunction;

impl Function for ResourceNameFunction {
    fn name(&self) -> &'static str {
        "resource_name"
    }

    fn signature(&self) -> FunctionSignature {
        FunctionSignature::new(
            "The Kubernetes resource of a MIG profile",
            [Parameter::new(
                "profile",
                Type::String,
                "An exact MIG profile, such as `1g.10gb`.",
            )],
            Type::String,
        )
        .with_description(
            "The extended resource that pods ask for to get a slice of an exact MIG profile, under the \
                          `mixed` strategy: `1g.10gb+me` gives `nvidia.com/mig-1g.10gb.me`.",
        )
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        let profile: Profile = text
            .parse()
            .map_err(|e| FunctionError::argument(0, format!("{e}")))?;
        Ok(profile.resource_name().into())
    }
}
