use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::json;

use super::super::api::{Applied, Apply, Delete, Deletion, ObjectRef};
use super::super::kinds::NODE;
use super::*;

/// Gives its answers in turn, and notes from where each page was asked.
#[derive(Default)]
struct Pages {
    answers: Mutex<Vec<Result<Value, KubeErrorKind>>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl KubeApi for Pages {
    fn cluster(&self) -> &str {
        "cluster c"
    }

    async fn get(&self, _: &ObjectRef<'_>) -> Result<Value, KubeError> {
        unreachable!("a list is read")
    }

    async fn page(&self, listing: &Listing<'_>, rest: &str) -> Result<Vec<u8>, KubeError> {
        self.asked.lock().unwrap().push(rest.to_owned());
        let answer = self.answers.lock().unwrap().remove(0);
        let answer = answer.map(|page| page.to_string().into_bytes());
        answer.map_err(|kind| KubeError::new(kind, "cluster c", "said").about(listing))
    }

    async fn apply(&self, _: &ObjectRef<'_>, _: &Value, _: Apply<'_>) -> Result<Applied, KubeError> {
        unreachable!("a list changes nothing")
    }

    async fn delete(&self, _: &ObjectRef<'_>, _: Delete<'_>) -> Result<Deletion, KubeError> {
        unreachable!("a list changes nothing")
    }
}

/// 10,000 nodes as a busy cluster has them, made page by page of the text of the first.
struct BigCluster(String);

const NODES: u32 = 10_000;

#[async_trait]
impl KubeApi for BigCluster {
    fn cluster(&self) -> &str {
        "big"
    }

    async fn get(&self, _: &ObjectRef<'_>) -> Result<Value, KubeError> {
        unreachable!("a list is read")
    }

    async fn page(&self, _: &Listing<'_>, rest: &str) -> Result<Vec<u8>, KubeError> {
        let first: u32 = rest.parse().unwrap_or(0);
        let numbered = |number| self.0.replace("node-0", &format!("node-{number}"));
        let nodes: Vec<String> = (first..first + PAGE).map(numbered).collect();
        let next = first + PAGE;
        let rest = if next < NODES {
            next.to_string()
        } else {
            String::new()
        };
        let page = format!(
            r#"{{"metadata": {{"continue": "{rest}"}}, "items": [{}]}}"#,
            nodes.join(",")
        );
        Ok(page.into_bytes())
    }

    async fn apply(&self, _: &ObjectRef<'_>, _: &Value, _: Apply<'_>) -> Result<Applied, KubeError> {
        unreachable!("a list changes nothing")
    }

