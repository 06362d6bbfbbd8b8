//! Functions of a layout: what they take, and that they give what resources and `data.mig_layout` give.

use counterparts::Project;
use serde_json::{Value, json};

use crate::support::{Ground, HEAD, assert_says, with_a_cli};

/// Layouts of every kind: left-out attributes, generic profiles, groups, sharing, `single`.
const LAYOUTS: &str = r#"
locals {
  layouts = {
    small   = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }
    several = { instance_types = ["p4d.24xlarge", "p5.48xlarge"], slices = { "3g" = "2" } }
    groups = { instance_types = ["p5.48xlarge"], gpus = [
      { devices = [0, 1, 2, 3], slices = { "3g" = 2 } },
      { devices = [4, 5, 6, 7], slices = {} },
    ] }
    shared = { instance_types = ["g5.xlarge"], sharing = { strategy = "time-slicing", replicas = 4 } }
    single = { instance_types = toset(["p5.48xlarge"]), slices = { "1g" = 7 }, strategy = "single" }
  }
}
data "mig_layout" "small" {
  instance_types = ["p5.48xlarge"]
  slices         = { "1g.10gb" = 7 }
}
data "mig_layout" "several" {
  instance_types = ["p4d.24xlarge", "p5.48xlarge"]
  slices         = { "3g" = 2 }
}
data "mig_layout" "groups" {
  instance_types = ["p5.48xlarge"]
  gpus = [
    { devices = [0, 1, 2, 3], slices = { "3g" = 2 } },
    { devices = [4, 5, 6, 7], slices = {} },
  ]
}
data "mig_layout" "shared" {
  instance_types = ["g5.xlarge"]
  sharing        = { strategy = "time-slicing", replicas = 4 }
}
data "mig_layout" "single" {
  instance_types = ["p5.48xlarge"]
  slices         = { "1g" = 7 }
  strategy       = "single"
}
"#;

const NAMES: [&str; 5] = ["small", "several", "groups", "shared", "single"];

/// All functions of one layout, as it was written and as its data source hands it on; and a template of it.
fn all_of(name: &str, template: &str) -> String {
    let call = |function: &str| {
        format!(
            "output \"{name}_{function}\" {{\n  value = [provider::mig::{function}(local.layouts.{name}), \
             provider::mig::{function}(data.mig_layout.{name}.layout)]\n}}\n"
        )
    };
    let functions = [
        "user_data",
        "slices_per_node",
        "node_labels",
        "node_taints",
        "node_template_tags",
    ];
    format!(
        "resource \"mig_launch_template\" \"{name}\" {{\n  name   = \"{template}-{name}\"\n  layout = \
         data.mig_layout.{name}.layout\n}}\n{}",
        functions.map(call).concat()
    )
}

#[test]
fn functions_give_what_resources_and_data_sources_give() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "same", |template| {
            format!("{LAYOUTS}{}", NAMES.map(|name| all_of(name, template)).concat())
        });
        ground.settle();
        for name in NAMES {
            let data = ground.resource(&format!("data.mig_layout.{name}"));
            let template = ground.resource(&format!("mig_launch_template.{name}"));
            let of_nodes = |attribute: &str| {
                let nodes = data["nodes"].as_object().unwrap().iter();
                nodes
                    .map(|(name, node)| (name.clone(), node[attribute].clone()))
                    .collect::<Value>()
            };
            let expected = [
                ("user_data", template["user_data"].clone()),
                ("slices_per_node", of_nodes("resources")),
                ("node_labels", data["node_labels"].clone()),
                ("node_taints", data["node_taints"].clone()),
                ("node_template_tags", of_nodes("node_template_tags")),
            ];
            for (function, expected) in expected {
                let found = ground.project.output(&format!("{name}_{function}")).unwrap();
                assert!(
                    !expected.is_null() && found == json!([expected, expected]),
                    "{name}: {function}"
                );
            }
        }
    });
}

const OPTIONS: &str = r##"
  on_failure        = "terminate"
  partition_timeout = "8m"
  node_config = {
    cluster_name          = "prod"
    api_server_endpoint   = "https://example.com"
    certificate_authority = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="
    service_cidr          = "10.100.0.0/16"
  }
  extra_user_data = { before = [{ content_type = "text/x-shellscript", content = "#!/bin/sh\necho hello\n" }] }
"##;

#[test]
fn options_of_user_data_are_those_of_the_template() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "options", |name| {
            format!(
                "locals {{\n  layout = {{ instance_types = [\"p5.48xlarge\"], slices = {{ \"1g.10gb\" = 7 }} }}\n}}\n\
                 resource \"mig_launch_template\" \"this\" {{\n  name   = \"{name}\"\n  layout = local.layout\n{OPTIONS}\n}}\n\
                 output \"custom\" {{\n  value = provider::mig::user_data(local.layout, {{ target = \"custom\"\n{OPTIONS} }})\n}}\n\
                 output \"karpenter\" {{\n  value = provider::mig::user_data(local.layout, {{ target = \"karpenter\" }})\n}}\n\
                 output \"same_version\" {{\n  value = provider::mig::user_data(local.layout, {{ target = \"custom\", \
                 render_version = mig_launch_template.this.render_version\n{OPTIONS} }})\n}}\n"
            )
        });
        ground.settle();
        let user_data = &ground.this()["user_data"];
        assert_eq!(ground.project.output("custom").unwrap(), *user_data);
        assert_eq!(ground.project.output("same_version").unwrap(), *user_data);
        let karpenter = ground.project.output("karpenter").unwrap();
        let karpenter = karpenter.as_str().unwrap();
        assert!(
            !karpenter.contains("apiServerEndpoint"),
            "Karpenter itself names the cluster: {karpenter}"
        );
    });
}

