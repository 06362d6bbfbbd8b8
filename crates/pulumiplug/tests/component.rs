//! A component before a monitor that notes what is registered.

use std::sync::{Arc, Mutex};

use prost::Message as _;
use pulumiplug::component::{Child, Component, Components, Construction, Finished, Origins};
use pulumiplug::schema::{PackageInfo, package};
use pulumiplug::value::{UNKNOWN, text};
use pulumiplug::wire::r#gen::google_rpc::Status as RpcStatus;
use pulumiplug::wire::r#gen::pulumirpc as pb;
use pulumiplug::wire::r#gen::pulumirpc::resource_monitor_server::{ResourceMonitor, ResourceMonitorServer};
use serde_json::{Value as Json, json};
use tfplug::{Attr, Diagnostics, Model, Value, async_trait};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Response, Status};

use crate::cabinet::Cabinet;
use crate::support::{Host, TYPE, listener, object, shown};

const CHEST: &str = "cabinet:index:Chest";
const SELF: &str = "urn:pulumi:dev::test::cabinet:index:Chest::oak";

/// Drawers one over the other.
#[derive(Clone, Model)]
pub struct ChestInputs {
    /// What stands on each.
    #[attr(required)]
    label_text: Attr<String>,
    /// How many.
    #[attr(default = 2, validate = tfplug::schema::validators::between(1, 5))]
    drawers: Attr<i64>,
    /// Labels.
    tags: Attr<std::collections::BTreeMap<String, String>>,
    /// What a drawer has instead.
    drawer_args: Attr<tfplug::model::Dynamic>,
}

/// What a chest has.
#[derive(Clone, Model)]
pub struct ChestOutputs {
    /// What a visitor reads.
    #[attr(computed)]
    first_summary: Attr<String>,
    /// The labels.
    #[attr(computed)]
    labels: Attr<std::collections::BTreeMap<String, String>>,
}

pub struct Chest;

#[async_trait]
impl Component for Chest {
    type Inputs = ChestInputs;
    type Outputs = ChestOutputs;

    fn type_name(&self) -> &'static str {
        "cabinet_chest"
    }

    fn plain(&self) -> &'static [&'static str] {
        &["drawers"]
    }

    async fn construct(
        &self,
        cx: &mut Construction<'_>,
        inputs: ChestInputs,
    ) -> Result<Finished<ChestOutputs>, Diagnostics> {
        let count = inputs.drawers.known().copied().unwrap_or_default();
        let drawer = |index: i64| {
            let config = Value::object([
                (
                    "label_text",
                    inputs
                        .label_text
                        .as_ref()
                        .map(|text| format!("{text} {index}"))
                        .encode(),
                ),
                ("tags", inputs.tags.encode()),
            ]);
            let origins = Origins::new()
                .from("label_text", &["label_text"])
                .same("tags", "tags");
            let child = Child::new("cabinet_big_drawer", format!("{}-{index}", cx.name()), config);
            child.with(origins).overridden_by("drawer_args")
        };
        let wanted: Vec<_> = (1..=count).map(drawer).collect();
        for child in &wanted {
            cx.plan(child).await?;
        }
        cx.faultless()?;
        let mut made = Vec::new();
        for child in wanted {
            let before = made
                .last()
                .map(|before| Origins::new().of("parts", before, "summary"));
            made.push(cx.child(child.with(before.unwrap_or_default())).await?);
        }
        let outputs = ChestOutputs {
            first_summary: made[0].get("summary"),
            labels: inputs.tags,
        };
        let origins = Origins::new()
            .of("first_summary", &made[0], "summary")
            .same("labels", "tags");
        Ok(Finished::new(outputs).with(origins))
    }
}

/// What the monitor was told.
#[derive(Clone, Default)]
struct Noted {
    registered: Arc<Mutex<Vec<pb::RegisterResourceRequest>>>,
    outputs: Arc<Mutex<Vec<pb::RegisterResourceOutputsRequest>>>,
}

