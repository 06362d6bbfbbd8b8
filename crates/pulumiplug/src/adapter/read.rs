//! Read: the object as it is, for a refresh, an import or a look-up.

use tfplug::unstable::rpc::ImportRequest;

use super::import::{Candidate, candidates, refreshed};
use super::inputs::{self, added};
use super::stored::{Stored, is_stored};
use super::{Adapter, Call, CallError, Declared};
use crate::names::Place;
use crate::value::{Object, Reading, Secrets, Writing, decode, encode};
use crate::wire::r#gen::pulumirpc::{ReadRequest, ReadResponse};

impl Adapter {
    /// Reads an object. An answer without an ID says that there is none.
    ///
    /// Properties that this provider has stored are refreshed. Without them, the ID is one to import by, and the answer has
    /// inputs that leave the object as it is.
    ///
    /// # Errors
    /// When it could not be read; that is never to be taken for "gone".
    pub async fn read(&self, call: &Call, request: ReadRequest) -> Result<ReadResponse, CallError> {
        let declared = self.declared(&request.r#type, &request.urn)?;
        if !is_stored(request.properties.as_ref()) {
            return self.import(call, declared, request).await;
        }
        let stored = Stored::read(&self.provider, declared, &request.id, request.properties.as_ref())?;
        let partial = stored.partial;
        let Some(mut found) = self.read_stored(call, declared, &request.urn, stored).await? else {
            return Ok(ReadResponse::default());
        };
        // Only an update says whether what failed is done now.
        found.partial = partial;
        let given = request.inputs.clone().unwrap_or_default();
        let old = decode(declared.schema, Place::Resource, &given, Reading::State);
        let now = refreshed(declared.schema, &old.value, &found.state);
        let mut inputs = self.encoded(declared, &now, &old.secrets);
        let mut filled = added(declared, &given);
        filled.retain(|name| old.value.get(name) == now.get(name));
        inputs::note(&mut inputs, &filled);
        Ok(ReadResponse {
            id: request.id,
            properties: Some(self.written(declared, &found, &old.secrets)),
            inputs: Some(inputs),
            refresh_before_update: false,
        })
    }

    /// Finds an existing object by an ID that its import takes, and reads it.
    async fn import(
        &self,
        call: &Call,
        declared: Declared<'_>,
        request: ReadRequest,
    ) -> Result<ReadResponse, CallError> {
        let asked = ImportRequest {
            type_name: declared.type_name.to_owned(),
            id: request.id,
            identity: None,
        };
        let answer = self.provider.import(&call.context(), asked).await;
        let errors = self.tell(call, &request.urn, answer.diagnostics);
        if !errors.is_empty() {
            return Err(self.clean(call, &errors));
        }
        let stored = Stored {
            state: answer.state,
            private: answer.private,
            identity: answer.identity,
            partial: false,
        };
        if stored.state.is_null() {
            return Ok(ReadResponse::default());
        }
        let Some(found) = self.read_stored(call, declared, &request.urn, stored).await? else {
            return Ok(ReadResponse::default());
        };
        let inputs = self.importable(call, declared, &request.urn, &found).await;
        Ok(ReadResponse {
            id: found.id(declared, &request.urn),
            properties: Some(self.written(declared, &found, &Secrets::none())),
            inputs: Some(inputs),
            refresh_before_update: false,
        })
    }

    /// Inputs that leave an object as it is: the fewest with which a plan changes nothing.
    async fn importable(&self, call: &Call, declared: Declared<'_>, urn: &str, found: &Stored) -> Object {
        let all = candidates(declared, &found.state);
        let mut best = None;
        for Candidate { config } in all {
            let findings =
                self.provider
                    .validate_resource(declared.type_name, &config, call.context().capabilities);
            if findings.has_errors() {
                best.get_or_insert(config);
                continue;
            }
            // What is said of a trial is no news to the user.
            let silent = call.silent();
            let plan = self.plan(&silent, declared, urn, found, &config).await;
            if plan.is_ok_and(|plan| plan.planned == found.state) {
                return self.encoded(declared, &config, &Secrets::none());
            }
            best.get_or_insert(config);
        }
        // None fits: what the user writes differs in any case, and the engine says where.
        best.map_or_else(Object::default, |config| {
            self.encoded(declared, &config, &Secrets::none())
        })
    }

    fn encoded(&self, declared: Declared<'_>, config: &tfplug::Value, secrets: &Secrets) -> Object {
        let writing = Writing {
            place: Place::Resource,
            wraps_secrets: self.wraps_secrets(),
            secrets,
        };
        encode(declared.schema, config, writing)
    }
}
