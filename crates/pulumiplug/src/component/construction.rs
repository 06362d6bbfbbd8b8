//! A component while it is made.

use tfplug::schema::Schema;
use tfplug::unstable::engine::validate::validate_references;
use tfplug::unstable::oracle::proposed_new;
use tfplug::unstable::rpc::{CallContext, PlanRequest, ProviderServer};
use tfplug::{Diagnostic, Diagnostics, Path, Value};
use tonic::Status;

use super::child::{Child, Made};
use super::monitor::Monitor;
use super::options::Options;
use super::origins::{Origin, Origins};
use crate::adapter::with_attribute;
use crate::names::{self, Place};
use crate::value::{
    Object, Reading, Secrets, Writing, decode, encode, property_path, secret, unwrapped_object,
};
use crate::wire::r#gen::pulumirpc::{ConstructRequest, ConstructResponse, construct_response};

/// What a component's construction ends with: its outputs, and what they come from.
#[derive(Debug, Clone)]
pub struct Finished<O> {
    outputs: O,
    origins: Origins,
}

impl<O> Finished<O> {
    /// These outputs, which come from nothing.
    pub fn new(outputs: O) -> Self {
        Self {
            outputs,
            origins: Origins::new(),
        }
    }

    /// The same, which come from these too.
    #[must_use]
    pub fn with(mut self, origins: Origins) -> Self {
        self.origins.extend(origins);
        self
    }

    pub(super) fn map<P>(self, f: impl FnOnce(O) -> P) -> Finished<P> {
        Finished {
            outputs: f(self.outputs),
            origins: self.origins,
        }
    }
}

/// A component while it is made: where its children come to be.
pub struct Construction<'a> {
    provider: &'a dyn ProviderServer,
    version: &'a str,
    context: CallContext,
    options: Options,
    monitor: Monitor,
    inputs: Object,
    secrets: Secrets,
    urn: Option<String>,
    warnings: Diagnostics,
    /// What is wrong with children that are to be made.
    faults: Diagnostics,
}

/// A child as it is registered, and what is wrong with it.
struct Resolved {
    object: Object,
    config: Value,
    overrides: Object,
    found: Diagnostics,
}

impl<'a> Construction<'a> {
    /// A construction that has begun. `secrets` are those among the inputs.
    pub(crate) fn begin(
        provider: &'a dyn ProviderServer,
        version: &'a str,
        context: CallContext,
        request: ConstructRequest,
        secrets: Secrets,
    ) -> Result<Self, Status> {
        let inputs = request.inputs.clone().unwrap_or_default();
        Ok(Self {
            provider,
            version,
            context,
            monitor: Monitor::at(&request.monitor_endpoint)?,
            options: Options::of(request),
            inputs,
            secrets,
            urn: None,
            warnings: Diagnostics::new(),
            faults: Diagnostics::new(),
        })
    }

    /// The name of the component in the program.
    pub fn name(&self) -> &str {
        self.options.name()
    }

    /// Whether this is a preview, in which much may be unknown.
    pub fn is_preview(&self) -> bool {
        self.options.is_preview()
    }

    /// Says something to the user when the construction ends.
    pub fn warn(&mut self, warnings: impl IntoIterator<Item = Diagnostic>) {
        self.warnings.extend(warnings);
    }

    /// What was said to the user, and the URN that it is about.
    pub(crate) fn take_warnings(&mut self) -> (String, Diagnostics) {
        let urn = self.urn.clone().unwrap_or_default();
        (urn, std::mem::take(&mut self.warnings))
    }

    /// Plans a child offline: no server is called, and nothing is registered. [`Construction::faultless`] reports what is wrong with it, at
    /// the component's inputs.
    ///
    /// # Errors
    /// There is no such resource.
    pub async fn plan(&mut self, child: &Child) -> Result<Value, Diagnostics> {
        let schema = self.schema(child)?;
        let resolved = self.resolved(child)?;
        let Resolved { config, found, .. } = &resolved;
        if found.has_errors() {
            self.note(found.clone());
            return Ok(unplanned(schema, &resolved.object));
        }
        let request = PlanRequest {
            type_name: child.type_name.clone(),
            prior: Value::Null,
            proposed: proposed_new(schema, &Value::Null, config),
            config: config.clone(),
            private: Vec::new(),
            identity: None,
        };
        let context = self.context.clone().offline();
        let answer = self.provider.plan(&context, request).await;
        let found = answer.diagnostics.into_iter();
        let placed = found.map(|finding| self.placed(child, &resolved.overrides, finding));
        let placed: Diagnostics = placed.collect();
        let failed = placed.has_errors();
        self.note(placed);
        match failed {
            true => Ok(unplanned(schema, &resolved.object)),
            false => Ok(answer.planned),
        }
    }

