//! Both front ends over the provider, in this process.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterparts::eks::ADMIN;
use provider::provider::Mig;
use pulumiplug::adapter::{Adapter, Call, Level, Listener};
use pulumiplug::names::{self, Place};
use pulumiplug::value::{Object, Reading, Secrets, Writing, decode, encode};
use pulumiplug::wire::r#gen::pulumirpc as pb;
use serde_json::json;
use tfplug::schema::Schema;
use tfplug::unstable::oracle::{effective_replacements, judge_plan, proposed_new};
use tfplug::unstable::rpc::{ApplyRequest, CallContext, PlanRequest, PlanResponse, ProviderServer};
use tfplug::{Diagnostics, Server, Value};
use tokio_util::sync::CancellationToken;

use super::changes::{Change, by_difference, by_plan};
use super::table::value;
use crate::support::kube::KUBE;
use crate::support::{MOTO, REGION};

/// A provider that knows AWS and the cluster from its block alone.
async fn configured() -> Arc<dyn ProviderServer> {
    let server = Server::new(Mig::default()).unwrap();
    let url = MOTO.url();
    let block = json!({
        "region": REGION,
        "access_key": ADMIN.access_key_id,
        "secret_key": ADMIN.secret_access_key,
        "endpoints": {"ec2": url, "eks": url, "sts": url, "ssm": url, "autoscaling": url, "servicequotas": url},
        "skip_metadata_api_check": true,
        "kubernetes": {
            "host": KUBE.url(), "token": KUBE.admin_token(), "cluster_ca_certificate": KUBE.ca_pem(),
        },
    });
    let block = value(&server.schemas().provider.ty(), &block);
    let findings = server.configure(&context(), "1.11.4", &block).await;
    assert_sound(&findings);
    Arc::new(server)
}

fn context() -> CallContext {
    CallContext::new(CancellationToken::new())
}

fn assert_sound(findings: &Diagnostics) {
    assert!(!findings.has_errors(), "{findings:?}");
}

/// What Terraform keeps of an object.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) state: Value,
    private: Vec<u8>,
    identity: Option<Value>,
}

impl Stored {
    pub(super) fn none() -> Self {
        Self {
            state: Value::Null,
            private: Vec::new(),
            identity: None,
        }
    }
}

/// The calls that Terraform makes.
pub(super) struct Terraform(Arc<dyn ProviderServer>);

impl Terraform {
    pub(super) async fn new() -> Self {
        Self(configured().await)
    }

    pub(super) fn schema(&self, type_name: &str) -> &Schema {
        &self.0.schemas().resources[type_name]
    }

    /// `PlanResourceChange`, which has to succeed.
    async fn plan(&self, type_name: &str, stored: &Stored, config: &Value) -> PlanResponse {
        let valid = self
            .0
            .validate_resource(type_name, config, context().capabilities);
        assert_sound(&valid);
        let request = PlanRequest {
            type_name: type_name.to_owned(),
            prior: stored.state.clone(),
            proposed: proposed_new(self.schema(type_name), &stored.state, config),
            config: config.clone(),
            private: stored.private.clone(),
            identity: stored.identity.clone(),
        };
        let answer = self.0.plan(&context(), request).await;
        assert_sound(&answer.diagnostics);
        answer
    }

    /// What a plan shows: the changes, and the object as it will be. Terraform plans the creation of an object that replaces
    /// another by itself.
    pub(super) async fn shows(
        &self,
        type_name: &str,
        stored: &Stored,
        config: &Value,
    ) -> (Vec<Change>, Value) {
        let schema = self.schema(type_name);
        let PlanResponse {
            planned,
            requires_replace,
            ..
        } = self.plan(type_name, stored, config).await;
        let breaches = judge_plan(schema, &stored.state, config, &planned, &requires_replace);
        assert!(breaches.is_empty(), "{breaches:?}");
        let replaced = effective_replacements(schema, &stored.state, &planned, &requires_replace);
        let changes = by_plan(schema, &stored.state, &planned, &replaced);
        match replaced.is_empty() {
            true => (changes, planned),
            false => (
                changes,
                self.plan(type_name, &Stored::none(), config).await.planned,
            ),
        }
    }

    /// A plan and its `ApplyResourceChange`.
    pub(super) async fn create(&self, type_name: &str, config: &Value) -> Stored {
        let plan = self.plan(type_name, &Stored::none(), config).await;
        let request = ApplyRequest {
            type_name: type_name.to_owned(),
            prior: Value::Null,
            planned: plan.planned,
            config: config.clone(),
            private: plan.private,
            identity: plan.identity,
        };
        let made = self.0.apply(&context(), request).await;
        assert_sound(&made.diagnostics);
        Stored {
            state: made.state,
            private: made.private,
            identity: made.identity,
        }
    }
}

