//! `mig_device_plugin` against a real API server.

mod drift;
mod existing;
mod extra;
mod faults;
mod lifecycle;
mod meddlers;
pub(crate) mod neighbours;
mod offline;
mod refusals;
mod rollout;
mod secrets;
mod unknowns;
mod wrong_input;

use counterparts::Cli;
use serde_json::Value;

use crate::support::Ground;
use crate::support::kube::{CLUSTER, make_namespace};

/// The address of the resource that most tests are about.
const THIS: &str = "mig_device_plugin.this";

const MIXED: &str = r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }"#;
/// Another layout with the same plugin configuration as [`MIXED`].
const ALSO_MIXED: &str = r#"{ instance_types = ["p4d.24xlarge"], slices = { "1g.5gb" = 3, "3g.20gb" = 1 } }"#;
const SINGLE: &str =
    r#"{ instance_types = ["p4d.24xlarge"], slices = { "1g.5gb" = 7 }, strategy = "single" }"#;
const TIME_SLICED: &str =
    r#"{ instance_types = ["g5.xlarge"], sharing = { strategy = "time-slicing", replicas = 4 } }"#;
const MPS: &str = r#"{ instance_types = ["g6.xlarge"], sharing = { strategy = "mps", replicas = 4 } }"#;

/// The objects of a plugin for [`MIXED`].
const MIXED_OBJECTS: [&str; 3] = [
    "ConfigMap/mig-device-plugin",
    "DaemonSet/mig-device-plugin-mixed",
    "ServiceAccount/mig-device-plugin",
];

/// `this`, on the EKS cluster.
fn plugin(namespace: &str, layouts: &[&str], more: &str) -> String {
    plugin_on(&format!("name = \"{CLUSTER}\""), namespace, layouts, more)
}

/// `this`, on a cluster named in another way.
fn plugin_on(cluster: &str, namespace: &str, layouts: &[&str], more: &str) -> String {
    format!(
        "provider \"mig\" {{}}\n\nresource \"mig_device_plugin\" \"this\" {{\n  cluster = {{ {cluster} }}\n  namespace = \
         \"{namespace}\"\n  layouts = [{}]\n  {more}\n}}\n",
        layouts.join(", ")
    )
}

/// An initialised project with `this` for [`MIXED`] in a namespace of its own, which is there.
fn ground(cli: &Cli, test: &str) -> Ground {
    let ground = Ground::with(cli, test, |namespace| plugin(namespace, &[MIXED], ""));
    make_namespace(&ground.name);
    ground
}

/// The attributes of `this`.
fn this(ground: &Ground) -> Value {
    ground.resource(THIS)
}
