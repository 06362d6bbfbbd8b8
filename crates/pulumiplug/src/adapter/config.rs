//! CheckConfig, DiffConfig and Configure: the provider block.

use tfplug::schema::Optionality;
use tfplug::{Diagnostic, Value, diff};

use super::create::failed;
use super::detailed::{Planned, detailed};
use super::{Adapter, Call, CallError, findings};
use crate::names::{self, Place};
use crate::value::{Decoded, Object, Reading, decode, text};
use crate::wire::r#gen::pulumirpc::diff_response::DiffChanges;
use crate::wire::r#gen::pulumirpc::{
    CheckFailure, CheckRequest, CheckResponse, ConfigureRequest, ConfigureResponse, DiffRequest, DiffResponse,
};

/// Properties of a provider that are the engine's own.
const OF_ENGINE: [&str; 2] = ["version", "pluginDownloadURL"];

impl Adapter {
    /// Checks the provider's inputs. They come back as they are: the provider fills its defaults in, its environment
    /// included, when it is configured.
    ///
    /// # Errors
    /// None.
    pub async fn check_config(&self, call: &Call, request: CheckRequest) -> Result<CheckResponse, CallError> {
        let call = &call.at(Place::Provider);
        let news = request.news.unwrap_or_default();
        let Decoded { value, faults, .. } = self.decoded(&news);
        let mut failures: Vec<CheckFailure> = faults.iter().map(findings::fault).collect();
        let errors = self.tell(call, &request.urn, self.provider.validate_provider(&value));
        failures.extend(errors.iter().map(|error| self.failure(call, error)));
        failures.dedup();
        if is_of_stack(&request.urn) {
            failures.iter_mut().for_each(|failure| self.name_setting(failure));
        }
        Ok(CheckResponse {
            failures: findings::shown(&news, failures),
            inputs: Some(news),
        })
    }

    /// Says what differs in the provider's inputs. No difference replaces the provider, which would replace all of its
    /// resources: each resource holds its own location.
    ///
    /// # Errors
    /// None.
    pub async fn diff_config(&self, _: &Call, request: DiffRequest) -> Result<DiffResponse, CallError> {
        let schema = &self.provider.schemas().provider;
        let olds = request.old_inputs.or(request.olds).unwrap_or_default();
        let (prior, planned) = (
            self.decoded(&olds).value,
            self.decoded(&request.news.unwrap_or_default()).value,
        );
        let changed = !diff::between(schema, &prior, &planned).is_empty();
        let found = detailed(&Planned {
            schema,
            place: Place::Provider,
            prior: &prior,
            planned: &planned,
            config: &planned,
            replaced: &[],
        });
        let changes = match changed {
            true => DiffChanges::DiffSome,
            false => DiffChanges::DiffNone,
        };
        Ok(DiffResponse {
            changes: changes.into(),
            diffs: found.diffs.into_iter().collect(),
            detailed_diff: found.entries,
            has_detailed_diff: true,
            ..DiffResponse::default()
        })
    }

    /// Takes the provider's inputs.
    ///
    /// # Errors
    /// When they make no sense, or some are missing.
    pub async fn configure(
        &self,
        call: &Call,
        request: ConfigureRequest,
    ) -> Result<ConfigureResponse, CallError> {
        let call = &call.at(Place::Provider);
        self.note_engine(request.accept_secrets);
        let args = request.args.unwrap_or_else(|| of_variables(&request.variables));
        let Decoded { value, faults, .. } = self.decoded(&args);
        if !faults.is_empty() {
            return Err(CallError::Invalid(findings::faults(&faults)));
        }
        self.refuse_missing(&value)?;
        let findings = self.provider.configure(&call.context(), "Pulumi", &value).await;
        let errors = self.tell(call, "", findings);
        if !errors.is_empty() {
            return Err(self.not_configured(call, request.urn.as_deref(), &errors));
        }
        Ok(ConfigureResponse {
            accept_secrets: true,
            supports_preview: true,
            accept_resources: false,
            accept_outputs: false,
            supports_autonaming_configuration: true,
        })
    }

    /// Why the provider cannot work, and which settings that comes from.
    fn not_configured(&self, call: &Call, urn: Option<&str>, errors: &[Diagnostic]) -> CallError {
        let named = |error: &Diagnostic| {
            let mut failure = self.failure(call, error);
            if urn.is_some_and(is_of_stack) {
                self.name_setting(&mut failure);
            }
            findings::placed(&failure)
        };
        failed(call, errors.iter().map(named).collect::<Vec<_>>().join("\n\n"))
    }

    /// Says how the setting of a stack is changed that a fault is in.
    fn name_setting(&self, failure: &mut CheckFailure) {
        let (package, property) = (self.package(), failure.property.as_str());
        if property.is_empty() {
            return;
        }
        let nested = property.contains(['.', '[']);
        let setting = match nested {
            true => format!("--path '{package}:{property}'"),
            false => format!("{package}:{property}"),
        };
        let said = failure.reason.trim_end_matches('.');
        failure.reason =
            format!("{said}. It is a setting of the stack: `pulumi config set {setting} VALUE` changes it.");
    }

    fn decoded(&self, inputs: &Object) -> Decoded {
        let mut own = inputs.clone();
        let schema = &self.provider.schemas().provider;
        own.fields.retain(|key, _| !OF_ENGINE.contains(&key.as_str()));
        decode(schema, Place::Provider, &own, Reading::Config)
    }

    /// The engine says how to set what is missing.
    fn refuse_missing(&self, config: &Value) -> Result<(), CallError> {
        let schema = &self.provider.schemas().provider;
        let required = schema
            .attributes
            .iter()
            .filter(|a| a.optionality == Optionality::Required);
        let keys: Vec<(String, String)> = required
            .filter(|attribute| config.get(&attribute.name).is_null())
            .map(|attribute| {
                (
                    names::property_in(Place::Provider, &attribute.name),
                    self.words.reword(&attribute.description),
                )
            })
            .collect();
        if keys.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = keys.iter().map(|(name, _)| name.as_str()).collect();
        let message = format!("The provider's configuration lacks {}.", names.join(", "));
        Err(CallError::MissingKeys { message, keys })
    }
}

/// Whether a provider has its inputs from the configuration of the stack, and not from a program: the engine makes it, and calls it so.
fn is_of_stack(urn: &str) -> bool {
    let name = urn.rsplit("::").next().unwrap_or_default();
    name == "default" || name.starts_with("default_")
}

/// Inputs as engines once sent them: `mig:config:region` and a text.
fn of_variables(variables: &std::collections::BTreeMap<String, String>) -> Object {
    let own = |(key, value): (&String, &String)| {
        let name = key.rsplit(':').next().unwrap_or(key);
        (name.to_owned(), text(value.clone()))
    };
    Object {
        fields: variables.iter().map(own).collect(),
    }
}
