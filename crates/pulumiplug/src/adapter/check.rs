//! Check: every fault of what a user gives, and what it is with names and defaults.

use std::collections::BTreeSet;

use tfplug::unstable::engine::validate::validate_references;
use tfplug::{Diagnostics, Value};

use super::deprecated::deprecated;
use super::import::givable;
use super::naming::{Named, missing_name};
use super::{Adapter, Call, CallError, Declared, findings, inputs, with_attribute};
use crate::names::{self, Place};
use crate::value::{Decoded, Object, Reading, Secrets, Writing, decode, encode};
use crate::wire::r#gen::pulumirpc::{CheckFailure, CheckRequest, CheckResponse};

impl Adapter {
    /// Checks inputs. The answer has all faults; without one, what to plan and to store.
    ///
    /// # Errors
    /// When there is no such resource.
    pub async fn check(&self, call: &Call, request: CheckRequest) -> Result<CheckResponse, CallError> {
        let declared = self.declared(&request.r#type, &request.urn)?;
        let news = request.news.clone().unwrap_or_default();
        let Decoded {
            value: mut config,
            secrets,
            faults,
        } = decode(declared.schema, Place::Resource, &news, Reading::Inputs);
        let mut failures: Vec<CheckFailure> = faults.iter().map(findings::fault).collect();
        let mut added = BTreeSet::new();
        match (declared.name(&config, &request), declared.name_attribute()) {
            (Named::As(name), Some(attribute)) => {
                config = with_attribute(&config, &attribute.name, name.into());
                added.insert(attribute.name.clone());
            }
            (Named::Missing, Some(attribute)) => failures.push(CheckFailure {
                property: names::property_in(Place::Resource, &attribute.name),
                reason: missing_name(&attribute.name),
            }),
            _ => {}
        }
        let mut findings = self.validated(call, declared, &config);
        findings.extend(deprecated(declared.schema, &config));
        let errors = self.tell(call, &request.urn, findings);
        failures.extend(errors.iter().map(|error| self.failure(call, error)));
        failures.dedup();
        if failures.is_empty() {
            let inputs = Some(self.checked(declared, config, &secrets, added));
            return Ok(CheckResponse { inputs, failures });
        }
        Ok(CheckResponse {
            failures: findings::shown(&news, failures),
            inputs: Some(news),
        })
    }

    /// All that speaks against a configuration, references included: Pulumi makes no values up for them.
    fn validated(&self, call: &Call, declared: Declared<'_>, config: &Value) -> Diagnostics {
        let capabilities = call.context().capabilities;
        let mut findings = self
            .provider
            .validate_resource(declared.type_name, config, capabilities);
        let mut references = Diagnostics::new();
        validate_references(declared.schema, config, &mut references);
        findings.extend(references);
        findings
    }

    /// The inputs with the defaults of the outermost level.
    fn checked(
        &self,
        declared: Declared<'_>,
        mut config: Value,
        secrets: &Secrets,
        mut added: BTreeSet<String>,
    ) -> Object {
        for attribute in &declared.schema.attributes {
            let default = attribute
                .default
                .as_ref()
                .filter(|_| config.get(&attribute.name).is_null());
            if let Some(default) = default {
                config = with_attribute(&config, &attribute.name, givable(attribute, &default.get()));
                added.insert(attribute.name.clone());
            }
        }
        let writing = Writing {
            place: Place::Resource,
            wraps_secrets: self.wraps_secrets(),
            secrets,
        };
        let mut object = encode(declared.schema, &config, writing);
        inputs::note(&mut object, &added);
        object
    }
}
