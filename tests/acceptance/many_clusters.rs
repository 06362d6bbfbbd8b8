//! Twenty clusters, of five objects each, from one provider block: some of them known when it is planned, some not, and
//! some that do not exist then. One API server stands for all of them, each time behind another address.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use counterparts::{Cli, EksCluster, Relay};
use serde_json::json;

use crate::support::karpenter::{know_karpenter, live};
use crate::support::kube::{KUBE, make_namespace, objects};
use crate::support::{Ground, MOTO, REGION, assert_says, with_a_cli};

/// Clusters that are there and known when it is planned.
const THERE: usize = 16;
/// Clusters whose address comes from a resource of the same apply.
const UNKNOWN: usize = 2;
/// EKS clusters that somebody makes between plan and apply.
const ABSENT: usize = 2;

const OBJECTS: &str = r#"
resource "mig_karpenter_nodeclass" "this" {
  for_each = local.clusters
  name     = "${local.prefix}-${each.key}"
  cluster  = each.value
  layout   = local.layout
  role     = "KarpenterNodeRole-prod"

  ami_selector_terms            = [{ alias = "al2023@v20261003" }]
  subnet_selector_terms         = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
  security_group_selector_terms = [{ tags = { "karpenter.sh/discovery" = "prod" } }]
}

resource "mig_karpenter_nodepool" "this" {
  for_each  = local.clusters
  nodeclass = mig_karpenter_nodeclass.this[each.key]
}

resource "mig_karpenter_nodepool" "spot" {
  for_each       = local.clusters
  name           = "${local.prefix}-${each.key}-spot"
  nodeclass      = mig_karpenter_nodeclass.this[each.key]
  capacity_types = ["spot"]
}

resource "mig_karpenter_nodeoverlay" "this" {
  for_each           = local.clusters
  nodepool           = mig_karpenter_nodepool.this[each.key]
  acceptance_timeout = "0s"
}

resource "mig_device_plugin" "this" {
  for_each  = local.clusters
  name      = each.key
  namespace = local.prefix
  cluster   = each.value
  layouts   = [local.layout]
}
"#;

/// The clusters of one test, and what they have seen.
struct Fleet {
    ground: Ground,
    relays: BTreeMap<String, Relay>,
    /// The credential plugin adds the name of the cluster for which it is called.
    calls: PathBuf,
}

impl Fleet {
    fn new(cli: &Cli) -> Self {
        know_karpenter();
        let ground = Ground::new(cli, "many");
        make_namespace(&ground.name);
        let kinds = [("there", THERE), ("unknown", UNKNOWN), ("absent", ABSENT)];
        let names = kinds
            .into_iter()
            .flat_map(|(kind, count)| (0..count).map(move |n| format!("{kind}-{n}")));
        let relays = names
            .map(|name| (name, Relay::start(KUBE.url()).unwrap()))
            .collect();
        let calls = ground.project.write("calls", "").unwrap();
        let fleet = Self {
            ground,
            relays,
            calls,
        };
        fleet.write();
        fleet.ground.project.init().unwrap();
        fleet
    }

