//! Construct: a component.

use tfplug::unstable::engine::defaults::with_defaults;
use tfplug::unstable::engine::validate::validate;
use tfplug::{Diagnostics, Value};
use tonic::Status;

use super::{Adapter, Call, CallError, findings, tokens};
use crate::component::{ComponentSchema, Construction};
use crate::names::{self, Place};
use crate::value::{Decoded, Object, Reading, decode, has_unknown};
use crate::wire::r#gen::pulumirpc::{CheckFailure, ConstructRequest, ConstructResponse};

impl Adapter {
    /// Makes a component. All that is wrong with its inputs alone is found before anything is registered.
    ///
    /// # Errors
    /// What is wrong with the inputs; a child that cannot be made.
    pub async fn construct(
        &self,
        call: &Call,
        version: &str,
        request: ConstructRequest,
    ) -> Result<ConstructResponse, CallError> {
        let token = tokens::plain(&request.r#type);
        let is_it = |name: &str| names::resource_token(self.package(), name) == token;
        let unknown =
            || CallError::Invalid(format!("This version of the provider has no component {token}."));
        let component = self.components.find(is_it).ok_or_else(unknown)?;
        let declared = component.schema();
        let given = request.inputs.clone().unwrap_or_default();
        let Decoded {
            value,
            secrets,
            faults,
        } = decode(&declared.inputs, Place::Resource, &given, Reading::Inputs);
        let mut failures: Vec<CheckFailure> = faults.iter().map(findings::fault).collect();
        failures.extend(self.faults_of_inputs(call, &declared, &value));
        if !failures.is_empty() {
            return Err(wrong_inputs(&given, failures));
        }
        let inputs = with_defaults(&declared.inputs, &value);
        let provider = self.provider.as_ref();
        let mut cx = Construction::begin(provider, version, call.context(), request, secrets)
            .map_err(|status: Status| CallError::Invalid(status.message().to_owned()))?;
        let constructed = match component.construct(&mut cx, &inputs).await {
            Ok(finished) => cx.finish(&declared.outputs, finished).await,
            Err(errors) => Err(errors),
        };
        let (urn, warnings) = cx.take_warnings();
        self.tell(call, &urn, warnings);
        constructed.map_err(|errors| self.refused_inputs(call, &given, errors))
    }

    /// What the inputs' own checks say, and what has to be known.
    fn faults_of_inputs(&self, call: &Call, declared: &ComponentSchema, inputs: &Value) -> Vec<CheckFailure> {
        let mut found = Diagnostics::new();
        validate(&declared.inputs, inputs, &mut found, |_| {});
        let errors = self.tell(call, "", found);
        let errors = errors.iter().map(|error| self.failure(call, error));
        unknown_plain(declared, inputs).chain(errors).collect()
    }

    /// Errors with places are wrong inputs; one without is said as it is.
    fn refused_inputs(&self, call: &Call, given: &Object, errors: Diagnostics) -> CallError {
        let errors = self.tell(call, "", errors);
        match errors.iter().any(|error| error.path.is_root()) {
            true => CallError::Refused(self.messages(call, &errors)),
            false => wrong_inputs(
                given,
                errors.iter().map(|error| self.failure(call, error)).collect(),
            ),
        }
    }
}

/// Inputs that decide which children there are, and are not known.
fn unknown_plain<'d>(
    declared: &'d ComponentSchema,
    inputs: &'d Value,
) -> impl Iterator<Item = CheckFailure> + 'd {
    let unknown = declared
        .plain
        .iter()
        .filter(|name| matches!(inputs.get(name), Value::Unknown(_)));
    unknown.map(|name| CheckFailure {
        property: names::property_in(Place::Resource, name),
        reason: "decides which resources there are, and is not known in a preview: give a value that does not come from \
                 a resource that is yet to be made"
            .to_owned(),
    })
}

/// The engine shows the value beside each fault, and ends in a panic (3.276) where a part of that is unknown: such faults are
/// in the message.
fn wrong_inputs(given: &Object, faults: Vec<CheckFailure>) -> CallError {
    let is_unknown = |fault: &CheckFailure| {
        let top = fault.property.split(['.', '[']).next().unwrap_or_default();
        given.fields.get(top).is_some_and(has_unknown)
    };
    let (told, faults): (Vec<_>, Vec<_>) = faults.into_iter().partition(is_unknown);
    let message = match told.is_empty() {
        true => "Wrong inputs:".to_owned(),
        false => told.iter().map(findings::placed).collect::<Vec<_>>().join("\n\n"),
    };
    CallError::WrongInputs { message, faults }
}