/// A module's variable: typed, so that what its caller left out is null.
#[test]
fn layouts_of_variables_and_of_values_unknown_at_plan() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "variable", |_| {
            "variable \"layout\" {\n  type = object({\n    instance_types = list(string)\n    slices = optional(map(number))\n    \
             gpus = optional(list(object({ devices = list(number), slices = map(number) })))\n    strategy = optional(string)\n  })\n  \
             default = { instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = 7 } }\n}\n\
             resource \"terraform_data\" \"count\" {\n  input = 7\n}\n\
             output \"variable\" {\n  value = provider::mig::node_labels(var.layout)\n}\n\
             output \"late\" {\n  value = provider::mig::node_labels({ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = \
             terraform_data.count.output } })\n}\n"
                .to_owned()
        });
        ground.settle();
        let output = |name: &str| ground.project.output(name).unwrap();
        assert_eq!(output("variable"), output("late"));
        assert!(output("late")["mig.eks/layout"].is_string());
    });
}

const BOTTLEROCKET: &str = r#"
locals {
  layout = { instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 }, strategy = "single" }
}
data "mig_layout" "this" {
  instance_types = local.layout.instance_types
  slices         = local.layout.slices
  strategy       = local.layout.strategy
}
data "mig_layout" "mixed" {
  instance_types = local.layout.instance_types
  slices         = local.layout.slices
}
output "settings" { value = provider::mig::bottlerocket_settings(local.layout) }
"#;

#[test]
fn bottlerocket_settings_are_one_text_everywhere() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "settings", |name| {
            format!(
                "{BOTTLEROCKET}resource \"mig_launch_template\" \"this\" {{\n  name       = \"{name}\"\n  layout     = \
                 local.layout\n  ami_family = \"Bottlerocket\"\n}}\n"
            )
        });
        ground.settle();
        let settings = ground.project.output("settings").unwrap();
        assert_says(settings.as_str().unwrap(), &["\"h100.80gb\" = \"1g.10gb\""]);
        assert_eq!(ground.this()["user_data"], settings);
        assert_eq!(
            ground.resource("data.mig_layout.this")["bottlerocket_settings"],
            settings
        );
        assert_eq!(
            ground.resource("data.mig_layout.mixed")["bottlerocket_settings"],
            Value::Null
        );
    });
}

/// Each call with the words of its error.
const WRONG: [(&str, &[&str]); 11] = [
    (
        "user_data({ instance_types = [\"p5.48xlarge\"], slices = { \"3g.40gb\" = 3 } })",
        &[
            "\"layout\" parameter",
            "layout.slices[\"3g.40gb\"]: 3 x 3g.40gb does not fit",
            "leaves 2 x 3g.40gb",
        ],
    ),
    (
        "slices_per_node({ instance_type = [\"p5.48xlarge\"], slices = {} })",
        &[
            "\"layout\" parameter",
            "layout.instance_type: There is no attribute",
            "did you mean instance_types?",
        ],
    ),
    (
        "node_labels({ slices = { \"1g\" = 7 } })",
        &["layout.instance_types: instance_types is required"],
    ),
    (
        "node_taints(\"p5.48xlarge\")",
        &["layout: Invalid value of layout: Found a string"],
    ),
    ("node_labels(null)", &["layout", "null"]),
    (
        "node_template_tags({ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = \"many\" } })",
        &["layout.slices[\"1g\"]: ", "Found a string"],
    ),
    (
        "bottlerocket_settings({ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = 7 } })",
        &["layout.strategy: Bottlerocket cannot serve the mixed strategy"],
    ),
    (
        "user_data({ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = 7 } }, { target = \"karpenter\", on_failure = \"join_tainted\" })",
        &[
            "\"options\" parameter",
            "options.on_failure: Karpenter accepts no join_tainted",
            "node after node",
        ],
    ),
    (
        "user_data({ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = 7 } }, { target = \"custom\" })",
        &["options.node_config: ", "needs node_config"],
    ),
    (
        "user_data({ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = 7 } }, { node_config = { cluster_name = \"prod\" } })",
        &["options.node_config.service_cidr: service_cidr is required"],
    ),
    (
        "user_data({ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = 7 } }, {}, {})",
        &["options is one object"],
    ),
];

#[test]
fn what_is_wrong_is_told_with_its_place() {
    with_a_cli(|cli| {
        let project = Project::new(cli, &[crate::support::provider()]).unwrap();
        project.write("main.tf", HEAD).unwrap();
        project.init().unwrap();
        for (call, words) in WRONG {
            let output = format!("{HEAD}output \"x\" {{\n  value = provider::mig::{call}\n}}\n");
            project.write("main.tf", &output).unwrap();
            let refused = project.try_plan(&[]).unwrap();
            assert_eq!(refused.code, 1, "{call}");
            assert_says(&refused.words(), words);
        }
    });
}