#[tonic::async_trait]
impl ResourceMonitor for Noted {
    async fn register_resource(
        &self,
        request: Request<pb::RegisterResourceRequest>,
    ) -> Result<Response<pb::RegisterResourceResponse>, Status> {
        let request = request.into_inner();
        let mut all = self.registered.lock().unwrap();
        all.push(request.clone());
        if request.name.contains("broken") && request.custom {
            return Err(Status::unavailable("the monitor is closed"));
        }
        let mut given = request.object.clone().unwrap_or_default();
        let summary = given.fields["labelText"].clone();
        given.fields.insert("summary".to_owned(), summary);
        Ok(Response::new(pb::RegisterResourceResponse {
            urn: format!("urn:pulumi:dev::test::{}::{}", request.r#type, request.name),
            id: if request.custom { "drawer-1" } else { "" }.to_owned(),
            object: Some(given),
            ..pb::RegisterResourceResponse::default()
        }))
    }

    async fn register_resource_outputs(
        &self,
        request: Request<pb::RegisterResourceOutputsRequest>,
    ) -> Result<Response<()>, Status> {
        self.outputs.lock().unwrap().push(request.into_inner());
        Ok(Response::new(()))
    }
}

/// A provider with the component, and a monitor.
async fn chest() -> (Host, Noted, String) {
    let host = Host::with_components(Components::new().with(Chest)).await;
    let noted = Noted::default();
    let (socket, port) = listener().await;
    let serving = tonic::transport::Server::builder()
        .add_service(ResourceMonitorServer::new(noted.clone()))
        .serve_with_incoming(TcpListenerStream::new(socket));
    tokio::spawn(serving);
    (host, noted, format!("127.0.0.1:{port}"))
}

fn request(monitor: &str, inputs: Json) -> pb::ConstructRequest {
    pb::ConstructRequest {
        monitor_endpoint: monitor.to_owned(),
        r#type: CHEST.to_owned(),
        name: "oak".to_owned(),
        inputs: Some(object(inputs)),
        ..pb::ConstructRequest::default()
    }
}

fn secret(value: Json) -> Json {
    json!({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value})
}

fn texts<const N: usize>(all: [&str; N]) -> Vec<String> {
    all.map(str::to_owned).into()
}

fn with_all_options(monitor: &str) -> pb::ConstructRequest {
    let hooks = pb::construct_request::ResourceHooksBinding {
        before_create: texts(["look"]),
        on_error: texts(["cry"]),
        ..Default::default()
    };
    let alias = pb::Alias {
        alias: Some(pb::alias::Alias::Urn(SELF.replace("oak", "old"))),
    };
    pb::ConstructRequest {
        parent: "urn:parent".to_owned(),
        protect: Some(true),
        providers: [
            ("cabinet".to_owned(), "urn:p::1".to_owned()),
            ("other".to_owned(), "urn:o::1".to_owned()),
        ]
        .into(),
        dependencies: texts(["urn:before"]),
        additional_secret_outputs: texts(["labels"]),
        custom_timeouts: Some(pb::construct_request::CustomTimeouts {
            create: "5m".to_owned(),
            ..Default::default()
        }),
        deleted_with: "urn:house".to_owned(),
        delete_before_replace: Some(true),
        ignore_changes: texts(["tags.team", "labelText"]),
        replace_on_changes: texts(["*", "tags[\"a.b\"]"]),
        retain_on_delete: Some(false),
        resource_hooks: Some(hooks),
        stack_trace_handle: "trace".to_owned(),
        replace_with: texts(["urn:with"]),
        aliases: vec![alias],
        replacement_trigger: Some(text("1")),
        ..request(monitor, json!({"labelText": "spoons", "tags": {"team": "a"}}))
    }
}

#[test]
fn the_schema_follows_from_the_declaration() {
    let server = tfplug::Server::new(crate::cabinet::CabinetProvider(Cabinet::default())).unwrap();
    let info = PackageInfo {
        name: "cabinet".to_owned(),
        version: "1.2.3".to_owned(),
        parameters: crate::cabinet::parameters(),
        components: Components::new().with(Chest).schemas(),
        ..PackageInfo::default()
    };
    let schema = package(server.schemas(), &info).unwrap().to_json();
    let schema: Json = serde_json::from_str(&schema).unwrap();
    let chest = &schema["resources"][CHEST];
    assert_eq!(
        (&chest["isComponent"], &chest["description"]),
        (&json!(true), &json!("Drawers one over the other."))
    );
    assert_eq!(chest["requiredInputs"], json!(["labelText"]));
    let drawers = &chest["inputProperties"]["drawers"];
    assert_eq!(
        (&drawers["plain"], &drawers["default"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(chest["inputProperties"]["drawerArgs"]["$ref"], "pulumi.json#/Any");
    assert_eq!(chest["required"], json!(["firstSummary", "labels"]));
    assert!(schema["resources"][TYPE]["isComponent"].is_null());
}

#[tokio::test]
async fn each_option_is_where_it_belongs() {
    let (mut host, noted, monitor) = chest().await;
    host.client.construct(with_all_options(&monitor)).await.unwrap();
    let registered = noted.registered.lock().unwrap().clone();
    let [component, first, second] = &registered[..] else {
        panic!("{registered:#?}")
    };
    let given = with_all_options(&monitor);
    assert_eq!((&component.r#type[..], &component.name[..]), (CHEST, "oak"));
    assert!(!component.custom && component.parent == "urn:parent");
    assert_eq!(
        (component.protect, component.retain_on_delete),
        (Some(true), Some(false))
    );
    assert_eq!(component.providers, given.providers);
    assert_eq!(component.aliases, given.aliases);
    assert_eq!(component.deleted_with, "urn:house");
    assert_eq!(component.ignore_changes, given.ignore_changes);
    assert_eq!(component.replace_on_changes, given.replace_on_changes);
    assert_eq!(component.additional_secret_outputs, ["labels"]);
    let hooks = component.hooks.clone().unwrap();
    assert_eq!(
        (&hooks.before_create[..], &hooks.on_error[..]),
        (&texts(["look"])[..], &texts(["cry"])[..])
    );

    for child in [first, second] {
        assert!(child.custom && child.parent == SELF && child.provider == "urn:p::1");
        assert!(
            child.version.is_empty(),
            "an explicit provider has its own version"
        );
        assert_eq!(child.r#type, "cabinet:index:BigDrawer");
        // The engine itself hands these down; what is given again would hide a change of it.
        assert_eq!((child.protect, child.retain_on_delete), (None, None));
        assert!(child.aliases.is_empty() && child.deleted_with.is_empty() && child.hooks.is_none());
        assert_eq!(child.ignore_changes, ["labelText", "tags.team"]);
        assert_eq!(child.replace_on_changes, ["*", "tags[\"a.b\"]"]);
        assert!(child.dependencies.contains(&"urn:before".to_owned()));
    }
    for each in [component, first, second] {
        assert_eq!(each.custom_timeouts.clone().unwrap().create, "5m");
        assert!(each.delete_before_replace && each.delete_before_replace_defined);
        assert_eq!(each.replace_with, ["urn:with"]);
        assert_eq!(each.replacement_trigger, Some(text("1")));
        assert_eq!(each.parent_stack_trace_handle, "trace");
        assert!(each.accept_secrets && each.alias_specs && each.supports_partial_values);
    }
    let of_first = "urn:pulumi:dev::test::cabinet:index:BigDrawer::oak-1";
    assert_eq!(second.property_dependencies["parts"].urns, [of_first]);
    let outputs = noted.outputs.lock().unwrap()[0].clone();
    assert_eq!(
        shown(&outputs.outputs.unwrap())["labels"],
        secret(json!({"team": "a"}))
    );
}

#[tokio::test]
async fn without_options_a_child_has_the_packages_version() {
    let (mut host, noted, monitor) = chest().await;
    host.client
        .construct(request(&monitor, json!({"labelText": "x", "drawers": 1})))
        .await
        .unwrap();
    let registered = noted.registered.lock().unwrap();
    assert_eq!(
        (&registered[1].version[..], &registered[1].provider[..]),
        ("1.2.3", "")
    );
    assert!(registered[1].custom_timeouts.is_none() && !registered[1].delete_before_replace_defined);
}

#[tokio::test]
async fn secrets_unknowns_and_dependencies_go_through() {
    let (mut host, noted, monitor) = chest().await;
    let inputs = json!({"labelText": UNKNOWN, "tags": {"a": secret(json!("b"))}, "drawers": 1});
    let mut asked = request(&monitor, inputs);
    asked.dry_run = true;
    let urns = pb::construct_request::PropertyDependencies {
        urns: texts(["urn:label"]),
    };
    asked.input_dependencies = [("labelText".to_owned(), urns)].into();
    let answer = host.client.construct(asked).await.unwrap().into_inner();
    let child = noted.registered.lock().unwrap()[1].clone();
    assert_eq!(child.property_dependencies["labelText"].urns, ["urn:label"]);
    assert_eq!(child.dependencies, ["urn:label"]);
    let given = shown(&child.object.unwrap());
    assert_eq!(given["labelText"], UNKNOWN);
    assert_eq!(given["tags"]["a"], secret(json!("b")));
    let state = shown(&answer.state.unwrap());
    assert_eq!(state["firstSummary"], UNKNOWN);
    assert_eq!(state["labels"]["a"], secret(json!("b")));
    assert_eq!(
        answer.state_dependencies["firstSummary"].urns,
        ["urn:pulumi:dev::test::cabinet:index:BigDrawer::oak-1"]
    );
}

#[tokio::test]
async fn what_is_wrong_is_found_before_anything_is_registered() {
    for (inputs, property, part) in [
        (json!({}), "labelText", "is required"),
        (json!({"labelText": "x", "drawers": 9}), "drawers", "5"),
        (
            json!({"labelText": "x", "drawers": UNKNOWN}),
            "drawers",
            "not known in a preview",
        ),
        (json!({"labelText": "x", "tag": {}}), "tag", "is no property"),
        (
            json!({"labelText": "x", "drawerArgs": {"sise": 1}}),
            "drawerArgs.sise",
            "is no property",
        ),
        (
            json!({"labelText": "x", "drawerArgs": {"size": "a"}}),
            "drawerArgs.size",
            "must be a number",
        ),
        (
            json!({"labelText": "x", "drawerArgs": {"size": 1, "parts": [{"itemName": "a", "amount": 200}]}}),
            "drawerArgs.parts[0].amount",
            "100",
        ),
    ] {
        let (mut host, noted, monitor) = chest().await;
        let refused = host
            .client
            .construct(request(&monitor, inputs))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
        let details = RpcStatus::decode(refused.details()).unwrap().details;
        let found = pb::InputPropertiesError::decode(&*details[0].value).unwrap();
        match found.errors.first() {
            Some(error) => {
                assert_eq!(error.property_path, property);
                assert!(error.reason.contains(part), "{found:?}");
            }
            // The engine cannot show unknown values.
            None => assert!(refused.message().contains(part) && refused.message().starts_with(property)),
        }
        assert!(noted.registered.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_child_that_cannot_be_made_ends_it() {
    let (mut host, noted, monitor) = chest().await;
    let mut asked = request(&monitor, json!({"labelText": "x"}));
    asked.name = "broken".to_owned();
    let refused = host.client.construct(asked).await.unwrap_err();
    assert!(refused.message().contains("the monitor is closed"), "{refused}");
    assert_eq!(noted.registered.lock().unwrap().len(), 2);
    assert!(noted.outputs.lock().unwrap().is_empty());
    let mut asked = request(&monitor, json!({}));
    asked.r#type = "cabinet:index:Shelf".to_owned();
    let unknown = host.client.construct(asked).await.unwrap_err();
    assert!(
        unknown.message().contains("no component cabinet:index:Shelf"),
        "{unknown}"
    );
}
