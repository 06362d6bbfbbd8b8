//! The objects of an earlier version come to be as it wrote them; then the present version plans for its state.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use http::Method;
use serde_json::Value;

use super::scene::Scene;
use crate::support::api_proxy::is_change;
use crate::support::kube::KUBE;
use crate::support::{MOTO, REGION, ec2, eks, provider};

/// Longer than moto takes to make a node group.
const LIMIT: Duration = Duration::from_secs(60);

/// Replays the version whose folder this is.
pub(super) fn replay(version: &str, folder: &Path) {
    let scene = Scene::new(version, provider());
    let read = |file: &str| scene.fill(&fs::read_to_string(folder.join(file)).unwrap());
    let state: Value = serde_json::from_str(&read("state.json")).unwrap();
    scene.project.write("main.tf", &read("main.tf")).unwrap();
    scene.project.init().unwrap();
    plans_the_same(&scene, &state, &serde_json::from_str(&read("plan.json")).unwrap());

    let mut names = Renamed::default();
    for write in serde_json::from_str::<Vec<Value>>(&read("writes.json")).unwrap() {
        send(&names, &write);
        names.look(&state);
    }
    let state = names.apply(&read("state.json"));
    scene.project.write("terraform.tfstate", &state).unwrap();
    scene.aws.clear_calls();
    scene.api.clear_calls();
    for arguments in [&[][..], &["-refresh=false"]] {
        let plan = scene.project.try_plan(arguments).unwrap();
        assert_eq!(plan.code, 0, "{version}: {}\n{}", plan.stderr, plan.stdout);
    }
    let changed = |call: &counterparts::fault_proxy::Call| is_change(&call.method, &call.target);
    assert!(!scene.api.calls().iter().any(changed));
    scene.project.destroy().unwrap();
}

/// Names that AWS makes up, as the version knew them and as they are now.
#[derive(Default)]
struct Renamed(Vec<(String, String)>);

impl Renamed {
    fn apply(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (then, now)| text.replace(then, now))
    }

    /// Looks for what the state names and is there by now.
    fn look(&mut self, state: &Value) {
        for (kind, object) in objects(state) {
            match kind {
                "mig_launch_template" => self.template(object),
                "mig_node_group" => self.group(object),
                _ => (),
            }
        }
    }

    fn template(&mut self, object: &Value) {
        let name = object["name"].as_str().unwrap();
        if ec2::names(name).iter().any(|found| found == name) {
            self.note(&object["id"], &ec2::template(name).id);
        }
    }

    fn group(&mut self, object: &Value) {
        let text = |field: &str| object[field].as_str().unwrap();
        let (cluster, name) = (text("cluster_name"), text("node_group_name"));
        if !eks::groups(cluster).iter().any(|found| found == name) {
            return;
        }
        let start = Instant::now();
        let made = loop {
            let group = eks::group(cluster, name).unwrap();
            if group["status"] == "ACTIVE" {
                break group;
            }
            assert!(start.elapsed() < LIMIT, "{group}");
            sleep(Duration::from_millis(200));
        };
        let scaling = made["resources"]["autoScalingGroups"][0]["name"]
            .as_str()
            .unwrap();
        self.note(&object["autoscaling_group_names"][0], scaling);
    }

    fn note(&mut self, then: &Value, now: &str) {
        let pair = (then.as_str().unwrap().to_owned(), now.to_owned());
        if !self.0.contains(&pair) {
            self.0.push(pair);
        }
    }
}

/// The objects of a state by their type.
fn objects(state: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let resources = state["resources"].as_array().unwrap().iter();
    resources.map(|resource| {
        (
            resource["type"].as_str().unwrap(),
            &resource["instances"][0]["attributes"],
        )
    })
}

/// Sends once more what a version sent.
fn send(names: &Renamed, write: &Value) {
    let write: Value = serde_json::from_str(&names.apply(&write.to_string())).unwrap();
    let text = |field: &str| write[field].as_str().unwrap();
    let method = || text("method").parse::<Method>().unwrap();
    let answer = match write["service"].as_str() {
        Some("eks") => MOTO.eks(method(), REGION, text("target"), text("body")),
        Some(service) => {
            let pairs: Vec<(String, String)> = serde_json::from_value(write["parameters"].clone()).unwrap();
            let pairs: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            MOTO.query(service, REGION, &pairs)
        }
        None => KUBE.request(method(), text("target"), text("content_type"), text("body")),
    };
    let answer = answer.unwrap();
    assert!((200..300).contains(&answer.status), "{write}: {}", answer.body);
}

/// For nothing but the configuration the present version plans what the earlier one did, where it is to render as that one.
fn plans_the_same(scene: &Scene, state: &Value, earlier: &Value) {
    let pinned: String = state["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(pinned)
        .collect();
    scene.project.write("versions_override.tf", &pinned).unwrap();
    let plan = scene.project.plan(&[]).unwrap();
    scene.project.remove("versions_override.tf").unwrap();
    let planned = |plan: &Value| plan["root_module"]["resources"].as_array().unwrap().clone();
    let now = planned(&plan.json["planned_values"]);
    for resource in planned(earlier) {
        let address = &resource["address"];
        let same = now.iter().find(|other| other["address"] == *address).unwrap();
        assert_covers(&address.to_string(), &resource["values"], &same["values"]);
    }
}

/// The render version of a resource, as an override of its configuration.
fn pinned(resource: &Value) -> Option<String> {
    let version = resource["instances"][0]["attributes"]["render_version"].as_i64()?;
    let (kind, name) = (resource["type"].as_str()?, resource["name"].as_str()?);
    Some(format!(
        "resource \"{kind}\" \"{name}\" {{\n  render_version = {version}\n}}\n"
    ))
}

/// What was planned is planned still; what has come since may be there beside it.
fn assert_covers(place: &str, earlier: &Value, now: &Value) {
    match (earlier, now) {
        (Value::Object(earlier), Value::Object(now)) => {
            for (name, value) in earlier.iter().filter(|(_, value)| !value.is_null()) {
                let found = now.get(name).unwrap_or(&Value::Null);
                assert_covers(&format!("{place}.{name}"), value, found);
            }
        }
        (Value::Array(earlier), Value::Array(now)) => {
            assert_eq!(earlier.len(), now.len(), "{place}");
            for (i, (earlier, now)) in sorted(earlier).iter().zip(sorted(now)).enumerate() {
                assert_covers(&format!("{place}[{i}]"), earlier, &now);
            }
        }
        _ => assert_eq!(earlier, now, "{place}"),
    }
}

/// A list whose order may follow from what AWS made up: subnets in a set.
fn sorted(list: &[Value]) -> Vec<Value> {
    let mut list = list.to_vec();
    if list.iter().all(Value::is_string) {
        list.sort_by_key(ToString::to_string);
    }
    list
}