    /// Whether nothing is wrong with the children that were planned.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn faultless(&mut self) -> Result<(), Diagnostics> {
        let faults = std::mem::take(&mut self.faults);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Notes errors. Children made from the same inputs have the same.
    fn note(&mut self, found: Diagnostics) {
        for error in found.into_iter().filter(Diagnostic::is_error) {
            if !self.faults.iter().any(|known| *known == error) {
                self.faults.push(error);
            }
        }
    }

    /// Makes a child, the component before its first one.
    ///
    /// # Errors
    /// The child cannot be made.
    pub async fn child(&mut self, child: Child) -> Result<Made, Diagnostics> {
        let component = self.registered().await?;
        let object = self.resolved(&child)?.object;
        let package = self.provider.type_name();
        let mut request = self
            .options
            .child(&component, (package, self.version), &child.origins);
        request.r#type = names::resource_token(package, &child.type_name);
        request.name = child.name.clone();
        request.object = Some(object);
        let answer = self.monitor.register(request).await.map_err(failed)?;
        Ok(Made::of(self.schema(&child)?, answer))
    }

    /// The URN of the component, which is registered if it is not yet.
    async fn registered(&mut self) -> Result<String, Diagnostics> {
        if let Some(urn) = &self.urn {
            return Ok(urn.clone());
        }
        let request = self.options.component(self.inputs.clone());
        let urn = self.monitor.register(request).await.map_err(failed)?.urn;
        Ok(self.urn.insert(urn).clone())
    }

    /// Tells the engine what the component has in the end.
    pub(crate) async fn finish(
        &mut self,
        schema: &Schema,
        finished: Finished<Value>,
    ) -> Result<ConstructResponse, Diagnostics> {
        let urn = self.registered().await?;
        let mut secrets = self.secrets_of(&finished.origins);
        for attribute in &schema.attributes {
            let property = names::property_in(Place::Resource, &attribute.name);
            if self.options.secret_outputs().contains(&property) {
                secrets.mark(&Path::attr(&attribute.name));
            }
        }
        let state = encode(schema, &finished.outputs, writing(&secrets));
        self.monitor
            .register_outputs(&urn, state.clone())
            .await
            .map_err(failed)?;
        let dependencies = finished.origins.attributes().map(|(output, origins)| {
            let urns = self.options.dependencies(origins).into_iter().collect();
            let property = names::property_in(Place::Resource, output);
            (property, construct_response::PropertyDependencies { urns })
        });
        Ok(ConstructResponse {
            urn,
            state: Some(state),
            state_dependencies: dependencies.collect(),
        })
    }

