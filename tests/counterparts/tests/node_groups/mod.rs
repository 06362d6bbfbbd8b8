//! Managed node groups in moto, which are ours: each behaviour that tests of the provider rely on, once.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod life;
mod refusals;
mod updates;

use counterparts::{EksCluster, HttpResponse};
use http::Method;
use serde_json::{Value, json};

use crate::aws::MOTO;

const REGION: &str = "us-east-1";
const IMAGE: &str = "ami-0a120230135000000";

/// A cluster of one test.
struct Cluster(&'static str);

impl Cluster {
    fn create(name: &'static str) -> Self {
        let cluster = EksCluster {
            name: name.into(),
            region: REGION.into(),
            endpoint: "https://127.0.0.1:6443".into(),
            certificate_authority: "Q0E=".into(),
            version: "1.35".into(),
        };
        MOTO.add_eks_cluster(&cluster).unwrap();
        Self(name)
    }

    fn call(&self, method: Method, path: &str, body: &Value) -> HttpResponse {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let path = format!("/clusters/{}/{path}", self.0);
        MOTO.eks(method, REGION, &path, &body).unwrap()
    }

    /// Asks for a group named `g`; `more` is added to the least that a request needs.
    fn ask(&self, more: &Value) -> HttpResponse {
        let mut body = json!({
            "nodegroupName": "g",
            "nodeRole": "arn:aws:iam::123456789012:role/node",
            "subnets": MOTO.default_subnets(REGION).unwrap(),
        });
        merge(&mut body, more);
        self.call(Method::POST, "node-groups", &body)
    }

    /// A group named `g` that is there.
    fn with_group(self, more: &Value) -> Self {
        let answer = self.ask(more);
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.look();
        assert_eq!(self.look()["status"], "ACTIVE");
        self
    }

    fn get(&self) -> HttpResponse {
        self.call(Method::GET, "node-groups/g", &Value::Null)
    }

    fn look(&self) -> Value {
        let answer = self.get();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["nodegroup"].clone()
    }

    fn delete(&self) -> HttpResponse {
        self.call(Method::DELETE, "node-groups/g", &Value::Null)
    }

    fn update(&self, what: &str, body: &Value) -> HttpResponse {
        self.call(Method::POST, &format!("node-groups/g/update-{what}"), body)
    }

    /// Starts an update that is not refused; its id.
    fn start(&self, what: &str, body: &Value) -> String {
        let answer = self.update(what, body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let update = &answer.json()["update"];
        assert_eq!(update["status"], "InProgress");
        update["id"].as_str().unwrap().to_owned()
    }

    fn look_at_update(&self, id: &str) -> Value {
        let answer = self.call(
            Method::GET,
            &format!("updates/{id}?nodegroupName=g"),
            &Value::Null,
        );
        answer.json()["update"].clone()
    }
}

fn merge(body: &mut Value, more: &Value) {
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
}

/// Creates a launch template, or another version of one; the parameters are those of its data.
fn template(action: &str, name: &str, data: &[(&str, &str)]) -> String {
    let data: Vec<_> = data
        .iter()
        .map(|(key, value)| (format!("LaunchTemplateData.{key}"), *value))
        .collect();
    let mut parameters = vec![
        ("Action", action),
        ("Version", "2016-11-15"),
        ("LaunchTemplateName", name),
    ];
    parameters.extend(data.iter().map(|(key, value)| (key.as_str(), *value)));
    let answer = MOTO.query("ec2", REGION, &parameters).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.elements("launchTemplateId")[0].to_owned()
}

fn scaling(action: &str, parameters: &[(&str, &str)]) -> HttpResponse {
    let mut all = vec![("Action", action), ("Version", "2011-01-01")];
    all.extend(parameters);
    let answer = MOTO.query("autoscaling", REGION, &all).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

fn scaling_group(group: &Value) -> String {
    let name = &group["resources"]["autoScalingGroups"][0]["name"];
    name.as_str().unwrap().to_owned()
}

/// Tags of an Auto Scaling group as its own service tells them.
fn scaling_tags(name: &str) -> Vec<(String, String)> {
    let filter = [("Filters.member.1.Name", "auto-scaling-group")];
    let answer = scaling(
        "DescribeTags",
        &[filter[0], ("Filters.member.1.Values.member.1", name)],
    );
    let (keys, values) = (answer.elements("Key"), answer.elements("Value"));
    let pairs = keys.into_iter().zip(values);
    pairs.map(|(key, value)| (key.into(), value.into())).collect()
}

fn refused(answer: &HttpResponse, error: &str, words: &str) {
    assert_eq!(answer.error.as_deref(), Some(error), "{}", answer.body);
    let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.contains(words), "{message}");
}
