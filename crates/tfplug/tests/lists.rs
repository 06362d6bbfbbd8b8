//! What the server makes of list resources and actions, and what `tfplug::testing` finds wrong with them.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

mod zoo;

use std::future::Future;
use std::sync::Mutex;

use tfplug::schema::{Attribute, AttributeType, ProviderSchemas, Schema, lint_provider};
use tfplug::testing::{Breach, Faults, Invocation, Invoked, Listed, Listing};
use tfplug::ty::Type;
use tfplug::unstable::rpc::{EventSink, ListEvent, ProviderServer};
use tfplug::*;

use zoo::*;

fn block_on<T>(call: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(call)
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
        .insert("zoo_feed".to_owned(), Schema::new("", vec![size]).into());
    schemas
        .list_resources
        .insert("zoo_pet".to_owned(), Schema::default().into());
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
    block_on(listing.including_resources().importing_by(PetResource).run())
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
        (Flaw::None, &["stray"], "import of dear stray: No such pet"),
        (
            Flaw::None,
            &["gone"],
            "import of dear gone: the object is not there",
        ),
        (
            Flaw::None,
            &["ageless"],
            "import of dear ageless: the list has another object than a read gives",
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
