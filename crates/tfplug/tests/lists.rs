//! What the server makes of list resources and actions, and what `tfplug::testing` finds wrong with them.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

use std::future::Future;
use std::sync::Mutex;

use tfplug::schema::{Attribute, AttributeType, ProviderSchemas, Schema, lint_provider};
use tfplug::testing::{Breach, Faults, Invocation, Invoked, Listed, Listing};
use tfplug::ty::Type;
use tfplug::unstable::rpc::{EventSink, ListEvent, ProviderServer};
use tfplug::*;

fn block_on<T>(call: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(call)
}

/// A pet.
#[derive(Debug, Clone, Model)]
struct Pet {
    /// Its name.
    #[attr(required)]
    name: Attr<String>,
    /// Opens its door.
    #[attr(write_only)]
    code: Attr<String>,
    /// Its age.
    #[attr(computed)]
    age: Attr<i64>,
}

/// What identifies a pet.
#[derive(Debug, Clone, Model)]
struct PetIdentity {
    /// Its name.
    #[attr(required)]
    name: Attr<String>,
    /// Its owner.
    owner: Attr<String>,
}

/// Another shape of a pet.
#[derive(Debug, Clone, Model)]
struct Fish {
    /// Its name.
    #[attr(required)]
    name: Attr<String>,
}

