//! The programs in the package's documentation, once for all languages. What they say is what `examples/` says in Terraform's
//! language.

use std::collections::BTreeMap;

use pulumiplug::schema::{Example, Expression, Step};

type Inputs = Vec<(String, Expression)>;

/// The programs by the declared name of what they show.
pub(super) fn all() -> BTreeMap<String, Vec<Example>> {
    let resources = [
        ("mig_slice_pool", slice_pool()),
        ("mig_launch_template", launch_template()),
        ("mig_node_group", node_group()),
        ("mig_autoscaling_group_tags", autoscaling_group_tags()),
        ("mig_device_plugin", device_plugin()),
        ("mig_karpenter_nodeclass", nodeclass()),
        ("mig_karpenter_nodepool", nodepool()),
        ("mig_karpenter_nodeoverlay", nodeoverlay()),
    ];
    let data_sources = [
        ("mig_layout", layout_data()),
        ("mig_ami", ami()),
        ("mig_profiles", profiles()),
        ("mig_instance_types", instance_types()),
        ("mig_node_status", node_status()),
        ("mig_manifests", manifests()),
    ];
    let functions = of_layout().into_iter().chain([
        ("profile", profile()),
        ("resource_name", resource_name()),
        ("preference", preference()),
        ("user_data", user_data()),
    ]);
    let all = resources.into_iter().chain(data_sources).chain(functions);
    all.map(|(name, example)| (name.to_owned(), vec![example]))
        .collect()
}

fn slice_pool() -> Example {
    let discovery = || object([("karpenter.sh/discovery", "prod".into())]);
    let pool = resource(
        "slices",
        "mig_slice_pool",
        [
            ("kind", "karpenter".into()),
            ("cluster", prod()),
            ("layout", layout()),
            ("node_role", "KarpenterNodeRole-prod".into()),
            ("ami_alias", "al2023@v20261003".into()),
            ("subnet_tags", discovery()),
            ("security_group_tags", discovery()),
        ],
    );
    let names = output("resource_names", "slices", &["resource_names"]);
    example("Slices by Karpenter", "", [pool, names])
}

fn example<const N: usize>(title: &str, text: &str, steps: [Step; N]) -> Example {
    Example {
        title: title.to_owned(),
        text: text.to_owned(),
        steps: steps.into(),
    }
}

fn resource<const N: usize>(name: &str, type_name: &str, inputs: [(&str, Expression); N]) -> Step {
    Step::Resource {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        inputs: named(inputs),
    }
}

fn read<const N: usize>(name: &str, type_name: &str, inputs: [(&str, Expression); N]) -> Step {
    Step::Read {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        inputs: named(inputs),
    }
}

fn call<const N: usize>(name: &str, function: &str, arguments: [(&str, Expression); N]) -> Step {
    Step::Call {
        name: name.to_owned(),
        function: function.to_owned(),
        arguments: named(arguments),
    }
}

