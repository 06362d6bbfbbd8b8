//! Invoke: data sources and functions.

mod arguments;

use prost_types::value::Kind;
use tfplug::schema::{FunctionSignature, Schema};
use tfplug::ty::Type;
use tfplug::{Path, Value};

use self::arguments::{Arguments, Told};
use super::outputs::secret_outputs;
use super::tokens::Invoked;
use super::{Adapter, Call, CallError, findings};
use crate::names::{Place, RESULT};
use crate::value::{Object, Reading, Secrets, Wire, Writing, decode, encode, encode_plain, secret};
use crate::wire::r#gen::pulumirpc::{CheckFailure, InvokeRequest, InvokeResponse};

impl Adapter {
    /// Reads a data source or calls a function. Faults of the arguments are in the answer.
    ///
    /// # Errors
    /// When there is no such function, or it has no result.
    pub async fn invoke(&self, call: &Call, request: InvokeRequest) -> Result<InvokeResponse, CallError> {
        let call = &call.at(Place::Object);
        let unknown = || {
            let text = format!("This version of the provider has no function {}.", request.tok);
            CallError::Invalid(text)
        };
        let schemas = self.provider.schemas();
        let args = request.args.unwrap_or_default();
        match self.tokens.function(&request.tok).ok_or_else(unknown)? {
            Invoked::DataSource(name) => {
                let schema = schemas.data_sources.get(name).ok_or_else(unknown)?;
                self.data_source(call, name, schema, &args).await
            }
            Invoked::Function(name) => {
                let signature = schemas.functions.get(name).ok_or_else(unknown)?;
                Ok(self.function(name, signature, &args))
            }
        }
    }

    async fn data_source(
        &self,
        call: &Call,
        name: &str,
        schema: &Schema,
        args: &Object,
    ) -> Result<InvokeResponse, CallError> {
        let decoded = decode(schema, Place::Object, args, Reading::Inputs);
        if !decoded.faults.is_empty() {
            return Ok(failed(decoded.faults.iter().map(findings::fault).collect()));
        }
        // Results may not be unknown, and engines ask only with arguments that are known.
        if !decoded.value.is_wholly_known() {
            return Ok(InvokeResponse::default());
        }
        let errors = self.tell(call, "", self.provider.validate_data_source(name, &decoded.value));
        if !errors.is_empty() {
            return Ok(failed(
                errors.iter().map(|error| self.failure(call, error)).collect(),
            ));
        }
        let answer = self
            .provider
            .read_data_source(&call.context(), name, &decoded.value)
            .await;
        let errors = self.tell(call, "", answer.diagnostics);
        match answer.value.filter(|_| errors.is_empty()) {
            Some(value) => {
                let secrets = &secret_outputs(schema, &decoded.secrets);
                Ok(result(encode(schema, &value, self.writing(secrets))))
            }
            None => Err(self.clean(call, &errors)),
        }
    }

    fn function(&self, name: &str, signature: &FunctionSignature, args: &Object) -> InvokeResponse {
        let told = Told {
            function: name,
            rules: &self.rules,
        };
        let Arguments {
            values,
            names,
            secret,
            failures,
        } = arguments::of(signature, args, &told);
        if !failures.is_empty() {
            return failed(failures);
        }
        if !values.iter().all(Value::is_wholly_known) {
            return InvokeResponse::default();
        }
        match self.provider.call_function(name, values) {
            Ok(value) => {
                let mut secrets = Secrets::none();
                if secret {
                    secrets.mark(&Path::root());
                }
                result(returned(&signature.returns, &value, self.writing(&secrets)))
            }
            Err(error) => failed(vec![CheckFailure {
                property: error
                    .argument
                    .and_then(|index| names.get(index).cloned())
                    .unwrap_or_default(),
                reason: self.words.reword(&error.text),
            }]),
        }
    }

    fn writing<'s>(&self, secrets: &'s Secrets) -> Writing<'s> {
        Writing {
            place: Place::Object,
            wraps_secrets: self.wraps_secrets(),
            secrets,
        }
    }
}

/// The result of a function as an object: what is none is the only property of one.
fn returned(ty: &Type, value: &Value, writing: Writing<'_>) -> Object {
    let hidden = writing.wraps_secrets && !writing.secrets.is_empty();
    let guarded = |value: Wire| if hidden { secret(value) } else { value };
    let plain = Writing {
        wraps_secrets: false,
        ..writing
    };
    let fields = match (ty, encode_plain(ty, value, plain).kind) {
        (Type::Object(_), Some(Kind::StructValue(object))) => object
            .fields
            .into_iter()
            .map(|(key, value)| (key, guarded(value)))
            .collect(),
        (_, kind) => [(RESULT.to_owned(), guarded(Wire { kind }))].into(),
    };
    Object { fields }
}

fn result(object: Object) -> InvokeResponse {
    InvokeResponse {
        r#return: Some(object),
        failures: Vec::new(),
    }
}

fn failed(failures: Vec<CheckFailure>) -> InvokeResponse {
    InvokeResponse {
        r#return: None,
        failures,
    }
}
