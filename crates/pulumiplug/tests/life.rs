//! The life of an object over a real connection, as an engine leads it.

use serde_json::json;
use tonic::Code;

use crate::support::{Host, left, shown};
use pulumiplug::value::UNKNOWN;
use pulumiplug::wire::r#gen::pulumirpc as pb;
use pulumiplug::wire::r#gen::pulumirpc::diff_response::DiffChanges;
use pulumiplug::wire::r#gen::pulumirpc::property_diff::Kind;

const SECRET: &str = "1b47061264138c4ac30d75fd1eb44270";
const SIGNATURE: &str = "4dabf18193072939515e22adb298388d";

fn secret(value: serde_json::Value) -> serde_json::Value {
    json!({ SIGNATURE: SECRET, "value": value })
}

#[tokio::test]
async fn an_object_is_made_changed_and_deleted() {
    let mut host = Host::configured().await;
    let news = json!({"name": "top", "labelText": "spoons", "key": "hush", "tags": {"a_b": "c"},
        "parts": [{"itemName": "spoon", "amount": 1}]});
    let inputs = host.checked(news.clone()).await;
    assert_eq!(
        shown(&inputs),
        json!({"name": "top", "labelText": "spoons", "key": secret(json!("hush")), "tags": {"a_b": "c"},
            "parts": [{"itemName": "spoon", "amount": 1}], "size": 1})
    );
    // The same input gives the same output.
    assert_eq!(host.checked(news).await, inputs);

    let preview = host.create(&inputs, true).await.unwrap().properties.unwrap();
    assert_eq!(shown(&preview)["summary"], "spoons (1)");
    assert_eq!(shown(&preview)["revision"], UNKNOWN);
    assert!(host.cabinet.drawers().is_empty());

    let made = host.create(&inputs, false).await.unwrap();
    let outputs = made.properties.unwrap();
    assert_eq!(made.id, "drawer-1");
    assert_eq!(shown(&outputs)["revision"], 1);
    assert_eq!(shown(&outputs)["key"], secret(json!("hush")));
    assert!(!outputs.fields.contains_key("id") && outputs.fields.contains_key("__meta"));

    let same = host.diff("drawer-1", &outputs, &inputs).await.unwrap();
    assert_eq!(same.changes(), DiffChanges::DiffNone);
    assert!(same.has_detailed_diff && same.detailed_diff.is_empty());

    let changed = host
        .checked(json!({"name": "top", "labelText": "forks", "key": "hush", "size": 2}))
        .await;
    let diff = host.diff("drawer-1", &outputs, &changed).await.unwrap();
    assert_eq!(diff.changes(), DiffChanges::DiffSome);
    assert_eq!(diff.diffs, ["labelText", "parts", "size", "summary", "tags"]);
    assert_eq!(diff.detailed_diff["parts"].kind(), Kind::Delete);
    assert_eq!(diff.detailed_diff["labelText"].kind(), Kind::Update);
    assert!(diff.replaces.is_empty() && !diff.delete_before_replace);

    let preview = host.update("drawer-1", &outputs, &changed, true).await.unwrap();
    assert_eq!(shown(&preview.properties.unwrap())["summary"], "forks (2)");
    let updated = host
        .update("drawer-1", &outputs, &changed, false)
        .await
        .unwrap()
        .properties
        .unwrap();
    assert_eq!(
        shown(&updated)["revision"],
        2,
        "what is remembered reaches the next call"
    );
    let same = host.diff("drawer-1", &updated, &changed).await.unwrap();
    assert_eq!(same.changes(), DiffChanges::DiffNone);

    host.delete("drawer-1", &updated).await.unwrap();
    assert!(host.cabinet.drawers().is_empty());
    // What is gone is gone.
    host.delete("drawer-1", &updated).await.unwrap();
    assert!(host.heard.texts().iter().any(|text| text.contains("thrown away")));
}