/// Resources of one name: with an identity, without one, and of another shape.
macro_rules! resource {
    ($resource:ident, $model:ident, $identity:ident) => {
        struct $resource;

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
                Ok(Some(request.state))
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
struct Wish {
    /// Their names, one by one. Some of them make something happen.
    names: Attr<Vec<String>>,
    /// What is put before each.
    #[attr(default = "dear ")]
    title: Attr<String>,
    /// Opens the door.
    #[attr(write_only)]
    code: Attr<String>,
}

impl Wish {
    fn of(names: &[&str]) -> Self {
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
enum Flaw {
    None,
    /// It takes a failed call for the end.
    ErrorIsEnd,
    /// It wants to know everything when it is planned.
    KnownOnly,
}

struct PetList(Flaw);

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

struct Feed(Flaw);

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
struct Zoo(fn(&mut Registry<Faults>));

/// Nothing to configure.
#[derive(Clone, Model)]
struct Settings {}

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

fn refused(register: fn(&mut Registry<Faults>)) -> String {
    Server::new(Zoo(register)).err().unwrap().to_string()
}

fn whole(registry: &mut Registry<Faults>) {
    registry
        .list_resource(PetList(Flaw::None))
        .resource(PetResource)
        .action(Feed(Flaw::None));
}

#[test]
fn a_list_needs_a_resource_with_an_identity() {
    let nothing = "the provider lists zoo_pet, which is not a resource with an identity";
    let alone = refused(|registry| {
        registry.list_resource(PetList(Flaw::None));
    });
    assert!(alone.starts_with(nothing), "{alone}");
    let nameless = refused(|registry| {
        registry.resource(NamelessPet).list_resource(PetList(Flaw::None));
    });
    assert!(nameless.starts_with(nothing), "{nameless}");
    let fish = refused(|registry| {
        registry.resource(FishResource).list_resource(PetList(Flaw::None));
    });
    assert!(
        fish.starts_with("the list resource zoo_pet finds objects of another type"),
        "{fish}"
    );
}

#[test]
fn a_name_is_registered_once_per_kind() {
    let twice = refused(|registry| {
        whole(registry);
        registry.list_resource(PetList(Flaw::None));
    });
    assert!(twice.contains("the list resource zoo_pet twice"), "{twice}");
    let twice = refused(|registry| {
        whole(registry);
        registry.action(Feed(Flaw::None));
    });
    assert!(twice.contains("the action zoo_feed twice"), "{twice}");
}

#[test]
fn schemas_of_all_kinds_are_looked_at() {
    assert_eq!(lint_provider(Server::new(Zoo(whole)).unwrap().schemas()), []);
    let mut size = Attribute::new("Size", AttributeType::Plain(Type::Number));
    size.optionality = schema::Optionality::Computed;
    let mut schemas = ProviderSchemas::default();
    schemas
        .actions
        .insert("zoo_feed".to_owned(), Schema::new("", vec![size]));
    schemas
        .list_resources
        .insert("zoo_pet".to_owned(), Schema::default());
    let faults: Vec<_> = lint_provider(&schemas)
        .into_iter()
        .map(|(name, fault)| format!("{name} {fault}"))
        .collect();
    assert_eq!(
        faults,
        [
            "zoo_feed Size: a name has only lower-case letters, digits and underscores",
            "zoo_feed Size: a configuration has no attribute that only the provider gives",
            "zoo_pet zoo_pet: a list resource has the name of a resource with an identity"
        ]
    );
}

/// Takes so many events, and then hangs up.
#[derive(Default)]
struct Taking {
    events: Mutex<Vec<ListEvent>>,
    at_most: Option<usize>,
}

#[async_trait]
impl EventSink<ListEvent> for Taking {
    async fn send(&self, event: ListEvent) -> bool {
        let mut events = self.events.lock().unwrap();
        let takes = self.at_most.is_none_or(|most| events.len() < most);
        if takes {
            events.push(event);
        }
        takes
    }
}

/// What a configured server lists, and what it says in the end.
fn list(names: &[&str], include_resource: bool, taking: Taking) -> (Vec<ListEvent>, Diagnostics) {
    let server = Server::new(Zoo(whole)).unwrap();
    let cx = CallContext::default();
    assert!(block_on(server.configure(&cx, "1.14.0", &Value::object::<&str>([]))).is_empty());
    let mut request = unstable::rpc::ListRequest::new("zoo_pet", Wish::of(names).to_value());
    request.include_resource = include_resource;
    let findings = block_on(server.list(&cx, request, &taking));
    (taking.events.into_inner().unwrap(), findings)
}

#[test]
fn a_result_is_sent_as_a_host_takes_it() {
    let (events, findings) = list(&["rex", "ill"], true, Taking::default());
    assert!(findings.is_empty());
    let identity = |name: &str| Value::object([("name", name.into()), ("owner", Value::Null)]);
    let mut expected = ListEvent::found(identity("rex"), "dear rex");
    let object = [
        ("name", Value::from("rex")),
        ("code", Value::Null),
        ("age", 3.into()),
    ];
    expected.resource = Some(Value::object(object));
    assert_eq!(events[0], expected, "without what is write-only");
    assert_eq!(events[1].diagnostics, Diagnostic::warning("Ill", "Very.").into());

    let (events, _) = list(&["rex"], false, Taking::default());
    assert_eq!(events, [ListEvent::found(identity("rex"), "dear rex")]);
}

#[test]
fn what_is_wrong_with_a_result_is_told_beside_it() {
    let (events, findings) = list(&["unknown", "bare", "ageless"], true, Taking::default());
    assert!(findings.is_empty());
    let told = |number: usize| {
        let findings = &events[number].diagnostics;
        assert_eq!(findings.iter().count(), 1, "{findings:?}");
        (
            findings.has_errors(),
            findings.iter().next().unwrap().detail.clone(),
        )
    };
    assert_eq!(events[0].identity, None);
    assert!(told(0).0 && told(0).1.contains("\"dear unknown\" without an identity"));
    assert!(!told(1).0 && told(1).1.contains("without its resource object"));
    assert!(!told(2).0 && told(2).1.contains("not known"));
    assert_eq!(events[2].resource.as_ref().unwrap().get("age"), &Value::Null);
}

#[test]
fn a_host_that_takes_no_more_ends_the_listing() {
    let taking = Taking {
        at_most: Some(2),
        ..Taking::default()
    };
    let (events, findings) = list(&["a", "b", "c", "d"], false, taking);
    assert_eq!(events.len(), 2);
    assert!(findings.is_empty());
}

fn listing(flaw: Flaw, names: &[&str]) -> Result<Listed<PetResource>, Breach> {
    let listing = Listing::new(Wish::of(names), move |faults| (PetList(flaw), faults));
    block_on(listing.including_resources().run())
}

#[test]
fn a_right_list_is_led_to_its_end() {
    let listed = listing(Flaw::None, &["a", "b"]).unwrap();
    assert_eq!(listed.faults, 6);
    assert!(listed.diagnostics.is_empty());
    let [one, other] = &listed.results[..] else {
        panic!("{listed:?}")
    };
    assert_eq!(
        (one.identity.name.as_str(), other.display_name.as_str()),
        (Some("a"), "dear b")
    );
    assert_eq!(one.resource.as_ref().unwrap().age.known(), Some(&3));
    let limited = Listing::new(Wish::of(&["a", "b"]), |faults| (PetList(Flaw::None), faults)).limited_to(1);
    assert_eq!(block_on(limited.run()).unwrap().results.len(), 1);
}

#[test]
fn a_wrong_list_is_found() {
    for (flaw, names, said) in [
        (
            Flaw::ErrorIsEnd,
            &["a", "b"][..],
            "list with Error at call 0: objects are missing, and nothing is said",
        ),
        (
            Flaw::None,
            &["a", "a"],
            "result 1 (dear a): an earlier result has the same identity",
        ),
        (
            Flaw::None,
            &["bare"],
            "result 0 (dear bare): it lacks its resource object",
        ),
        (
            Flaw::None,
            &["unknown"],
            "without an identity that it can be imported by",
        ),
    ] {
        let breach = listing(flaw, names).unwrap_err().to_string();
        assert!(breach.contains(said), "{breach}");
    }
}

fn invocation(flaw: Flaw, names: &[&str]) -> Result<Invoked, Breach> {
    block_on(Invocation::new(Wish::of(names), move |faults| (Feed(flaw), faults)).run())
}

#[test]
fn a_right_action_is_led_to_its_end() {
    let invoked = invocation(Flaw::None, &["a", "b"]).unwrap();
    assert_eq!(
        (invoked.progress, invoked.faults),
        (vec!["a".to_owned(), "b".to_owned()], 6)
    );
    let refused = invocation(Flaw::None, &[]).unwrap();
    assert!(refused.diagnostics.has_errors() && refused.progress.is_empty());
}

#[test]
fn a_wrong_action_is_found() {
    for (flaw, said) in [
        (
            Flaw::ErrorIsEnd,
            "invoke with Error at call 0: a call failed, and nothing is said",
        ),
        (
            Flaw::KnownOnly,
            "plan while nothing is known: Unknown names: Give them.",
        ),
    ] {
        assert_eq!(invocation(flaw, &["a"]).unwrap_err().to_string(), said);
    }
}
