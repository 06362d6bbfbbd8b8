//! The provider's own inputs, and what is invoked.

use std::collections::BTreeMap;

use prost_types::Struct;
use serde_json::{Value as Json, json};
use tonic::Code;

use crate::support::{Host, object, shown};
use pulumiplug::value::UNKNOWN;
use pulumiplug::wire::r#gen::pulumirpc as pb;
use pulumiplug::wire::r#gen::pulumirpc::diff_response::DiffChanges;

async fn configure(host: &mut Host, args: Json) -> Result<(), tonic::Status> {
    let request = pb::ConfigureRequest {
        args: Some(object(args)),
        ..pb::ConfigureRequest::default()
    };
    let answer = host.client.configure(request).await?.into_inner();
    assert!(answer.accept_secrets && answer.supports_preview && answer.supports_autonaming_configuration);
    Ok(())
}

#[tokio::test]
async fn scalars_come_as_text_and_all_else_as_json() {
    let tags: BTreeMap<String, String> = [("a_b".to_owned(), "c".to_owned())].into();
    let wanted = Some(("attic".to_owned(), Some(5), tags));
    let secret = json!({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "value": r#"{"a_b":"c"}"#});
    for args in [
        json!({"roomName": "attic", "maxDrawers": "5", "locked": "false", "defaultTags": r#"{"a_b":"c"}"#}),
        json!({"roomName": "attic", "maxDrawers": 5, "locked": false, "defaultTags": {"a_b": "c"}, "version": "1.0.0"}),
        json!({"room_name": "attic", "maxDrawers": "5", "defaultTags": secret, "__internal": {}, "pluginDownloadURL": "x"}),
    ] {
        let mut host = Host::start().await;
        configure(&mut host, args).await.unwrap();
        assert_eq!(host.cabinet.settings(), wanted);
    }
    let mut host = Host::start().await;
    let variables = [("cabinet:config:roomName".to_owned(), "attic".to_owned())].into();
    let request = pb::ConfigureRequest {
        variables,
        ..pb::ConfigureRequest::default()
    };
    host.client.configure(request).await.unwrap();
    assert_eq!(host.cabinet.settings().unwrap().0, "attic");
    assert!(host.heard.texts()[0].starts_with("Opened"), "warnings are told");
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let mut host = Host::start().await;
    let locked = configure(&mut host, json!({"locked": "true"})).await.unwrap_err();
    assert_eq!(locked.code(), Code::FailedPrecondition);
    let unread = configure(&mut host, json!({"maxDrawers": "many"}))
        .await
        .unwrap_err();
    assert_eq!(unread.code(), Code::InvalidArgument);
    assert!(
        unread.message().starts_with("maxDrawers must be a number"),
        "{unread}"
    );
    assert_eq!(host.cabinet.settings(), None);
}

#[tokio::test]
async fn settings_are_checked_as_they_are() {
    let mut host = Host::start().await;
    let check = |news: Json| pb::CheckRequest {
        news: Some(object(news)),
        ..pb::CheckRequest::default()
    };
    let news = json!({"roomName": UNKNOWN, "locked": "true", "version": "1"});
    let answer = host
        .client
        .check_config(check(news.clone()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!((answer.failures, answer.inputs), (Vec::new(), Some(object(news))));
    let wrong = json!({"roomName": "a room of far too many letters", "maxDrawer": 1, "locked": "maybe"});
    let answer = host.client.check_config(check(wrong)).await.unwrap().into_inner();
    let mut places: Vec<_> = answer.failures.iter().map(|one| one.property.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["locked", "maxDrawer", "roomName"]);

    // Those of a stack are changed with the command line.
    let mut of_stack = check(json!({"roomName": "a room of far too many letters", "defaultTags": "{"}));
    of_stack.urn = "urn:pulumi:dev::test::pulumi:providers:cabinet::default_1_2_3".to_owned();
    let answer = host.client.check_config(of_stack).await.unwrap().into_inner();
    for failure in &answer.failures {
        let setting = format!("`pulumi config set cabinet:{} VALUE`", failure.property);
        assert!(failure.reason.contains(&setting), "{failure:?}");
    }
    assert_eq!(answer.failures.len(), 2);
}

#[tokio::test]
async fn other_settings_do_not_replace_the_provider() {
    let mut host = Host::start().await;
    let mut diff = async |olds: Json, news: Json| {
        let request = pb::DiffRequest {
            olds: Some(object(olds)),
            news: Some(object(news)),
            ..pb::DiffRequest::default()
        };
        host.client.diff_config(request).await.unwrap().into_inner()
    };
    let changed = diff(json!({"roomName": "a"}), json!({"roomName": "b"})).await;
    assert_eq!(
        (changed.changes(), changed.diffs, changed.replaces.len()),
        (DiffChanges::DiffSome, vec!["roomName".to_owned()], 0)
    );
    let same = diff(json!({"locked": "true"}), json!({"locked": true, "version": "2"})).await;
    assert_eq!(same.changes(), DiffChanges::DiffNone);
}

async fn invoke(host: &mut Host, token: &str, args: Json) -> pb::InvokeResponse {
    let request = pb::InvokeRequest {
        tok: token.to_owned(),
        args: Some(object(args)),
        preview: false,
    };
    host.client.invoke(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn data_sources_and_functions_are_invoked() {
    let mut host = Host::configured().await;
    let search = "cabinet:index:getSearch";
    let found = invoke(&mut host, search, json!({"drawerName": "top"})).await;
    assert_eq!(
        shown(&found.r#return.unwrap()),
        json!({"drawerName": "top", "longAnswer": "It is top."})
    );
    let secret =
        json!({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "top"});
    let found = invoke(&mut host, search, json!({"drawerName": secret})).await;
    let found = shown(&found.r#return.unwrap());
    assert_eq!(
        (&found["drawerName"]["value"], &found["longAnswer"]["value"]),
        (&json!("top"), &json!("It is top."))
    );
    let wrong = invoke(&mut host, search, json!({"drawerName": ""})).await;
    assert_eq!(wrong.failures[0].reason, "No name: Give drawerName a value.");
    let missing = invoke(&mut host, search, json!({})).await;
    assert_eq!(
        (missing.failures[0].property.as_str(), missing.r#return),
        ("drawerName", None)
    );

    let join = "cabinet:index:joinWords";
    let joined = invoke(&mut host, join, json!({"glueText": "-", "words": ["a", "b"]})).await;
    assert_eq!(shown(&joined.r#return.unwrap()), json!({"result": "a-b"}));
    let none = invoke(&mut host, join, json!({"glueText": "-"})).await;
    assert_eq!(none.failures[0].property, "glueText");
    assert_eq!(none.failures[0].reason, "No words: glueText needs some.");
    let described = invoke(
        &mut host,
        "cabinet:index:describePart",
        json!({"onePart": {"itemName": "fork"}}),
    )
    .await;
    assert_eq!(
        shown(&described.r#return.unwrap()),
        json!({"longText": "a fork", "letterCount": 4})
    );
    let both = json!({"onePart": {"itemName": "fork"}, "politeForm": {"itemName": "the dear"}});
    let described = invoke(&mut host, "cabinet:index:describePart", both).await;
    assert_eq!(shown(&described.r#return.unwrap())["longText"], "the dear fork");
    let wrong = invoke(
        &mut host,
        "cabinet:index:describePart",
        json!({"onePart": {"itmName": "fork"}}),
    )
    .await;
    assert_eq!(wrong.failures[0].property, "onePart.itmName");
    assert!(
        wrong.failures[0].reason.contains("did you mean itemName?"),
        "{wrong:?}"
    );

    let unread = invoke(&mut host, join, json!({"glueText": 1, "words": ["a", 2]})).await;
    let places: Vec<_> = unread.failures.iter().map(|one| one.property.as_str()).collect();
    assert_eq!(places, ["glueText", "words[1]"]);
    let unknown = host
        .client
        .invoke(pb::InvokeRequest {
            tok: "cabinet:index:no".to_owned(),
            ..Default::default()
        })
        .await;
    assert_eq!(unknown.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn the_plugin_says_what_it_is() {
    let mut host = Host::start().await;
    let info = host.client.get_plugin_info(()).await.unwrap().into_inner();
    assert_eq!(info.version, "1.2.3");
    let schema = host
        .client
        .get_schema(pb::GetSchemaRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(schema.schema, r#"{"name":"cabinet"}"#);
    let hands = host
        .client
        .handshake(pb::ProviderHandshakeRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert!(hands.accept_secrets && !hands.accept_outputs && !hands.accept_resources);
    let (other, port, _end) = crate::support::engine().await;
    host.client
        .attach(pb::PluginAttach {
            address: format!("127.0.0.1:{port}"),
        })
        .await
        .unwrap();
    host.client
        .configure(pb::ConfigureRequest {
            args: Some(Struct::default()),
            ..Default::default()
        })
        .await
        .unwrap();
    assert_eq!(
        (other.texts().len(), host.heard.texts().len()),
        (1, 0),
        "the attached engine hears it"
    );
}

/// For `pulumi convert` and `pulumi import` from Terraform.
#[tokio::test]
async fn names_of_terraform_are_told() {
    let mut host = Host::start().await;
    let ask = |key: &str, provider: &str| pb::GetMappingRequest {
        key: key.to_owned(),
        provider: provider.to_owned(),
    };
    for provider in ["", "cabinet"] {
        let answer = host.client.get_mapping(ask("terraform", provider)).await.unwrap();
        let answer = answer.into_inner();
        assert_eq!(answer.provider, "cabinet");
        let told: Json = serde_json::from_slice(&answer.data).unwrap();
        let drawer = &told["resources"]["cabinet_big_drawer"];
        assert_eq!(drawer["tok"], "cabinet:index:BigDrawer");
        assert_eq!(drawer["fields"]["label_text"]["name"], "labelText");
        let parts = &drawer["fields"]["parts"]["element"]["fields"];
        assert_eq!(parts["item_name"]["name"], "itemName");
        let search = &told["dataSources"]["cabinet_search"]["tok"];
        assert_eq!(search, "cabinet:index:getSearch");
    }
    for (key, provider) in [("helm", "cabinet"), ("terraform", "cupboard")] {
        let answer = host.client.get_mapping(ask(key, provider)).await.unwrap();
        assert_eq!(answer.into_inner(), pb::GetMappingResponse::default());
    }
    let key = |key: &str| pb::GetMappingsRequest { key: key.to_owned() };
    let all = host.client.get_mappings(key("terraform")).await.unwrap();
    assert_eq!(all.into_inner().providers, ["cabinet"]);
    let none = host.client.get_mappings(key("helm")).await.unwrap();
    assert!(none.into_inner().providers.is_empty());
}
