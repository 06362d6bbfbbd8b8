//! A provider of pets, which lists them and feeds them.

use tfplug::testing::Faults;
use tfplug::*;

/// A pet.
#[derive(Debug, Clone, Model)]
pub(super) struct Pet {
    /// Its name.
    #[attr(required)]
    pub(super) name: Attr<String>,
    /// Opens its door.
    #[attr(write_only)]
    pub(super) code: Attr<String>,
    /// Its age.
    #[attr(computed)]
    pub(super) age: Attr<i64>,
}

/// What identifies a pet.
#[derive(Debug, Clone, Model)]
pub(super) struct PetIdentity {
    /// Its name.
    #[attr(required)]
    pub(super) name: Attr<String>,
    /// Its owner.
    pub(super) owner: Attr<String>,
}

/// Another shape of a pet.
#[derive(Debug, Clone, Model)]
pub(super) struct Fish {
    /// Its name.
    #[attr(required)]
    pub(super) name: Attr<String>,
}

/// Resources of one name: with an identity, without one, and of another shape.
macro_rules! resource {
    ($resource:ident, $model:ident, $identity:ident) => {
        pub(super) struct $resource;

        #[async_trait]
        impl Resource for $resource {
            type Provider = Faults;
            type Model = $model;
            type Identity = $identity;
            type Private = ();

            fn type_name(&self) -> &'static str {
                "zoo_pet"
            }

            async fn create(
                &self,
                _: &Context<Faults>,
                _: CreateRequest<'_, Self>,
            ) -> Result<(), Diagnostics> {
                Ok(())
            }

            async fn read(
                &self,
                _: &Context<Faults>,
                request: ReadRequest<'_, Self>,
            ) -> Result<Option<$model>, Diagnostics> {
                let Value::Map(mut object) = request.state.to_value() else {
                    panic!("a model is an object")
                };
                if let Some(age) = object.get_mut("age") {
                    *age = 3.into();
                }
                let gone = object["name"] == Value::from("gone");
                let found = $model::from_value(&Value::Map(object), &mut Diagnostics::new());
                Ok((!gone).then_some(found))
            }

            async fn import(
                &self,
                _: &Context<Faults>,
                target: ImportTarget<$identity>,
            ) -> Result<$model, Diagnostics> {
                let ImportTarget::Identity(identity) = target else {
                    panic!("it has no ID")
                };
                let name = identity.to_value().get("name").clone();
                if name == Value::from("stray") {
                    return Err(Diagnostic::error("No such pet", "Import another.").into());
                }
                let object = Value::object([("name", name)]);
                Ok($model::from_value(&object, &mut Diagnostics::new()))
            }

            async fn update(
                &self,
                _: &Context<Faults>,
                _: UpdateRequest<'_, Self>,
            ) -> Result<(), Diagnostics> {
                Ok(())
            }

            async fn delete(&self, _: &Context<Faults>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> {
                Ok(())
            }
        }
    };
}

resource!(PetResource, Pet, PetIdentity);
resource!(NamelessPet, Pet, NoIdentity);
resource!(FishResource, Fish, PetIdentity);

/// Which pets are listed, or fed.
#[derive(Clone, Model)]
pub(super) struct Wish {
    /// Their names, one by one. Some of them make something happen.
    pub(super) names: Attr<Vec<String>>,
    /// What is put before each.
    #[attr(default = "dear ")]
    pub(super) title: Attr<String>,
    /// Opens the door.
    #[attr(write_only)]
    pub(super) code: Attr<String>,
}

impl Wish {
    pub(super) fn of(names: &[&str]) -> Self {
        Self {
            names: Attr::Known(names.iter().map(|name| (*name).to_owned()).collect()),
            title: Attr::Null,
            code: "4711".into(),
        }
    }

    fn names(&self) -> Vec<String> {
        self.names.known().cloned().unwrap_or_default()
    }
}

/// How a list or an action is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    /// It takes a failed call for the end.
    ErrorIsEnd,
    /// It wants to know everything when it is planned.
    KnownOnly,
}

pub(super) struct PetList(pub(super) Flaw);

#[async_trait]
impl ListResource for PetList {
    type Resource = PetResource;
    type Config = Wish;

    fn type_name(&self) -> &'static str {
        "zoo_pet"
    }

    async fn list(&self, cx: &Context<Faults>, request: ListRequest<'_, Self>) -> Result<(), Diagnostics> {
        assert_eq!(request.config.code.as_str(), Some("4711"));
        for name in request.config.names() {
            match cx.provider()?.call(async {}).await {
                Ok(()) => {}
                Err(_) if self.0 == Flaw::ErrorIsEnd => return Ok(()),
                Err(fault) => return Err(Diagnostic::error("No more pets", fault.to_string()).into()),
            }
            let identity = PetIdentity {
                name: if name == "unknown" {
                    Attr::Unknown
                } else {
                    name.clone().into()
                },
                owner: Attr::Null,
            };
            let title = request.config.title.as_str().unwrap_or_default();
            let found = ListResult::new(identity, format!("{title}{name}"));
            let pet = Pet {
                name: name.clone().into(),
                code: "hush".into(),
                age: if name == "ageless" {
                    Attr::Unknown
                } else {
                    3.into()
                },
            };
            let found = match name.as_str() {
                "bare" => found,
                "ill" => found
                    .with_resource(pet)
                    .with_diagnostic(Diagnostic::warning("Ill", "Very.")),
                _ => found.with_resource(pet),
            };
            request.results.push(found).await;
        }
        Ok(())
    }
}

pub(super) struct Feed(pub(super) Flaw);

#[async_trait]
impl Action for Feed {
    type Provider = Faults;
    type Config = Wish;

    fn type_name(&self) -> &'static str {
        "zoo_feed"
    }

    fn validate(&self, config: &Wish, diags: &mut Diagnostics) {
        if config.names.known().is_some_and(Vec::is_empty) {
            diags.error_at(Path::attr("names"), "Nobody to feed", "Name a pet.");
        }
    }

    async fn plan(&self, _: &Context<Faults>, request: PlanActionRequest<Self>) -> Result<(), Diagnostics> {
        if self.0 == Flaw::KnownOnly && request.config.names.is_unknown() {
            return Err(Diagnostic::error("Unknown names", "Give them.").into());
        }
        Ok(())
    }

    async fn invoke(
        &self,
        cx: &Context<Faults>,
        request: InvokeActionRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        assert_eq!(request.config.code.as_str(), Some("4711"));
        for name in request.config.names() {
            match cx.provider()?.call(async {}).await {
                Ok(()) => request.progress.report(name).await,
                Err(_) if self.0 == Flaw::ErrorIsEnd => return Ok(()),
                Err(fault) => return Err(Diagnostic::error("No food", fault.to_string()).into()),
            }
        }
        Ok(())
    }
}

/// A provider that registers what it is told to.
pub(super) struct Zoo(pub(super) fn(&mut Registry<Faults>));

/// Nothing to configure.
#[derive(Clone, Model)]
pub(super) struct Settings {}

#[async_trait]
impl Provider for Zoo {
    type Config = Settings;
    type Configured = Faults;

    fn type_name(&self) -> &'static str {
        "zoo"
    }

    async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Settings>) -> Result<Faults, Diagnostics> {
        Ok(Faults::default())
    }

    fn register(&self, registry: &mut Registry<Faults>) {
        (self.0)(registry);
    }
}