    fn write(&self) {
        let project = &self.ground.project;
        let ca = project.write("ca.pem", KUBE.ca_pem()).unwrap();
        let credential = json!({
            "apiVersion": "client.authentication.k8s.io/v1",
            "kind": "ExecCredential",
            "status": {"token": KUBE.admin_token()},
        });
        let script = format!(
            "#!/bin/sh\necho \"$1\" >> '{}'\necho '{credential}'\n",
            self.calls.display()
        );
        let plugin = project.write("token.sh", &script).unwrap();
        std::fs::set_permissions(&plugin, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut clusters = String::new();
        for (name, relay) in &self.relays {
            let host = match name.starts_with("unknown") {
                true => format!("terraform_data.made[\"{name}\"].output"),
                false => format!("\"{}\"", relay.url()),
            };
            let cluster = match name.starts_with("absent") {
                true => format!("name = \"{}\"", self.eks_name(name)),
                false => format!(
                    "host = {host}, cluster_ca_certificate = file(\"{}\"), exec = {{ command = \"{}\", args = [\"{name}\"] }}",
                    ca.display(),
                    plugin.display()
                ),
            };
            writeln!(clusters, "    {name} = {{ {cluster} }}").unwrap();
        }
        let made: Vec<_> = self
            .of("unknown")
            .map(|(name, relay)| format!("{name} = \"{}\"", relay.url()))
            .collect();
        self.ground.write(&format!(
            r#"provider "mig" {{}}

resource "terraform_data" "made" {{
  for_each = {{ {} }}
  input    = each.value
}}

locals {{
  prefix   = "{}"
  layout   = {{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}
  clusters = {{
{clusters}  }}
}}
{OBJECTS}"#,
            made.join(", "),
            self.ground.name
        ));
    }

    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Relay)> {
        self.relays.iter().filter(move |(name, _)| name.starts_with(kind))
    }

    /// The AWS of all tests is one.
    fn eks_name(&self, name: &str) -> String {
        format!("{}-{name}", self.ground.name)
    }

    /// Makes the EKS clusters that were absent.
    fn make_absent(&self) {
        for (name, relay) in self.of("absent") {
            let cluster = self.eks_name(name);
            KUBE.webhook()
                .configure(|authenticator| authenticator.stand_for(&cluster));
            let described = EksCluster {
                name: cluster,
                endpoint: relay.url().to_owned(),
                ..KUBE.eks_cluster(REGION)
            };
            MOTO.add_eks_cluster(&described).unwrap();
        }
    }

    /// Asserts that since the last time one connection led to each of these clusters, and that the credential plugin
    /// was run once for each; and that none led to the others.
    fn assert_one_connection_to(&self, kinds: &[&str]) {
        let calls = std::fs::read_to_string(&self.calls).unwrap();
        std::fs::write(&self.calls, "").unwrap();
        for (name, relay) in &self.relays {
            let expected = usize::from(kinds.iter().any(|kind| name.starts_with(kind)));
            assert_eq!(relay.take_opened(), expected, "connections to {name}");
            // For clusters of EKS the provider makes tokens itself.
            if !name.starts_with("absent") {
                let tokens = calls.lines().filter(|call| call == name).count();
                assert_eq!(tokens, expected, "tokens for {name}");
            }
        }
    }
}

#[test]
fn twenty_clusters_of_five_objects_take_one_connection_and_one_token_each() {
    with_a_cli(|cli| {
        let fleet = Fleet::new(cli);
        let ground = &fleet.ground;
        let plan = ground.plan();
        let ours = plan
            .changes()
            .into_iter()
            .filter(|change| change.resource_type != "terraform_data");
        assert_eq!(ours.count(), 5 * (THERE + UNKNOWN + ABSENT));
        assert!(plan.changes().iter().all(|change| change.actions == ["create"]));
        // One for each cluster that could not be asked; the hosts fold those of the same summary into one.
        let words = plan.output.words();
        let (_, told) = words
            .split_once("Warning: The objects were not tried out on the cluster")
            .unwrap();
        let told = told.split("Warning:").next().unwrap();
        let others = format!("(and {} more similar warnings elsewhere)", UNKNOWN + ABSENT - 1);
        assert_says(told, &["is shown once", &others]);
        fleet.assert_one_connection_to(&["there"]);

        fleet.make_absent();
        ground.project.try_apply_plan().unwrap().success().unwrap();
        fleet.assert_one_connection_to(&["there", "unknown", "absent"]);

        ground.proxy.clear_calls();
        let plan = ground.project.try_plan(&["-parallelism=40"]).unwrap();
        assert_eq!(plan.code, 0, "{}\n{}", plan.stderr, plan.stdout);
        fleet.assert_one_connection_to(&["there", "unknown", "absent"]);
        for (name, _) in fleet.of("absent") {
            let described = ground
                .proxy
                .count(&format!("GET /clusters/{}", fleet.eks_name(name)));
            assert_eq!(described, 1, "DescribeCluster of {name}");
        }

        for name in fleet.relays.keys() {
            assert!(
                live("NodePool", &format!("{}-{name}-spot", ground.name)).is_some(),
                "{name}"
            );
        }
        assert_eq!(objects(&ground.name).len(), 3 * fleet.relays.len());
        ground.project.destroy().unwrap();
        assert!(objects(&ground.name).is_empty());
    });
}