#[tokio::test]
async fn a_new_name_is_a_new_object_and_a_kept_one_goes_first() {
    let mut host = Host::configured().await;
    let inputs = host.checked(json!({"name": "top"})).await;
    let made = host.create(&inputs, false).await.unwrap();
    let outputs = made.properties.unwrap();
    let renamed = host.checked(json!({"name": "bottom"})).await;
    let diff = host.diff(&made.id, &outputs, &renamed).await.unwrap();
    assert_eq!(diff.replaces, ["name"]);
    assert_eq!(diff.detailed_diff["name"].kind(), Kind::UpdateReplace);
    assert!(!diff.delete_before_replace, "another name is no obstacle");

    let other = host.checked(json!({"name": "top", "material": "oak"})).await;
    let diff = host.diff(&made.id, &outputs, &other).await.unwrap();
    assert_eq!(
        (diff.replaces, diff.delete_before_replace),
        (vec!["material".to_owned()], true)
    );
    assert_eq!(diff.detailed_diff["material"].kind(), Kind::AddReplace);

    let unknown = host.checked(json!({"name": UNKNOWN})).await;
    let diff = host.diff(&made.id, &outputs, &unknown).await.unwrap();
    assert_eq!(
        diff.replaces,
        ["name"],
        "a name that is not known yet may be another one"
    );
}

#[tokio::test]
async fn names_are_made_up_once() {
    let mut host = Host::configured().await;
    let inputs = host.checked(json!({})).await;
    let name = shown(&inputs)["name"].as_str().unwrap().to_owned();
    assert!(
        name.starts_with("one-") && name.len() == "one-".len() + 7,
        "{name}"
    );
    let made = host.create(&inputs, false).await.unwrap();
    // The next run gives the old inputs.
    let again = host
        .check(Some(&inputs), json!({"size": 2}))
        .await
        .inputs
        .unwrap();
    assert_eq!(shown(&again)["name"], name);
    let outputs = made.properties.unwrap();
    let diff = host.diff(&made.id, &outputs, &again).await.unwrap();
    assert_eq!(diff.diffs, ["size", "summary"]);
    let other = host
        .check(Some(&inputs), json!({"material": "oak"}))
        .await
        .inputs
        .unwrap();
    let diff = host.diff(&made.id, &outputs, &other).await.unwrap();
    assert!(!diff.delete_before_replace, "the new object has another name");
    assert_eq!(diff.replaces, ["material"]);

    let proposed = |mode: i32| pb::CheckRequest {
        urn: crate::support::URN.to_owned(),
        autonaming: Some(pb::check_request::AutonamingOptions {
            proposed_name: "ours".to_owned(),
            mode,
        }),
        ..pb::CheckRequest::default()
    };
    for mode in [0, 1] {
        let answer = host.client.check(proposed(mode)).await.unwrap().into_inner();
        assert_eq!(shown(&answer.inputs.unwrap())["name"], "ours");
    }
    let refused = host.client.check(proposed(2)).await.unwrap().into_inner();
    assert!(is_at(&refused.failures[0], "name"), "{:?}", refused.failures);
}

/// The engine shows the value of a plain input beside a fault; any other place is in the reason.
fn is_at(failure: &pb::CheckFailure, place: &str) -> bool {
    let rest = failure.reason.strip_prefix(place);
    failure.property == place || rest.is_some_and(|rest| rest.starts_with([' ', ':']))
}

