//! Invoke: data sources and functions.

use prost_types::value::Kind;
use tfplug::schema::{FunctionSignature, Schema};
use tfplug::ty::Type;
use tfplug::{Path, Value};

use super::outputs::secret_outputs;
use super::tokens::Invoked;
use super::{Adapter, Call, CallError, findings};
use crate::names;
use crate::value::{
    Fault, Object, Reading, Secrets, Wire, Writing, decode, decode_plain, encode, encode_plain, property_path,
};
use crate::wire::r#gen::pulumirpc::{CheckFailure, InvokeRequest, InvokeResponse};

/// The property that holds the result of a function which is no object. SDKs take the only one, whatever its name.
const RESULT: &str = "result";

impl Adapter {
    /// Reads a data source or calls a function. Faults of the arguments are in the answer.
    ///
    /// # Errors
    /// When there is no such function, or it has no result.
    pub async fn invoke(&self, call: &Call, request: InvokeRequest) -> Result<InvokeResponse, CallError> {
        let unknown = || {
            CallError::Invalid(format!(
                "This version of the provider has no function {}.",
                request.tok
            ))
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
                self.function(name, signature, &args)
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
        let decoded = decode(schema, args, Reading::Inputs);
        if !decoded.faults.is_empty() {
            return Ok(failed(decoded.faults.iter().map(findings::fault).collect()));
        }
        // Results may not be unknown, and engines ask only with arguments that are known.
        if !decoded.value.is_wholly_known() {
            return Ok(InvokeResponse::default());
        }
        let errors = self.tell(call, "", self.provider.validate_data_source(name, &decoded.value));
        if !errors.is_empty() {
            return Ok(failed(errors.iter().map(|error| self.failure(error)).collect()));
        }
        let answer = self
            .provider
            .read_data_source(&call.context(), name, &decoded.value)
            .await;
        let errors = self.tell(call, "", answer.diagnostics);
        match answer.value.filter(|_| errors.is_empty()) {
            Some(value) => {
                let secrets = &secret_outputs(schema, &decoded.secrets);
                let writing = Writing {
                    wraps_secrets: self.wraps_secrets(),
                    secrets,
                };
                Ok(result(encode(schema, &value, writing)))
            }
            None => Err(self.clean(call, &errors)),
        }
    }

    fn function(
        &self,
        name: &str,
        signature: &FunctionSignature,
        args: &Object,
    ) -> Result<InvokeResponse, CallError> {
        let Arguments {
            values,
            names,
            secret,
            failures,
        } = arguments(signature, args);
        if !failures.is_empty() {
            return Ok(failed(failures));
        }
        if !values.iter().all(Value::is_wholly_known) {
            return Ok(InvokeResponse::default());
        }
        let value = match self.provider.call_function(name, values) {
            Ok(value) => value,
            Err(error) => {
                let place = error.argument.and_then(|index| names.get(index).cloned());
                return Ok(failed(vec![CheckFailure {
                    property: place.unwrap_or_default(),
                    reason: self.words.reword(&error.text),
                }]));
            }
        };
        let mut secrets = Secrets::none();
        if secret {
            secrets.mark(&Path::root());
        }
        let writing = Writing {
            wraps_secrets: self.wraps_secrets(),
            secrets: &secrets,
        };
        Ok(result(returned(&signature.returns, &value, writing)))
    }
}

/// The arguments of a function, in order.
#[derive(Default)]
struct Arguments {
    values: Vec<Value>,
    /// The property of each.
    names: Vec<String>,
    /// Whether any of them is secret: then the result is.
    secret: bool,
    failures: Vec<CheckFailure>,
}

impl Arguments {
    fn take(&mut self, ty: &Type, given: Option<&Wire>, name: &str, allow_null: bool) {
        let path = Path::attr(name);
        let decoded = match given {
            Some(value) => decode_plain(ty, value, &path),
            None => decode_plain(ty, &Wire { kind: None }, &path),
        };
        self.secret |= !decoded.secrets.is_empty();
        self.failures.extend(decoded.faults.iter().map(findings::fault));
        if decoded.value.is_null() && !allow_null {
            let reason = "is required, and is missing: give it a value".to_owned();
            self.failures.push(findings::fault(&Fault {
                path: path.clone(),
                reason,
            }));
        }
        self.values.push(decoded.value);
        self.names.push(property_path(&path));
    }
}

fn arguments(signature: &FunctionSignature, args: &Object) -> Arguments {
    let mut taken = Arguments::default();
    let given = |name: &str| args.fields.get(&names::property(name));
    for parameter in &signature.parameters {
        taken.take(
            &parameter.ty,
            given(&parameter.name),
            &parameter.name,
            parameter.allow_null,
        );
    }
    let Some(rest) = &signature.variadic else {
        return taken;
    };
    // Any number of arguments is a list in Pulumi.
    let all = given(&rest.name).map(|value| {
        let path = Path::attr(&rest.name);
        decode_plain(&Type::list(rest.ty.clone()), value, &path)
    });
    if let Some(decoded) = all {
        taken.secret |= !decoded.secrets.is_empty();
        taken.failures.extend(decoded.faults.iter().map(findings::fault));
        for (index, value) in decoded.value.as_elements().unwrap_or_default().iter().enumerate() {
            taken.values.push(value.clone());
            taken
                .names
                .push(property_path(&Path::attr(&rest.name).index(index)));
        }
    }
    taken
}

/// The result of a function as an object: what is none is the only property of one.
fn returned(ty: &Type, value: &Value, writing: Writing<'_>) -> Object {
    let secret = writing.wraps_secrets && !writing.secrets.is_empty();
    let written = encode_plain(
        ty,
        value,
        Writing {
            wraps_secrets: false,
            ..writing
        },
    );
    match (ty, written.kind) {
        (Type::Object(_), Some(Kind::StructValue(mut object))) => {
            if secret {
                object.fields = object
                    .fields
                    .into_iter()
                    .map(|(key, value)| (key, crate::value::secret(value)))
                    .collect();
            }
            object
        }
        (_, kind) => {
            let value = Wire { kind };
            let value = if secret {
                crate::value::secret(value)
            } else {
                value
            };
            Object {
                fields: [(RESULT.to_owned(), value)].into(),
            }
        }
    }
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