/// Fails on what is told as an error; warnings are no matter here.
struct Strict;

impl Listener for Strict {
    fn tell(&self, level: Level, urn: &str, text: &str) {
        assert!(level < Level::Error, "{urn}: {text}");
    }
}

fn call() -> Call {
    Call::new(CancellationToken::new(), Arc::new(Strict))
}

/// What Pulumi keeps of an object.
pub(super) struct Kept {
    id: String,
    inputs: Object,
    outputs: Object,
}

impl Kept {
    /// The attributes.
    pub(super) fn state(&self, schema: &Schema) -> Value {
        attributes(schema, &self.outputs)
    }
}

fn attributes(schema: &Schema, outputs: &Object) -> Value {
    let decoded = decode(schema, Place::Resource, outputs, Reading::State);
    assert_eq!(decoded.faults, []);
    decoded.value
}

/// The calls that Pulumi's engine makes.
pub(super) struct Pulumi(Adapter);

fn urn(type_name: &str) -> String {
    let token = names::resource_token("mig", type_name);
    format!("urn:pulumi:dev::test::{token}::one")
}

impl Pulumi {
    pub(super) async fn new() -> Self {
        Self(Adapter::new(configured().await, provider::pulumi::rules()))
    }

    /// `Check` of a program's inputs.
    async fn check(&self, type_name: &str, schema: &Schema, before: Option<&Kept>, config: &Value) -> Object {
        let secrets = &Secrets::none();
        let writing = Writing {
            place: Place::Resource,
            wraps_secrets: true,
            secrets,
        };
        let request = pb::CheckRequest {
            urn: urn(type_name),
            olds: before.map(|kept| kept.inputs.clone()),
            news: Some(encode(schema, config, writing)),
            ..pb::CheckRequest::default()
        };
        let answer = self.0.check(&call(), request).await.unwrap();
        assert_eq!(answer.failures, []);
        answer.inputs.unwrap()
    }

    /// `Check` and `Create`.
    pub(super) async fn create(&self, type_name: &str, schema: &Schema, config: &Value) -> Kept {
        let inputs = self.check(type_name, schema, None, config).await;
        let request = pb::CreateRequest {
            urn: urn(type_name),
            properties: Some(inputs.clone()),
            ..pb::CreateRequest::default()
        };
        let made = self.0.create(&call(), request).await.unwrap();
        Kept {
            id: made.id,
            inputs,
            outputs: made.properties.unwrap(),
        }
    }

    /// What a preview shows: the changes, and the object as it will be.
    pub(super) async fn shows(
        &self,
        type_name: &str,
        schema: &Schema,
        before: &Kept,
        config: &Value,
    ) -> (BTreeMap<String, String>, Value) {
        let inputs = self.check(type_name, schema, Some(before), config).await;
        let diff = self.diff(type_name, before, &inputs).await;
        let outputs = match diff.replaces.is_empty() {
            true => self.updated(type_name, before, inputs).await,
            false => self.created(type_name, inputs).await,
        };
        (by_difference(&diff), attributes(schema, &outputs))
    }

    /// `Diff` with inputs that have passed a check.
    async fn diff(&self, type_name: &str, before: &Kept, news: &Object) -> pb::DiffResponse {
        let request = pb::DiffRequest {
            id: before.id.clone(),
            urn: urn(type_name),
            olds: Some(before.outputs.clone()),
            old_inputs: Some(before.inputs.clone()),
            news: Some(news.clone()),
            ..pb::DiffRequest::default()
        };
        self.0.diff(&call(), request).await.unwrap()
    }

    /// What an update would lead to.
    async fn updated(&self, type_name: &str, before: &Kept, inputs: Object) -> Object {
        let request = pb::UpdateRequest {
            id: before.id.clone(),
            urn: urn(type_name),
            olds: Some(before.outputs.clone()),
            old_inputs: Some(before.inputs.clone()),
            news: Some(inputs),
            preview: true,
            ..pb::UpdateRequest::default()
        };
        let answer = self.0.update(&call(), request).await.unwrap();
        answer.properties.unwrap()
    }

    /// What a creation would lead to.
    async fn created(&self, type_name: &str, inputs: Object) -> Object {
        let request = pb::CreateRequest {
            urn: urn(type_name),
            properties: Some(inputs),
            preview: true,
            ..pb::CreateRequest::default()
        };
        let answer = self.0.create(&call(), request).await.unwrap();
        answer.properties.unwrap()
    }
}