fn named<const N: usize>(pairs: [(&str, Expression); N]) -> Inputs {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// An output of what a step has made, or of an attribute of it.
fn output(name: &str, step: &str, path: &[&str]) -> Step {
    Step::Output {
        name: name.to_owned(),
        value: Expression::Of {
            step: step.to_owned(),
            path: path.iter().map(|&part| part.to_owned()).collect(),
        },
    }
}

fn object<const N: usize>(pairs: [(&str, Expression); N]) -> Expression {
    Expression::object(pairs)
}

fn list<const N: usize>(elements: [Expression; N]) -> Expression {
    Expression::List(elements.into())
}

/// Seven slices of 10 GB on every GPU of a p5.48xlarge.
fn layout() -> Expression {
    object([
        ("instance_types", ["p5.48xlarge"].into()),
        ("slices", object([("1g.10gb", 7.into())])),
    ])
}

fn prod() -> Expression {
    object([("name", "prod".into())])
}

/// Selects what is tagged for Karpenter.
fn discovered() -> Expression {
    list([object([(
        "tags",
        object([("karpenter.sh/discovery", "prod".into())]),
    )])])
}

fn launch_template() -> Example {
    let disk = object([
        ("volume_size", 200.into()),
        ("volume_type", "gp3".into()),
        ("encrypted", true.into()),
    ]);
    let disks = list([object([("device_name", "/dev/xvda".into()), ("ebs", disk)])]);
    let template = resource(
        "small",
        "mig_launch_template",
        [
            ("name", "mig-small".into()),
            ("layout", layout()),
            ("block_device_mappings", disks),
        ],
    );
    let version = output("version", "small", &["latest_version"]);
    example(
        "Seven slices of every GPU",
        "A node group takes the template by its ID and latest version.",
        [template, version],
    )
}

fn node_group() -> Example {
    let template = resource(
        "template",
        "mig_launch_template",
        [("name", "mig-slices".into()), ("layout", layout())],
    );
    let of_template = |attribute: &'static str| (attribute, Expression::of("template", attribute));
    let by = object([of_template("id"), of_template("latest_version")]);
    let group = resource(
        "slices",
        "mig_node_group",
        [
            ("cluster_name", "prod".into()),
            ("node_group_name", "mig-slices".into()),
            (
                "node_role_arn",
                "arn:aws:iam::123456789012:role/prod-nodes".into(),
            ),
            ("subnet_ids", ["subnet-0123456789abcdef0"].into()),
            ("launch_template", by),
            ("layout", layout()),
            (
                "scaling_config",
                object([("min_size", 0.into()), ("max_size", 4.into())]),
            ),
        ],
    );
    example(
        "Nodes from none",
        "The Cluster Autoscaler knows what a node will have by the tags that the group gets.",
        [template, group],
    )
}

fn autoscaling_group_tags() -> Example {
    let tags = resource(
        "slices",
        "mig_autoscaling_group_tags",
        [
            ("autoscaling_group_name", "slices".into()),
            ("cluster_name", "prod".into()),
            ("ephemeral_storage", "200Gi".into()),
            ("layout", layout()),
        ],
    );
    let text = "What makes the group has to leave its tags alone: `ignoreChanges` for them.";
    example("A self-managed group", text, [tags])
}

fn device_plugin() -> Example {
    let plugin = resource(
        "plugin",
        "mig_device_plugin",
        [("cluster", prod()), ("layouts", list([layout()]))],
    );
    let text = "The cluster is named, not connected to: its address comes from EKS, tokens from the AWS credentials in use.";
    example("For the layouts of a cluster", text, [plugin])
}

fn nodeclass() -> Example {
    let class = resource(
        "slices",
        "mig_karpenter_nodeclass",
        [
            ("name", "mig-small".into()),
            ("cluster", prod()),
            ("role", "KarpenterNodeRole-prod".into()),
            ("layout", layout()),
            (
                "ami_selector_terms",
                list([object([("alias", "al2023@v20261003".into())])]),
            ),
            ("subnet_selector_terms", discovered()),
            ("security_group_selector_terms", discovered()),
        ],
    );
    example("What a node boots", "", [class])
}

fn small() -> Expression {
    object([("name", "mig-small".into())])
}

fn nodepool() -> Example {
    let pool = resource(
        "slices",
        "mig_karpenter_nodepool",
        [
            ("nodeclass", small()),
            ("cluster", prod()),
            ("layout", layout()),
            ("slice_limits", object([("1g.10gb", 168.into())])),
        ],
    );
    example("At most three nodes of 56 slices", "", [pool])
}

fn nodeoverlay() -> Example {
    let overlay = resource(
        "slices",
        "mig_karpenter_nodeoverlay",
        [("nodepool", small()), ("cluster", prod()), ("layout", layout())],
    );
    example("Slices of nodes that do not exist yet", "", [overlay])
}

fn layout_data() -> Example {
    let large = read(
        "large",
        "mig_layout",
        [
            ("instance_types", ["p4d.24xlarge", "p5.48xlarge"].into()),
            ("slices", object([("3g", 2.into())])),
        ],
    );
    let text = "`3g` is `3g.20gb` on an A100 with 40 GB, `3g.40gb` on an H100.";
    example(
        "One layout for two GPU models",
        text,
        [large, output("picture", "large", &["picture"])],
    )
}

fn ami() -> Example {
    let image = read(
        "image",
        "mig_ami",
        [
            ("kubernetes_version", "1.35".into()),
            ("release", "v20261003".into()),
            ("layout", layout()),
        ],
    );
    let outputs = |attribute: &str| output(attribute, "image", &[attribute]);
    example(
        "The image of a release, and its driver",
        "",
        [image, outputs("image_id"), outputs("driver_version")],
    )
}

fn profiles() -> Example {
    let read = read("h100", "mig_profiles", [("instance_type", "p5.48xlarge".into())]);
    example(
        "What the GPUs of an instance type can be cut into",
        "",
        [read, output("profiles", "h100", &["profiles"])],
    )
}

fn instance_types() -> Example {
    let read = read("sliceable", "mig_instance_types", [("mig", "yes".into())]);
    example(
        "The instance types that can be cut",
        "",
        [read, output("instance_types", "sliceable", &["instance_types"])],
    )
}

fn node_status() -> Example {
    let read = read(
        "prod",
        "mig_node_status",
        [("cluster", prod()), ("layouts", list([layout()]))],
    );
    example(
        "What slices the nodes really have",
        "",
        [read, output("counts", "prod", &["counts"])],
    )
}

fn manifests() -> Example {
    let class = object([
        ("name", "mig-small".into()),
        ("role", "KarpenterNodeRole-prod".into()),
        ("layout", layout()),
        (
            "ami_selector_terms",
            list([object([("alias", "al2023@v20261003".into())])]),
        ),
        ("subnet_selector_terms", discovered()),
        ("security_group_selector_terms", discovered()),
    ]);
    let pool = object([
        ("nodeclass", class),
        ("nodepool", object([])),
        ("nodeoverlay", object([])),
    ]);
    let read = read(
        "slices",
        "mig_manifests",
        [
            ("render_version", 2.into()),
            ("pools", list([pool])),
            ("device_plugin", object([])),
        ],
    );
    example(
        "A file for Argo CD or Flux",
        "",
        [read, output("yaml", "slices", &["yaml"])],
    )
}

/// Functions of a layout and nothing else.
fn of_layout() -> [(&'static str, Example); 5] {
    [
        ("node_labels", "Labels of a node"),
        ("node_taints", "Taints of a node"),
        ("node_template_tags", "Tags for the Cluster Autoscaler"),
        ("slices_per_node", "What one node gives to pods"),
        ("bottlerocket_settings", "Seven slices of every GPU"),
    ]
    .map(|(function, title)| {
        let mut layout = layout();
        // Bottlerocket knows no other strategy.
        if let (Expression::Object(pairs), "bottlerocket_settings") = (&mut layout, function) {
            pairs.push(("strategy".to_owned(), "single".into()));
        }
        let steps = [
            call("made", function, [("layout", layout)]),
            output("all", "made", &[]),
        ];
        (function, example(title, "", steps))
    })
}

fn profile() -> Example {
    let smallest = call(
        "smallest",
        "profile",
        [("on", "p5.48xlarge".into()), ("profile", "1g".into())],
    );
    example(
        "The smallest slice of a GPU",
        "",
        [smallest, output("profile", "smallest", &[])],
    )
}

fn resource_name() -> Example {
    let resource = call("resource", "resource_name", [("profile", "1g.10gb".into())]);
    example(
        "The limit that a pod sets",
        "",
        [resource, output("limit", "resource", &[])],
    )
}

fn preference() -> Example {
    let whole = object([("instance_types", ["p5.48xlarge"].into()), ("slices", object([]))]);
    let mut sliced = layout();
    if let Expression::Object(pairs) = &mut sliced {
        pairs.push(("strategy".to_owned(), "single".into()));
    }
    let pools = call(
        "pools",
        "preference",
        [("name", "inference".into()), ("layouts", list([sliced, whole]))],
    );
    example(
        "The pool that is tried first, and the next",
        "",
        [pools, output("all", "pools", &[])],
    )
}

fn user_data() -> Example {
    let options = object([
        ("target", "karpenter".into()),
        ("partition_timeout", "8m".into()),
        ("render_version", 1.into()),
    ]);
    let text = call("text", "user_data", [("layout", layout()), ("options", options)]);
    example(
        "For a node class of Karpenter",
        "",
        [text, output("user_data", "text", &[])],
    )
}
