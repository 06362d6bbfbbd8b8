use tfplug::schema::{IdentityAttribute, IdentitySchema, Schema};
use tfplug::{
    Attr, ConfigureRequest, Context, CreateRequest, DeleteRequest, Diagnostics, Model, NoIdentity, Provider,
    ReadRequest, Registry, Resource, Server, UpdateRequest, async_trait,
};

use super::*;
use crate::adapter::ResourceRules;

/// A box, as of version 2 of its schema.
#[derive(Debug, Clone, Model)]
struct Crate {
    /// Its name.
    #[attr(required)]
    long_name: Attr<String>,
    /// Its size, which version 1 called `how_big`.
    size: Attr<i64>,
    /// Its ID.
    #[attr(computed, stable)]
    id: Attr<String>,
}

struct CrateResource;

#[async_trait]
impl Resource for CrateResource {
    type Provider = ();
    type Model = Crate;
    type Identity = NoIdentity;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "ship_crate"
    }

    fn schema_version(&self) -> i64 {
        2
    }

    async fn create(&self, _: &Context<()>, _: CreateRequest<'_, Self>) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn read(&self, _: &Context<()>, _: ReadRequest<'_, Self>) -> Result<Option<Crate>, Diagnostics> {
        Ok(None)
    }

    async fn update(&self, _: &Context<()>, _: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn delete(&self, _: &Context<()>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn upgrade(&self, version: i64, mut state: serde_json::Value) -> Result<serde_json::Value, Diagnostics> {
        assert_eq!(version, 1);
        state["size"] = state["how_big"].take();
        Ok(state)
    }
}

/// Nothing to configure.
#[derive(Clone, Model)]
struct Settings {}

struct Ship;

#[async_trait]
impl Provider for Ship {
    type Config = Settings;
    type Configured = ();

    fn type_name(&self) -> &'static str {
        "ship"
    }

    async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Settings>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn register(&self, registry: &mut Registry<()>) {
        registry.resource(CrateResource);
    }
}

fn provider() -> Arc<dyn ProviderServer> {
    Arc::new(Server::new(Ship).unwrap())
}

fn declared<'a>(schema: &'a Schema, identity: &'a IdentitySchema, rules: &'a ResourceRules) -> Declared<'a> {
    Declared {
        type_name: "ship_crate",
        schema,
        identity: Some(identity),
        rules,
    }
}

fn identity() -> IdentitySchema {
    let part = |name: &str| IdentityAttribute::new(name, Type::String, "");
    IdentitySchema::new(0, vec![part("deck_name"), part("id")])
}

fn stored() -> Stored {
    let named = [("deck_name", Value::from("low")), ("id", Value::from("c-1"))];
    Stored {
        state: Value::object([
            ("long_name", Value::from("x")),
            ("size", Value::from(3)),
            ("id", Value::from("c-1")),
        ]),
        private: vec![0, 159, 255],
        identity: Some(Value::object(named)),
        partial: true,
    }
}

#[test]
fn all_that_is_stored_comes_back() {
    let (schema, identity, rules) = (Crate::schema(2), identity(), ResourceRules::new());
    let declared = declared(&schema, &identity, &rules);
    let object = stored().write(declared, &Secrets::none(), true);
    assert_eq!(
        object.fields.keys().collect::<Vec<_>>(),
        ["__meta", "longName", "size"]
    );
    assert!(is_stored(Some(&object)) && !is_stored(None));
    let read = Stored::read(&provider(), declared, "c-1", Some(&object)).unwrap();
    assert_eq!(read, stored());
}

#[test]
fn what_an_older_version_stored_is_upgraded() {
    let (schema, identity, rules) = (Crate::schema(2), identity(), ResourceRules::new());
    let declared = declared(&schema, &identity, &rules);
    let fields = [
        ("__meta", text(r#"{"schemaVersion":1}"#)),
        ("longName", text("x")),
        ("howBig", from_json(&3.into())),
    ];
    let object = Object {
        fields: fields
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    };
    let read = Stored::read(&provider(), declared, "c-1", Some(&object)).unwrap();
    assert_eq!(read.state, stored().state);
    let torn = Object {
        fields: [("__meta".to_owned(), text("{"))].into(),
    };
    let refused = Stored::read(&provider(), declared, "c-1", Some(&torn)).unwrap_err();
    assert!(
        refused.to_string().contains("Another version of the provider"),
        "{refused}"
    );
}

#[test]
fn an_id_is_never_empty() {
    let (schema, identity) = (Crate::schema(2), identity());
    let own = ResourceRules::new().with_id("long_name");
    let by_schema = ResourceRules::new();
    let urn = "urn:pulumi:a::b::ship:index:Crate::one";
    let id = |rules: &ResourceRules, stored: &Stored| stored.id(declared(&schema, &identity, rules), urn);
    assert_eq!(id(&own, &stored()), "x");
    assert_eq!(id(&by_schema, &stored()), "c-1");
    let mut nameless = stored();
    nameless.state = with_attribute(&nameless.state, "id", Value::Null);
    assert_eq!(id(&by_schema, &nameless), "low/c-1");
    nameless.identity = None;
    assert_eq!(id(&by_schema, &nameless), "one");
}