    fn schema(&self, child: &Child) -> Result<&'a Schema, Diagnostics> {
        let found = self.provider.schemas().resources.get(&child.type_name);
        let bug = || {
            Diagnostic::bug(format!(
                "A component has a child of the type {}, which there is not.",
                child.type_name
            ))
        };
        found.map(|schema| &**schema).ok_or_else(|| bug().into())
    }

    fn resolved(&self, child: &Child) -> Result<Resolved, Diagnostics> {
        let schema = self.schema(child)?;
        let secrets = self.secrets_of(&child.origins);
        let mut object = encode(schema, &child.config, writing(&secrets));
        let overrides = self.overrides(child);
        object.fields.extend(overrides.fields.clone());
        let decoded = decode(schema, Place::Resource, &object, Reading::Inputs);
        let (config, faults) = (decoded.value, decoded.faults.into_iter());
        let mut found: Diagnostics = faults
            .map(|fault| Diagnostic::error(fault.reason, "").at(fault.path))
            .collect();
        let capabilities = self.context.capabilities;
        if found.is_empty() {
            found = self
                .provider
                .validate_resource(&child.type_name, &config, capabilities);
            validate_references(schema, &config, &mut found);
        }
        let placed = found.into_iter();
        let placed = placed.map(|finding| self.placed(child, &overrides, finding));
        Ok(Resolved {
            found: placed.collect(),
            object,
            config,
            overrides,
        })
    }

    /// What the user gives instead of the component's own.
    fn overrides(&self, child: &Child) -> Object {
        let Some(input) = &child.overrides else {
            return Object::default();
        };
        let property = names::property_in(Place::Resource, input);
        let Some((all, hidden)) = self.inputs.fields.get(&property).and_then(unwrapped_object) else {
            return Object::default();
        };
        let one = |(name, value): (&String, &crate::value::Wire)| {
            let value = value.clone();
            (name.clone(), if hidden { secret(value) } else { value })
        };
        Object {
            fields: all.iter().map(one).collect(),
        }
    }

    /// What is said of a child, said of the input from which it comes.
    fn placed(&self, child: &Child, overrides: &Object, finding: Diagnostic) -> Diagnostic {
        let Some(tfplug::path::Step::Attribute(attribute)) = finding.path.steps().first() else {
            return of_child(child, finding);
        };
        let property = names::property_in(Place::Resource, attribute);
        if let (Some(input), true) = (&child.overrides, overrides.fields.contains_key(&property)) {
            let path = Path::attr(input).join(&finding.path);
            return finding.at(path);
        }
        let rest = Path::from_steps(finding.path.steps().iter().skip(1).cloned());
        match child.origins.of_attribute(attribute).first() {
            Some(Origin::Same(input)) => {
                let path = Path::attr(input).join(&rest);
                finding.at(path)
            }
            Some(Origin::Input(input)) => {
                let path = Path::attr(input);
                finding.at(path)
            }
            _ => of_child(child, finding),
        }
    }

    /// What is secret of something with these origins.
    fn secrets_of(&self, origins: &Origins) -> Secrets {
        let mut secrets = Secrets::none();
        for (attribute, origins) in origins.attributes() {
            let at = Path::attr(attribute);
            for origin in origins {
                match origin {
                    Origin::Same(input) => {
                        for path in self.secrets_in(input) {
                            let rest = Path::from_steps(path.steps().iter().skip(1).cloned());
                            secrets.mark(&at.join(&rest));
                        }
                    }
                    Origin::Input(input) if self.secrets_in(input).next().is_some() => secrets.mark(&at),
                    Origin::Child { secret: true, .. } => secrets.mark(&at),
                    Origin::Input(_) | Origin::Child { .. } => {}
                }
            }
        }
        secrets
    }

    fn secrets_in(&self, input: &str) -> impl Iterator<Item = &Path> {
        let at = Path::attr(input);
        self.secrets.paths().filter(move |path| path.starts_with(&at))
    }
}

impl std::fmt::Debug for Construction<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Construction")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

fn writing(secrets: &Secrets) -> Writing<'_> {
    Writing {
        place: Place::Resource,
        wraps_secrets: true,
        secrets,
    }
}

/// An object that cannot be planned: what follows from it is not known, so that what is made from it has no faults of its own.
fn unplanned(schema: &Schema, given: &Object) -> Value {
    let mut value = decode(schema, Place::Resource, given, Reading::State).value;
    let computed = schema.attributes.iter().filter(|a| a.optionality.is_computed());
    for attribute in computed {
        if value.get(&attribute.name).is_null() {
            value = with_attribute(&value, &attribute.name, Value::unknown());
        }
    }
    value
}

/// What is said of a child that comes from no input.
fn of_child(child: &Child, mut finding: Diagnostic) -> Diagnostic {
    let place = match property_path(Place::Resource, &finding.path).as_str() {
        "" => String::new(),
        path => format!(" {path}:"),
    };
    finding.summary = format!("{} {:?}:{place} {}", child.type_name, child.name, finding.summary);
    finding.at(Path::root())
}

/// Why something is not registered. The engine itself tells what is wrong with a child.
fn failed(status: Status) -> Diagnostics {
    Diagnostic::error(status.message(), "").into()
}