#[tokio::test]
async fn all_faults_are_told_at_once_with_their_places() {
    let mut host = Host::configured().await;
    let news = json!({"size": "many", "labelTxt": "x", "summary": "mine", "parts": [{"amount": 0}],
        "key": {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "x"}});
    let answer = host.check(None, news).await;
    let found = |place: &str| {
        let at = answer.failures.iter().find(|failure| is_at(failure, place));
        at.map_or_else(
            || panic!("{place} in {:?}", answer.failures),
            |failure| failure.reason.as_str(),
        )
    };
    assert!(found("size").contains("must be a number"));
    let shown: Vec<_> = answer
        .failures
        .iter()
        .map(|failure| failure.property.as_str())
        .collect();
    assert!(shown.contains(&"size") && !shown.contains(&"key"), "{shown:?}");
    assert!(found("labelTxt").contains("did you mean labelText?"));
    assert!(found("summary").contains("output"));
    assert!(found("key").contains("asset"));
    assert!(found("parts[0].itemName").contains("required"));
    assert!(found("parts[0].amount").len() > 5);
    let full = host
        .check(
            None,
            json!({"parts": [{"itemName": "a"}, {"itemName": "b"}], "size": 1}),
        )
        .await;
    assert!(is_at(&full.failures[0], "parts"), "{:?}", full.failures);
    assert!(
        full.failures[0].reason.ends_with("(see labelText)."),
        "{:?}",
        full.failures
    );
    host.check(None, json!({"labelText": ""})).await;
    assert!(
        host.heard
            .all()
            .iter()
            .any(|one| one.message.starts_with("labelText: Empty label") && one.urn == crate::support::URN)
    );
}

#[tokio::test]
async fn a_plan_that_is_refused_changes_nothing() {
    let mut host = Host::configured().await;
    let inputs = host
        .checked(json!({"name": "top", "labelText": "forbidden"}))
        .await;
    for preview in [true, false] {
        let refused = host.create(&inputs, preview).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(
            refused.message(),
            "labelText: Forbidden label: Choose another labelText."
        );
    }
    let odd = host.checked(json!({"name": "top", "labelText": "odd"})).await;
    host.create(&odd, true).await.unwrap();
    let made = host.create(&odd, false).await.unwrap();
    let warnings = host
        .heard
        .texts()
        .iter()
        .filter(|text| text.contains("Odd label"))
        .count();
    assert_eq!(warnings, 1, "a warning is told once: {:?}", host.heard.texts());
    assert!(
        host.heard
            .texts()
            .iter()
            .any(|text| text.contains("about cabinet:BigDrawer."))
    );

    let keep = host.checked(json!({"name": "top", "labelText": "keep"})).await;
    let kept = host
        .update(&made.id, &made.properties.unwrap(), &keep, false)
        .await
        .unwrap();
    let refused = host
        .delete(&made.id, &kept.properties.unwrap())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(host.cabinet.drawers().len(), 1);
}

#[tokio::test]
async fn a_refresh_shows_what_has_drifted() {
    let mut host = Host::configured().await;
    let inputs = host
        .checked(json!({"name": "top", "labelText": "spoons", "pin": "1234"}))
        .await;
    let made = host.create(&inputs, false).await.unwrap();
    let outputs = made.properties.unwrap();
    let still = host.read(&made.id, Some(&outputs), Some(&inputs)).await.unwrap();
    assert_eq!(
        (still.id.as_str(), still.properties.as_ref()),
        (made.id.as_str(), Some(&outputs))
    );
    assert_eq!(still.inputs.as_ref(), Some(&inputs));

    host.cabinet.drift();
    let now = host.read(&made.id, Some(&outputs), Some(&inputs)).await.unwrap();
    let (seen, given) = (now.properties.unwrap(), now.inputs.unwrap());
    assert_eq!(
        (&shown(&given)["size"], &shown(&given)["labelText"]),
        (&json!(9), &json!("drifted"))
    );
    assert_eq!(shown(&given)["pin"], secret(json!("1234")));
    // The engine compares what was read with what is recorded.
    let drift = host.diff(&made.id, &seen, &inputs).await.unwrap();
    assert_eq!(drift.diffs, ["labelText", "size"]);

    host.cabinet.drawers().clear();
    let gone = host.read(&made.id, Some(&seen), Some(&given)).await.unwrap();
    assert_eq!((gone.id.as_str(), gone.properties), ("", None));

    host.cabinet.fail(0, crate::cabinet::Fault::Error);
    let failed = host.read(&made.id, Some(&seen), Some(&given)).await.unwrap_err();
    assert_eq!(
        failed.code(),
        Code::FailedPrecondition,
        "a failed read is not gone"
    );
}

