//! A version makes every object once. Kept are its plan, its state, and what it wrote to AWS and to the cluster.

use std::fs;
use std::path::Path;

use counterparts::Provider;
use counterparts::fault_proxy::Call;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::support::api_proxy::is_change;

/// Records what `binary` leaves, in `folder`; a `main.tf` that is there already is what is applied, for a version that lacks an object.
pub(super) fn record(version: &str, binary: &Path, folder: &Path) {
    let scene = Scene::new(version, Provider::mig(binary));
    fs::create_dir_all(folder).unwrap();
    let own = fs::read_to_string(folder.join("main.tf")).ok();
    let configuration =
        own.unwrap_or_else(|| include_str!("../../upgrades/objects.tf").replace("__NAME__", &scene.name));
    let project = &scene.project;
    project.write("main.tf", &scene.fill(&configuration)).unwrap();
    project.init().unwrap();
    let planned = project.plan(&[]).unwrap().json["planned_values"].clone();
    project.apply(&[]).unwrap();
    let writes: Vec<Value> = calls(&scene).iter().map(write).collect();
    assert_eq!(project.try_plan(&[]).unwrap().code, 0);
    let state = project.state_file();
    project.destroy().unwrap();

    let keep = |file: &str, text: &str| fs::write(folder.join(file), scene.generalise(text)).unwrap();
    keep("main.tf", &configuration);
    keep("state.json", &state);
    keep(
        "plan.json",
        &(serde_json::to_string_pretty(&planned).unwrap() + "\n"),
    );
    keep(
        "writes.json",
        &(serde_json::to_string_pretty(&writes).unwrap() + "\n"),
    );
}

/// All that changed something, AWS first: nothing in AWS depends on what is in the cluster.
fn calls(scene: &Scene) -> Vec<Call> {
    let reads = ["Describe", "Get", "Assume", "GET "];
    let mut calls = scene.aws.calls();
    calls.retain(|call| !reads.iter().any(|read| call.action.starts_with(read)));
    let mut in_cluster = scene.api.calls();
    in_cluster.retain(|call| is_change(&call.method, &call.target));
    calls
        .into_iter()
        .chain(in_cluster)
        .filter(Call::reached_server)
        .collect()
}

/// A request as it can be sent again: a form by its parameters, anything else by its body. Sent again it is no retry, so its token is left out.
fn write(call: &Call) -> Value {
    match call.service.as_deref() {
        Some(service) if service != "eks" => {
            let mut parameters = call.parameters.clone();
            parameters.retain(|(name, _)| name != "ClientToken");
            json!({"service": service, "parameters": parameters})
        }
        service => json!({
            "service": service,
            "method": call.method,
            "target": call.target,
            "content_type": call.content_type,
            "body": without_token(&call.body),
        }),
    }
}

fn without_token(body: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(body) else {
        return body.to_owned();
    };
    match fields.remove("clientRequestToken") {
        Some(_) => Value::Object(fields).to_string(),
        None => body.to_owned(),
    }
}
