//! API servers that die and come back, certificates and tokens that end, and users who press Ctrl-C, for everything that
//! lives in Kubernetes.

mod credentials;
mod interrupts;
mod restarts;

use std::sync::Arc;
use std::time::Duration;

use counterparts::karpenter::{Flavor, karpenter_crds};
use counterparts::{KubeApiServer, KubeOptions};

use crate::support::Ground;

/// How long a test waits for what is to come at once.
const LIMIT: Duration = Duration::from_secs(240);

const APPLY: [&str; 4] = ["apply", "-no-color", "-input=false", "-auto-approve"];
const DESTROY: [&str; 4] = ["destroy", "-no-color", "-input=false", "-auto-approve"];

/// A cluster that a test may break; it knows Karpenter if `crds`.
fn own_cluster(name: &str, crds: bool) -> Arc<KubeApiServer> {
    let options = KubeOptions {
        controllers: false,
        ..KubeOptions::new(name)
    };
    let kube = KubeApiServer::start(&options).unwrap();
    if crds {
        kube.apply_crds(&karpenter_crds(Flavor::Aws).unwrap()).unwrap();
    }
    Arc::new(kube)
}

/// The attributes of `cluster` by which the project reaches it as the administrator.
fn way_to(kube: &KubeApiServer, ground: &Ground) -> String {
    let token = ground.project.write("token", kube.admin_token()).unwrap();
    ground.project.write("ca.crt", kube.ca_pem()).unwrap();
    format!(
        "host = \"{}\", token_file = \"{}\", cluster_ca_certificate = file(\"ca.crt\")",
        kube.url(),
        token.display()
    )
}

/// A node class, `more` of its attributes, and a device plugin in the namespace of that name.
fn class_and_plugin(name: &str, cluster: &str, more: &str) -> String {
    format!("{}{}", class(name, cluster, more), plugin(name, cluster))
}

/// A node class in a cluster, under a provider block.
fn class(name: &str, cluster: &str, more: &str) -> String {
    format!(
        r#"
provider "mig" {{}}

resource "mig_karpenter_nodeclass" "this" {{
  name    = "{name}"
  cluster = {{ {cluster} }}
  layout  = {{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}
  role    = "KarpenterNodeRole-prod"

  ami_selector_terms            = [{{ alias = "al2023@v20261003" }}]
  subnet_selector_terms         = [{{ id = "subnet-0123456789abcdef0" }}]
  security_group_selector_terms = [{{ id = "sg-0123456789abcdef0" }}]
  {more}
}}
"#
    )
}

fn plugin(name: &str, cluster: &str) -> String {
    format!(
        r#"
resource "mig_device_plugin" "this" {{
  namespace = "{name}"
  cluster   = {{ {cluster} }}
  layouts   = [{{ instance_types = ["p5.48xlarge"], slices = {{ "1g.10gb" = 7 }} }}]
}}
"#
    )
}

const CLASS: &str = "mig_karpenter_nodeclass.this";
const PLUGIN: &str = "mig_device_plugin.this";