#[tokio::test]
async fn an_import_gives_inputs_that_change_nothing() {
    let mut host = Host::configured().await;
    let news = json!({"name": "top", "labelText": "spoons", "size": 3, "key": "hush", "parts": [{"itemName": "fork"}]});
    let inputs = host.checked(news).await;
    let made = host.create(&inputs, false).await.unwrap();
    let found = host.read(&made.id, None, None).await.unwrap();
    assert_eq!(found.id, made.id);
    assert_eq!(
        shown(found.inputs.as_ref().unwrap()),
        json!({"name": "top", "labelText": "spoons", "size": 3, "key": secret(json!("hush")), "parts": [{"itemName": "fork"}]})
    );
    let checked = host
        .check(found.inputs.as_ref(), shown(&found.inputs.clone().unwrap()))
        .await;
    assert_eq!(checked.failures, []);
    let diff = host
        .diff(
            &made.id,
            found.properties.as_ref().unwrap(),
            &checked.inputs.unwrap(),
        )
        .await
        .unwrap();
    assert_eq!(diff.changes(), DiffChanges::DiffNone, "{diff:?}");

    let absent = host.read("drawer-99", None, None).await.unwrap();
    assert_eq!(absent.id, "");
}

#[tokio::test]
async fn what_a_secret_makes_is_secret() {
    let mut host = Host::configured().await;
    let inputs = host
        .checked(json!({"name": "top", "labelText": secret(json!("spoons")), "pin": "1234"}))
        .await;
    assert_eq!(shown(&inputs)["labelText"], secret(json!("spoons")));
    assert_eq!(shown(&inputs)["pin"], secret(json!("1234")));
    let outputs = host.create(&inputs, false).await.unwrap().properties.unwrap();
    assert_eq!(shown(&outputs)["labelText"], secret(json!("spoons")));
    assert_eq!(
        shown(&outputs)["summary"],
        secret(json!("spoons (1)")),
        "it is made of the label"
    );
    assert!(!outputs.fields.contains_key("pin"), "it is kept nowhere");
    assert_eq!(shown(&outputs)["name"], "top");
}

#[tokio::test]
async fn timeouts_reach_the_provider_and_are_not_stored() {
    let mut host = Host::configured().await;
    let inputs = host.checked(json!({"name": "top"})).await;
    let request = pb::CreateRequest {
        urn: crate::support::URN.to_owned(),
        properties: Some(inputs.clone()),
        timeout: 90.0,
        ..pb::CreateRequest::default()
    };
    let made = host.client.create(request).await.unwrap().into_inner();
    let outputs = made.properties.unwrap();
    assert!(shown(&outputs).get("timeouts").is_none());
    let drawer = host.cabinet.drawers()["drawer-1"].clone();
    let shown = format!("{drawer:?}");
    assert!(shown.contains("90s"), "{shown}");
    let diff = host.diff(&made.id, &outputs, &inputs).await.unwrap();
    assert_eq!(diff.changes(), DiffChanges::DiffNone);
}

#[tokio::test]
async fn old_properties_of_a_lookup_are_no_state() {
    let mut host = Host::configured().await;
    let inputs = host.checked(json!({"name": "top", "size": 2})).await;
    let made = host.create(&inputs, false).await.unwrap();
    let given = crate::support::object(json!({"name": "top"}));
    let found = host.read(&made.id, Some(&given), None).await.unwrap();
    assert_eq!(shown(&found.properties.unwrap())["size"], 2);
    assert!(left(&tonic::Status::unknown("")).is_none());
}

#[tokio::test]
async fn an_engine_without_secrets_gets_values_as_they_are() {
    let mut host = Host::start().await;
    host.client
        .configure(pb::ConfigureRequest::default())
        .await
        .unwrap();
    let inputs = host.checked(json!({"name": "top", "key": "hush"})).await;
    assert_eq!(shown(&inputs)["key"], "hush");
    let made = host.create(&inputs, false).await.unwrap();
    assert_eq!(shown(&made.properties.unwrap())["key"], "hush");
}
