//! `data.mig_manifests`: the resources' objects, taken by a real API server.

use counterparts::Project;
use http::Method;
use serde_json::{Value, json};

use crate::support::karpenter::know_karpenter;
use crate::support::kube::{CLUSTER, KUBE};
use crate::support::{Ground, assert_says, with_a_cli, with_tofu};

/// The values of class, pool and plugin, in the words of both.
const CLASS: &str = r#"
    role                          = "KarpenterNodeRole-prod"
    ami_selector_terms            = [{ alias = "al2023@v20261003" }]
    subnet_selector_terms         = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
    security_group_selector_terms = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
    kubelet                       = { max_pods = 110 }
"#;
const POOL: &str = r#"
    slice_limits   = { "1g.10gb" = 112 }
    capacity_types = ["spot"]
    disruption     = { consolidation_policy = "WhenEmpty" }
"#;

fn data(name: &str) -> String {
    format!(
        r#"
locals {{
  layout = {{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}
}}
data "mig_manifests" "this" {{
  render_version = 3
  pools = [{{
    nodeclass = {{
      name   = "{name}"
      layout = local.layout
{CLASS}
    }}
    nodepool = {{
{POOL}
    }}
    nodeoverlay = {{}}
  }}]
  device_plugin = {{
    name      = "{name}"
    namespace = "default"
  }}
}}
output "yaml" {{ value = data.mig_manifests.this.yaml }}
output "files" {{ value = data.mig_manifests.this.files }}
"#
    )
}

fn resources(name: &str) -> String {
    format!(
        r#"
provider "mig" {{
  kubernetes = {{ name = "{CLUSTER}" }}
}}
resource "mig_karpenter_nodeclass" "this" {{
  name           = "{name}"
  layout         = local.layout
  render_version = 3
{CLASS}
}}
resource "mig_karpenter_nodepool" "this" {{
  nodeclass      = mig_karpenter_nodeclass.this
  render_version = 3
{POOL}
}}
resource "mig_karpenter_nodeoverlay" "this" {{
  nodepool           = mig_karpenter_nodepool.this
  acceptance_timeout = "0s"
}}
resource "mig_device_plugin" "this" {{
  name      = "{name}"
  namespace = "default"
  layouts   = [local.layout]
}}
output "same" {{
  value = {{
    for file, text in data.mig_manifests.this.files : file => yamldecode(text) == one([
      for key, object in merge(
        mig_karpenter_nodeclass.this.manifests, mig_karpenter_nodepool.this.manifests,
        mig_karpenter_nodeoverlay.this.manifests, mig_device_plugin.this.manifests,
      ) : jsondecode(object) if "${{replace(lower(key), "/", "-")}}.yaml" == file
    ])
  }}
}}
"#
    )
}

/// The objects' names, by what the API calls their kinds.
fn names(files: &Value) -> Vec<String> {
    files.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn they_are_the_objects_of_the_resources() {
    with_a_cli(|cli| {
        know_karpenter();
        let ground = Ground::with(cli, "manifests", |name| data(name) + &resources(name));
        ground.settle();
        let same = ground.project.output("same").unwrap();
        let files = names(&ground.project.output("files").unwrap());
        assert_eq!(names(&same), files);
        assert_eq!(files.len(), 6, "{files:?}");
        for (file, same) in same.as_object().unwrap() {
            assert_eq!(same, &json!(true), "{file} differs from the resource's object");
        }
    });
}

#[test]
fn a_server_takes_each_document_as_it_is() {
    with_tofu(|cli| {
        know_karpenter();
        let ground = Ground::with(cli, "documents", data);
        ground.settle();
        let files = ground.project.output("files").unwrap();
        let stream = ground.project.output("yaml").unwrap();
        // In the order of the stream: what the DaemonSet needs before it, then class, pool, overlay.
        let mut kinds = Vec::new();
        for document in stream
            .as_str()
            .unwrap()
            .split("---\n")
            .filter(|text| !text.is_empty())
        {
            let mut files = files.as_object().unwrap().values();
            assert!(
                files.any(|file| file.as_str().unwrap().contains(document)),
                "{document}"
            );
            kinds.push(taken(document));
        }
        assert_eq!(
            kinds,
            [
                "ServiceAccount",
                "ConfigMap",
                "DaemonSet",
                "EC2NodeClass",
                "NodePool",
                "NodeOverlay"
            ]
        );
    });
}

/// How many documents the stream has.
fn documents(project: &Project) -> usize {
    let stream = project.output("yaml").unwrap();
    stream.as_str().unwrap().matches("---\n").count()
}

/// What `kubectl apply --server-side --validate=strict` sends; gives the kind.
fn taken(document: &str) -> String {
    let word = |key: &str| {
        let line = document
            .lines()
            .find_map(|line| line.trim_start().strip_prefix(key));
        line.unwrap_or_else(|| panic!("no {key} in {document}")).trim()
    };
    let kind = word("kind:");
    let (group, plural) = match kind {
        "ServiceAccount" => ("api/v1", "namespaces/default/serviceaccounts"),
        "ConfigMap" => ("api/v1", "namespaces/default/configmaps"),
        "DaemonSet" => ("apis/apps/v1", "namespaces/default/daemonsets"),
        "EC2NodeClass" => ("apis/karpenter.k8s.aws/v1", "ec2nodeclasses"),
        "NodePool" => ("apis/karpenter.sh/v1", "nodepools"),
        "NodeOverlay" => ("apis/karpenter.sh/v1alpha1", "nodeoverlays"),
        other => panic!("{other} is not rendered"),
    };
    let metadata = document.split("metadata:\n").nth(1).unwrap();
    let name = metadata
        .lines()
        .find_map(|line| line.strip_prefix("  name: "))
        .unwrap_or_else(|| panic!("no name in {document}"));
    let path = format!("/{group}/{plural}/{name}?fieldManager=argocd-controller&fieldValidation=Strict");
    let answer = KUBE
        .request(Method::PATCH, &path, "application/apply-patch+yaml", document)
        .unwrap();
    assert!(matches!(answer.status, 200 | 201), "{}", answer.body);
    kind.to_owned()
}

#[test]
fn wrong_input_names_its_place_and_values_unknown_at_plan_are_read_at_apply() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "late-manifests", |name| {
            data(name).replace("\"1g.10gb\" = 7", "\"1g.10gb\" = 8")
        });
        let refused = ground.project.plan(&[]).unwrap_err().to_string();
        assert_says(&refused, &["data.mig_manifests.this", "8 x 1g.10gb"]);

        let late = "resource \"terraform_data\" \"count\" {\n  input = 7\n}\n";
        let text = data(&ground.name).replace("\"1g.10gb\" = 7", "\"1g.10gb\" = terraform_data.count.output");
        ground.write(&(text + late));
        ground.settle();
        assert_eq!(documents(&ground.project), 6);
    });
}