    async fn delete(&self, _: &ObjectRef<'_>, _: Delete<'_>) -> Result<Deletion, KubeError> {
        unreachable!("a list changes nothing")
    }
}

/// Some 20 KB: managed fields of four managers and fifty images.
fn node() -> Value {
    let fields: Map<String, Value> = (0..80)
        .map(|field| (format!("f:karpenter.example/label-{field}"), json!({})))
        .collect();
    let managers = ["kubelet", "karpenter", "kube-controller-manager", "aws-node"];
    let managed: Vec<Value> = managers
        .iter()
        .map(|name| json!({"manager": name, "fieldsV1": {"f:metadata": {"f:labels": fields}}}))
        .collect();
    let image = |image: u32| json!({"names": [format!("registry.example/{image:0128}")], "sizeBytes": image});
    let images: Vec<Value> = (0..50).map(image).collect();
    json!({
        "metadata": {"name": "node-0", "labels": {"mig.eks/layout": "a1b2c3d4"}, "managedFields": managed},
        "status": {"capacity": {"nvidia.com/mig-1g.10gb": "56"}, "images": images},
    })
}

/// What a reader of nodes keeps of each.
#[derive(Deserialize)]
struct NodeSlices {
    metadata: NodeMetadata,
    status: NodeStatus,
}

#[derive(Deserialize)]
struct NodeMetadata {
    name: String,
    labels: Map<String, Value>,
}

#[derive(Deserialize)]
struct NodeStatus {
    capacity: Map<String, Value>,
}

/// The most memory that this process has had so far, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

const CHILD: &str = "MIG_LIST_MEMORY_CHILD";

/// The list in a process of its own, since memory of other tests would count.
#[test]
fn ten_thousand_nodes_stay_below_forty_mebibytes() {
    let name = "kube::list::tests::ten_thousand_nodes_stay_below_forty_mebibytes";
    if std::env::var_os(CHILD).is_none() {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let child = child
            .args(["--exact", name, "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(
            child.status.success() && said.contains("read 10000 nodes"),
            "{said}"
        );
        return;
    }
    let cluster = BigCluster(node().to_string());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(cluster.0.len() > 15_000, "a node is too small to show anything");
    let before = peak_kib();
    let nodes: Vec<NodeSlices> = runtime.block_on(list(&cluster, &Listing::all(NODE))).unwrap();
    let taken = (peak_kib() - before) / 1024;
    let right = |node: &NodeSlices| {
        node.metadata.labels.len() == 1 && node.status.capacity.contains_key("nvidia.com/mig-1g.10gb")
    };
    assert!(nodes.iter().all(right));
    assert_eq!(nodes.last().unwrap().metadata.name, "node-9999");
    println!("read {} nodes with {taken} MiB more", nodes.len());
    assert!(taken < 40, "{taken} MiB");
}

fn page(names: &[&str], rest: &str) -> Result<Value, KubeErrorKind> {
    let items: Vec<Value> = names
        .iter()
        .map(|name| json!({"metadata": {"name": name}}))
        .collect();
    Ok(json!({"kind": "NodeList", "metadata": {"continue": rest}, "items": items}))
}

async fn names(
    answers: Vec<Result<Value, KubeErrorKind>>,
) -> (Result<Vec<String>, KubeErrorKind>, Vec<String>) {
    let api = Pages {
        answers: Mutex::new(answers),
        ..Pages::default()
    };
    let found = list::<Name>(&api, &Listing::all(NODE)).await;
    let found = found.map(|names| names.into_iter().map(|Name(name)| name).collect());
    let asked = api.asked.lock().unwrap().clone();
    (found.map_err(|error| error.kind), asked)
}

#[tokio::test]
async fn pages_are_read_to_the_last() {
    let (found, asked) = names(vec![page(&["a", "b"], "x"), page(&[], "y"), page(&["c"], "")]).await;
    assert_eq!(found.unwrap(), ["a", "b", "c"]);
    assert_eq!(asked, ["", "x", "y"]);
}

#[tokio::test]
async fn a_list_that_expires_midway_is_begun_again_and_names_nothing_twice() {
    let expired = || Err(KubeErrorKind::Expired);
    let (found, asked) = names(vec![
        page(&["a"], "x"),
        expired(),
        page(&["a"], "x2"),
        page(&["b"], ""),
    ])
    .await;
    assert_eq!(found.unwrap(), ["a", "b"]);
    assert_eq!(asked, ["", "x", "", "x2"]);
    let (found, asked) = names(vec![expired(), expired(), expired(), expired()]).await;
    assert_eq!(found.unwrap_err(), KubeErrorKind::Expired);
    assert_eq!(asked.len(), 4);
}

#[tokio::test]
async fn an_error_of_a_page_is_that_of_the_list() {
    let (found, _) = names(vec![page(&["a"], "x"), Err(KubeErrorKind::Forbidden)]).await;
    assert_eq!(found.unwrap_err(), KubeErrorKind::Forbidden);
    let (found, _) = names(vec![Ok(json!("proxy page"))]).await;
    assert_eq!(found.unwrap_err(), KubeErrorKind::Server);
}

#[test]
fn managed_fields_are_read_past_and_nothing_else_is() {
    let object = json!({
        "kind": "Node",
        "metadata": {"name": "a", "labels": {"x": "1.50"}, "managedFields": [{"fieldsV1": {"f:a": {}}}]},
        "spec": {"podCIDRs": ["10.0.0.0/24"]},
        "status": {"capacity": {"cpu": "8"}, "count": 18_446_744_073_709_551_615_u64, "half": 0.5},
    });
    let Listed(read) = serde_json::from_value(object.clone()).unwrap();
    let mut expected = object;
    expected["metadata"]
        .as_object_mut()
        .unwrap()
        .remove("managedFields");
    assert_eq!(read, expected);
    let without_metadata: Listed = serde_json::from_value(json!({"kind": "Node"})).unwrap();
    assert_eq!(without_metadata.0, json!({"kind": "Node"}));
}
