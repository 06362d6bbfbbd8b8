//! Random lives of random schemas, led as an engine leads them, with faults on the way.

mod provider;

use std::sync::Mutex;

use prost_types::Struct;
use tfplug::Value;
use tfplug::schema::Schema;

use self::provider::{Simulated, TYPE_NAME};
use super::*;
use crate::random::cloud::Fault;
use crate::random::rng::Rng;
use crate::random::{for_seeds, has_defaults, told_by_state, values};
use crate::value::shape::Content;
use crate::value::{Secrets, Writing, encode};
use crate::wire::r#gen::pulumirpc as pb;
use crate::wire::r#gen::pulumirpc::diff_response::DiffChanges;

const URN: &str = "urn:pulumi:dev::test::sim:index:Object::one";

/// Hears all warnings.
#[derive(Default)]
struct Ear(Mutex<Vec<String>>);

impl Listener for Ear {
    fn tell(&self, _: Level, _: &str, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

/// What an engine keeps of one object.
#[derive(Clone)]
struct Kept {
    id: String,
    inputs: Struct,
    outputs: Struct,
}

/// One case.
struct Life {
    schema: Schema,
    provider: Arc<Simulated>,
    adapter: Adapter,
    rng: Rng,
}

impl Life {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let schema = told_by_state(&mut rng);
        let provider = Arc::new(Simulated::new(schema.clone(), Rng::new(rng.next())));
        let served: Arc<dyn ProviderServer> = Arc::<Simulated>::clone(&provider);
        let adapter = Adapter::new(served, Rules::new());
        Self {
            schema,
            provider,
            adapter,
            rng,
        }
    }

    fn call(&self) -> Call {
        let cancel = CancellationToken::new();
        self.provider.cloud.lock().cancel = cancel.clone();
        Call::new(cancel, Arc::new(Ear::default()))
    }

    /// Inputs as a program gives them.
    fn written(&self, config: &Value) -> Struct {
        let writing = Writing {
            place: Place::Resource,
            wraps_secrets: true,
            secrets: &Secrets::none(),
        };
        encode(&self.schema, config, writing)
    }

    async fn check(&self, olds: Option<&Struct>, news: &Struct) -> Struct {
        let request = pb::CheckRequest {
            urn: URN.to_owned(),
            olds: olds.cloned(),
            news: Some(news.clone()),
            ..pb::CheckRequest::default()
        };
        let answer = self.adapter.check(&self.call(), request.clone()).await.unwrap();
        assert_eq!(answer.failures, []);
        assert_eq!(answer, self.adapter.check(&self.call(), request).await.unwrap());
        answer.inputs.unwrap()
    }

    async fn diff(&self, kept: &Kept, news: &Struct) -> pb::DiffResponse {
        let request = pb::DiffRequest {
            id: kept.id.clone(),
            urn: URN.to_owned(),
            olds: Some(kept.outputs.clone()),
            old_inputs: Some(kept.inputs.clone()),
            news: Some(news.clone()),
            ..pb::DiffRequest::default()
        };
        let diff = self.adapter.diff(&self.call(), request).await.unwrap();
        let replaced = diff.detailed_diff.values().any(|one| one.kind() as i32 % 2 == 1);
        assert_eq!(replaced, !diff.replaces.is_empty());
        assert_eq!(diff.changes() == DiffChanges::DiffNone, diff.diffs.is_empty());
        diff
    }

    async fn create(&self, inputs: &Struct, preview: bool) -> Result<Kept, CallError> {
        let request = pb::CreateRequest {
            urn: URN.to_owned(),
            properties: Some(inputs.clone()),
            preview,
            ..pb::CreateRequest::default()
        };
        let answer = self.adapter.create(&self.call(), request).await?;
        Ok(Kept {
            id: answer.id,
            inputs: inputs.clone(),
            outputs: answer.properties.unwrap(),
        })
    }

    async fn update(&self, kept: &Kept, inputs: &Struct, preview: bool) -> Result<Kept, CallError> {
        let request = pb::UpdateRequest {
            id: kept.id.clone(),
            urn: URN.to_owned(),
            olds: Some(kept.outputs.clone()),
            old_inputs: Some(kept.inputs.clone()),
            news: Some(inputs.clone()),
            preview,
            ..pb::UpdateRequest::default()
        };
        let answer = self.adapter.update(&self.call(), request).await?;
        Ok(Kept {
            inputs: inputs.clone(),
            outputs: answer.properties.unwrap(),
            ..kept.clone()
        })
    }

    async fn delete(&self, kept: &Kept) -> Result<(), CallError> {
        let request = pb::DeleteRequest {
            id: kept.id.clone(),
            urn: URN.to_owned(),
            properties: Some(kept.outputs.clone()),
            ..pb::DeleteRequest::default()
        };
        self.adapter.delete(&self.call(), request).await
    }

    async fn read(&self, kept: Option<&Kept>) -> pb::ReadResponse {
        let request = pb::ReadRequest {
            id: "only".to_owned(),
            urn: URN.to_owned(),
            properties: kept.map(|kept| kept.outputs.clone()),
            inputs: kept.map(|kept| kept.inputs.clone()),
            ..pb::ReadRequest::default()
        };
        self.adapter.read(&self.call(), request).await.unwrap()
    }

    /// What is left of a call that may have failed: nothing, if the error says that nothing happened.
    fn left(&self, result: Result<Kept, CallError>, before: Option<&Kept>, inputs: &Struct) -> Option<Kept> {
        match result {
            Ok(kept) => Some(kept),
            Err(CallError::Partial { left, .. }) => Some(Kept {
                id: left.id,
                inputs: inputs.clone(),
                outputs: left.properties.unwrap(),
            }),
            Err(_) => before.cloned(),
        }
    }

    fn set(&mut self, fault: Fault) {
        self.provider.cloud.lock().fault = fault;
    }

    fn some_fault(&mut self) -> Fault {
        use Fault as F;
        *self
            .rng
            .pick(&[F::None, F::None, F::Early, F::Late, F::Silent, F::Cancel])
    }

    /// Leads an object to what is wanted, as `pulumi up` does, with a fault at first.
    async fn up(&mut self, kept: Option<Kept>, config: &Value) -> Kept {
        let news = self.written(config);
        let mut kept = kept;
        let mut fault = self.some_fault();
        loop {
            self.set(fault);
            let inputs = self.check(kept.as_ref().map(|kept| &kept.inputs), &news).await;
            kept = match kept {
                None => {
                    self.create(&inputs, true).await.unwrap();
                    self.left(self.create(&inputs, false).await, None, &inputs)
                }
                Some(kept) => self.step(kept, &inputs).await,
            };
            self.set(Fault::None);
            let exists = self.provider.cloud.lock().remote.is_some();
            assert_eq!(
                exists,
                kept.is_some(),
                "what exists is kept, and nothing else: {fault:?}"
            );
            if fault == Fault::None {
                return kept.unwrap();
            }
            fault = Fault::None;
        }
    }

    /// One step of an engine for an object that it has.
    async fn step(&self, kept: Kept, inputs: &Struct) -> Option<Kept> {
        let diff = self.diff(&kept, inputs).await;
        if !diff.replaces.is_empty() {
            return match self.delete(&kept).await {
                Ok(()) => self.left(self.create(inputs, false).await, None, inputs),
                Err(_) => Some(kept),
            };
        }
        self.update(&kept, inputs, true).await.unwrap();
        self.left(self.update(&kept, inputs, false).await, Some(&kept), inputs)
    }

    /// Nothing is to be done, neither at once nor after a refresh.
    async fn settled(&self, kept: &Kept, config: &Value) {
        let diff = self.diff(kept, &kept.inputs).await;
        assert_eq!(
            diff.changes(),
            DiffChanges::DiffNone,
            "{diff:?}\n{:?}",
            kept.outputs
        );
        let found = self.read(Some(kept)).await;
        let found = Kept {
            id: found.id,
            inputs: found.inputs.unwrap(),
            outputs: found.properties.unwrap(),
        };
        assert_eq!(found.outputs, kept.outputs);
        let inputs = self.check(Some(&found.inputs), &self.written(config)).await;
        let diff = self.diff(&found, &inputs).await;
        assert_eq!(diff.changes(), DiffChanges::DiffNone, "after a refresh: {diff:?}");
    }

    /// An import gives inputs that change nothing, unless it cannot know all that is required: what is write-only, and
    /// whether a collection without elements was given.
    async fn imported(&self) {
        let found = self.read(None).await;
        let found = Kept {
            id: found.id,
            inputs: found.inputs.unwrap(),
            outputs: found.properties.unwrap(),
        };
        let request = pb::CheckRequest {
            urn: URN.to_owned(),
            olds: Some(found.inputs.clone()),
            news: Some(plain(&found.inputs)),
            ..pb::CheckRequest::default()
        };
        let answer = self.adapter.check(&self.call(), request).await.unwrap();
        let missing = answer
            .failures
            .iter()
            .filter(|failure| failure.reason.contains("is missing"));
        // Nor can inputs say that what has a default has no value.
        if missing.count() > 0 || has_defaults(Content::of(&self.schema)) {
            return;
        }
        assert_eq!(answer.failures, []);
        let diff = self.diff(&found, &answer.inputs.unwrap()).await;
        assert_eq!(diff.changes(), DiffChanges::DiffNone, "after an import: {diff:?}");
    }
}

/// Inputs as a program has them: without what a check noted.
fn plain(inputs: &Struct) -> Struct {
    let own = inputs.fields.iter().filter(|(key, _)| !key.starts_with("__"));
    Struct {
        fields: own.map(|(key, value)| (key.clone(), value.clone())).collect(),
    }
}

async fn live(seed: u64) {
    let mut life = Life::new(seed);
    let wish = values::config(&mut life.rng, &life.schema);
    let inputs = life.check(None, &life.written(&wish)).await;
    life.create(&inputs, true).await.unwrap();
    let config = values::known_config(&mut life.rng, &life.schema, &wish);
    let made = life.up(None, &config).await;
    life.settled(&made, &config).await;

    let next = values::changed(&mut life.rng, &life.schema, &config);
    let inputs = life.check(Some(&made.inputs), &life.written(&next)).await;
    life.diff(&made, &inputs).await;
    let config = values::known_config(&mut life.rng, &life.schema, &next);
    let changed = life.up(Some(made), &config).await;
    life.settled(&changed, &config).await;
    life.imported().await;
    life.delete(&changed).await.unwrap();
    assert!(life.provider.cloud.lock().remote.is_none());
    assert_eq!(life.read(Some(&changed)).await.id, "");
}

#[test]
fn random_lives_come_to_their_ends() {
    assert_eq!(crate::names::resource_token("sim", TYPE_NAME), "sim:index:Object");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for_seeds(2000, |seed| runtime.block_on(live(seed)));
}
