//! Functions of a layout alone.

use std::collections::BTreeMap;

use mig::boot::bottlerocket_settings;
use mig::{Catalog, Layout};
use tfplug::FunctionError;
use tfplug::schema::{FunctionSignature, Parameter};
use tfplug::ty::Type;
use tfplug::{Diagnostics, Function, Path, Value};

use super::failed::failed;
use crate::facts::Facts;
use crate::findings::report;
use crate::models::LayoutModel;
use crate::untyped_input;

/// The name of the parameter, by which errors call it.
pub(super) const LAYOUT: &str = "layout";

/// What every function of a layout should say of itself.
pub(super) const CATALOG_NOTE: &str = "A function uses the built-in catalog alone, without what the provider block adds, and cannot warn. \
     [`data.mig_layout`](../data-sources/layout.md) warns of facts that are not certain.";

/// A function of a layout alone.
pub struct LayoutFunction {
    name: &'static str,
    summary: &'static str,
    /// Markdown, before the note about the catalog.
    description: &'static str,
    returns: fn() -> Type,
    result: fn(&Layout, &mut Diagnostics) -> Value,
}

/// What a node of each instance type has.
pub const SLICES_PER_NODE: LayoutFunction = LayoutFunction {
    name: "slices_per_node",
    summary: "What pods can ask for on a node of a layout",
    description: "By instance type, what pods can ask for on a node of a layout, with counts; sharing is counted in: \
                  `{ \"p5.48xlarge\" = { \"nvidia.com/mig-1g.10gb\" = 56 } }`. It equals `nodes[...].resources` of `data.mig_layout`.",
    returns: || Type::map(Type::map(Type::Number)),
    result: |layout, _| {
        by_instance_type(layout, |node| {
            let resources = layout.resources(node).unwrap_or_default();
            let count = |count: u64| Value::from(i64::try_from(count).unwrap_or(i64::MAX));
            Value::object(resources.into_iter().map(|(name, n)| (name, count(n))))
        })
    },
};

/// The labels of nodes.
pub const NODE_LABELS: LayoutFunction = LayoutFunction {
    name: "node_labels",
    summary: "Labels of the nodes of a layout",
    description: "Labels that every node of a layout has, equal to `node_labels` of `data.mig_layout`: by `mig.eks/layout` a node \
                  says what it was cut into, by `mig.eks/device-plugin` the pods of `mig_device_plugin` find it. A \
                  `mig_launch_template` for Amazon Linux sets them itself. Nodes that boot Bottlerocket, which has a device plugin \
                  built in, must not carry `mig.eks/device-plugin`. The label `mig.eks/device-manager`, which nodes have from \
                  `render_version` 3 on, is not among them: see there.",
    returns: || Type::map(Type::String),
    result: |layout, _| strings(layout.labels()),
};

/// The taints of nodes.
pub const NODE_TAINTS: LayoutFunction = LayoutFunction {
    name: "node_taints",
    summary: "Taints of the nodes of a layout",
    description: "Taints that every node of a layout should have, as a list of objects with `key`, `value` and `effect`, equal to \
                  `node_taints` of `data.mig_layout`. Effects are in the words of Kubernetes and Karpenter (`NoSchedule`); \
                  `aws_eks_node_group` spells that one `NO_SCHEDULE`.",
    returns: || {
        Type::list(Type::object([
            ("key", Type::String),
            ("value", Type::String),
            ("effect", Type::String),
        ]))
    },
    result: |layout, _| {
        let taints = layout.taints().into_iter().map(|taint| {
            Value::object([
                ("key", taint.key.into()),
                ("value", taint.value.into()),
                ("effect", taint.effect.into()),
            ])
        });
        Value::List(taints.collect())
    },
};

/// The tags that the Cluster Autoscaler reads.
pub const NODE_TEMPLATE_TAGS: LayoutFunction = LayoutFunction {
    name: "node_template_tags",
    summary: "Cluster Autoscaler's tags of the node groups of a layout",
    description: "By instance type, the tags of an Auto Scaling group by which the Cluster Autoscaler knows what a node will have \
                  before there is one: `k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/mig-1g.10gb` = `56`, and likewise \
                  its labels and taints. They equal `nodes[...].node_template_tags` of `data.mig_layout`.",
    returns: || Type::map(Type::map(Type::String)),
    result: |layout, _| {
        by_instance_type(layout, |node| {
            strings(layout.node_template_tags(node).unwrap_or_default())
        })
    },
};

/// Bottlerocket's own settings.
pub const BOTTLEROCKET_SETTINGS: LayoutFunction = LayoutFunction {
    name: "bottlerocket_settings",
    summary: "Bottlerocket's settings for a layout",
    description: "The settings, as TOML, by which Bottlerocket (1.34 or later) cuts and shares the GPUs of a node as a layout says; \
                  the same text as the user data of a `mig_launch_template` with `ami_family = \"Bottlerocket\"`. Karpenter and managed node \
                  groups keep them beside settings of their own. Bottlerocket cuts all GPUs of a model evenly into one profile and \
                  serves them with `strategy = \"single\"`; a layout that it cannot express is an error.",
    returns: || Type::String,
    result: |layout, diags| match bottlerocket_settings(layout, Catalog::builtin()) {
        Ok(settings) => settings.into(),
        Err(faults) => {
            report(&faults, &Path::root(), diags);
            Value::Null
        }
    },
};

impl Function for LayoutFunction {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> FunctionSignature {
        FunctionSignature::new(self.summary, [parameter()], (self.returns)())
            .with_description(format!("{}\n\n{CATALOG_NOTE}", self.description))
            // Numbers of a layout count things.
            .with_whole_numbers()
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let mut diags = Diagnostics::new();
        let Some(layout) = layout(arguments)? else {
            return Ok(Value::unknown());
        };
        let result = (self.result)(&layout, &mut diags);
        if diags.has_errors() {
            return Err(failed(0, &diags));
        }
        Ok(result)
    }
}

impl std::fmt::Debug for LayoutFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LayoutFunction")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The parameter that takes a layout.
pub(super) fn parameter() -> Parameter {
    Parameter::new(
        LAYOUT,
        Type::Dynamic,
        "A layout, as any resource accepts it: an object of `instance_types` and, where needed, `slices`, `gpus`, `strategy`, `sharing`. \
         Leave out what you do not use, or hand on `layout` of [`data.mig_layout`](../data-sources/layout.md), whose page says what \
         each attribute means.",
    )
}

/// The layout of the first argument; `None` while a part of it is unknown.
pub(super) fn layout(arguments: &[Value]) -> Result<Option<Layout>, FunctionError> {
    let mut diags = Diagnostics::new();
    let argument = arguments.first().unwrap_or(&Value::Null);
    let layout = untyped_input::decode::<LayoutModel>(argument, &Path::attr(LAYOUT), &mut diags)
        .and_then(|model| model.resolve(&Facts::default(), &Path::attr(LAYOUT), &mut diags));
    if diags.has_errors() {
        return Err(failed(0, &diags));
    }
    Ok(layout.ok())
}

fn by_instance_type(layout: &Layout, of: impl Fn(&str) -> Value) -> Value {
    let nodes = layout.nodes().map(|node| node.instance_type());
    Value::object(nodes.map(|name| (name, of(name))))
}

fn strings(map: BTreeMap<String, String>) -> Value {
    Value::object(map.into_iter().map(|(key, value)| (key, value.into())))
}
