//! `mig_karpenter_nodeclass`, `mig_karpenter_nodepool` and `mig_karpenter_nodeoverlay` against a real API server with
//! Karpenter's own definitions.

mod dra;
mod drift;
mod extra;
mod faults;
mod fields;
mod generated;
mod imports;
mod lifecycle;
mod moved_in;
mod moves;
mod offline;
mod refusals;
mod wrong_input;
mod zones;

use counterparts::Cli;
pub(crate) use imports::everything;

use crate::support::Ground;
use crate::support::karpenter::know_karpenter;
use crate::support::kube::CLUSTER;

const CLASS: &str = "mig_karpenter_nodeclass.this";
const POOL: &str = "mig_karpenter_nodepool.this";
const OVERLAY: &str = "mig_karpenter_nodeoverlay.this";

const LAYOUT: &str = r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }"#;

/// What a test changes of the three resources.
pub(crate) struct Wish<'a> {
    pub(crate) cluster: &'a str,
    pub(crate) layout: &'a str,
    pub(crate) class: &'a str,
    pub(crate) pool: &'a str,
    pub(crate) overlay: &'a str,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Self {
            cluster: "name = \"prod\"",
            layout: LAYOUT,
            class: "",
            pool: "",
            // Nobody reads overlays here.
            overlay: "acceptance_timeout = \"0s\"",
        }
    }
}

/// All three, each following from the one before.
pub(crate) fn configuration(name: &str, wish: &Wish<'_>) -> String {
    assert_eq!(CLUSTER, "prod");
    let Wish {
        cluster,
        layout,
        class,
        pool,
        overlay,
    } = wish;
    format!(
        r#"
provider "mig" {{}}

resource "mig_karpenter_nodeclass" "this" {{
  name    = "{name}"
  cluster = {{ {cluster} }}
  layout  = {layout}
  role    = "KarpenterNodeRole-prod"

  ami_selector_terms            = [{{ alias = "al2023@v20261003" }}]
  subnet_selector_terms         = [{{ tags = {{ "karpenter.sh/discovery" = "prod" }} }}]
  security_group_selector_terms = [{{ tags = {{ "karpenter.sh/discovery" = "prod" }} }}]
  {class}
}}

resource "mig_karpenter_nodepool" "this" {{
  nodeclass = mig_karpenter_nodeclass.this
  {pool}
}}

resource "mig_karpenter_nodeoverlay" "this" {{
  nodepool = mig_karpenter_nodepool.this
  {overlay}
}}
"#
    )
}

/// An initialised project with all three, in a cluster that knows Karpenter.
fn ground(cli: &Cli, test: &str) -> Ground {
    know_karpenter();
    Ground::with(cli, test, |name| configuration(name, &Wish::default()))
}

/// The only overlay of a test's pool.
fn overlay_name(name: &str) -> String {
    format!("{name}-p5-48xlarge")
}
