//! `data.mig_layout`, `data.mig_profiles` and the functions.

use counterparts::Project;
use serde_json::{Value, json};

use crate::support::{Ground, HEAD, assert_says, with_a_cli};

const LAYOUTS: &str = r#"
data "mig_layout" "small" {
  instance_types = ["p5.48xlarge"]
  slices         = { "1g.10gb" = 7 }
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
data "mig_layout" "again" {
  instance_types = data.mig_layout.small.layout.instance_types
  slices         = data.mig_layout.small.layout.slices
}
"#;

#[test]
fn a_layout_tells_what_follows_from_it() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "layouts", |_| LAYOUTS.to_owned());
        ground.settle();
        let layout = |name: &str| ground.resource(&format!("data.mig_layout.{name}"));
        assert_small(&layout("small"));
        let groups = &layout("groups")["nodes"]["p5.48xlarge"];
        assert_eq!(
            groups["resources"],
            json!({ "nvidia.com/gpu": 4, "nvidia.com/mig-3g.40gb": 8 })
        );
        assert_eq!(groups["whole_gpus"], json!(4));
        let shared = &layout("shared")["nodes"]["g5.xlarge"];
        assert_eq!(shared["slices"], json!({}));
        assert!(shared["resources"].to_string().contains(":4"), "{shared}");
        assert_eq!(layout("again")["id"], layout("small")["id"]);
    });
}

fn assert_small(small: &Value) {
    let node = &small["nodes"]["p5.48xlarge"];
    assert_eq!(node["resources"], json!({ "nvidia.com/mig-1g.10gb": 56 }));
    assert_eq!(node["slices"], json!({ "1g.10gb": 56 }));
    assert_eq!(node["gpus"].as_array().unwrap().len(), 1, "all are cut alike");
    let gpus = &node["gpus"][0];
    assert_eq!(gpus["devices"], json!([0, 1, 2, 3, 4, 5, 6, 7]));
    assert_eq!(gpus["placements"].as_array().unwrap().len(), 7);
    assert_eq!(gpus["placements"][6]["gpu_instance_profile_id"], json!(19));
    assert_eq!(gpus["placements"][6]["start"], json!(6));
    assert_eq!([&node["gpu_count"], &node["whole_gpus"]], [&json!(8), &json!(0)]);
    assert_eq!(
        [&node["stranded_compute_slices"], &node["stranded_memory_slices"]],
        [&json!(0), &json!(8)]
    );
    assert_eq!(small["node_labels"]["mig.eks/layout"], small["id"]);
    assert_says(small["picture"].as_str().unwrap(), &["1g.10gb"]);
    assert_says(
        small["picture_svg"].as_str().unwrap(),
        &["<svg xmlns=", ">1g.10gb</text>", "</svg>"],
    );
    assert_eq!(
        small["bottlerocket_settings"],
        Value::Null,
        "the strategy is mixed"
    );
    assert_says(
        small["mig_parted_config"].as_str().unwrap(),
        &["mig-configs", "1g.10gb"],
    );
}

#[test]
fn layouts_of_values_unknown_at_plan_are_read_at_apply() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "unknown-data", |_| {
            "resource \"terraform_data\" \"count\" {\n  input = 7\n}\ndata \"mig_layout\" \"late\" {\n  instance_types = [\"p5.48xlarge\"]\n  slices = { \"1g.10gb\" = terraform_data.count.output }\n}\noutput \"id\" {\n  value = data.mig_layout.late.id\n}\n".to_owned()
        });
        assert_eq!(ground.plan().actions("data.mig_layout.late"), ["read"]);
        ground.settle();
        assert!(ground.project.output("id").unwrap().is_string());
    });
}

#[test]
fn profiles_are_those_of_the_gpu() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "profiles", |_| {
            "data \"mig_profiles\" \"all\" {}\ndata \"mig_profiles\" \"h100\" {\n  instance_type = \"p5.48xlarge\"\n}\ndata \"mig_profiles\" \"same\" {\n  gpu = \"h100-80gb\"\n}\n".to_owned()
        });
        ground.settle();
        let profiles = |name: &str| ground.resource(&format!("data.mig_profiles.{name}"))["profiles"].clone();
        let h100 = profiles("h100");
        assert_eq!(h100, profiles("same"));
        assert!(profiles("all").as_array().unwrap().len() > h100.as_array().unwrap().len());
        let smallest = &h100[0];
        assert_eq!(
            [
                &smallest["profile"],
                &smallest["generic"],
                &smallest["resource_name"]
            ],
            [&json!("1g.10gb"), &json!("1g"), &json!("nvidia.com/mig-1g.10gb")]
        );
    });
}

const FUNCTIONS: &str = r#"
output "plain" { value = provider::mig::resource_name("1g.10gb") }
output "media" { value = provider::mig::resource_name("1g.10gb+me") }
output "h100"  { value = provider::mig::profile("p5.48xlarge", "1g") }
output "h200"  { value = provider::mig::profile("p5e.48xlarge", "1g") }
output "by_gpu" { value = provider::mig::profile("h100-80gb", "3g.40gb") }
"#;

#[test]
fn functions_need_no_provider_block() {
    with_a_cli(|cli| {
        let project = Project::new(cli, &[crate::support::provider()]).unwrap();
        project.write("main.tf", &format!("{HEAD}{FUNCTIONS}")).unwrap();
        project.init().unwrap();
        project.apply(&[]).unwrap();
        let expected = [
            ("plain", "nvidia.com/mig-1g.10gb"),
            ("media", "nvidia.com/mig-1g.10gb.me"),
            ("h100", "1g.10gb"),
            ("h200", "1g.18gb"),
            ("by_gpu", "3g.40gb"),
        ];
        for (name, value) in expected {
            assert_eq!(project.output(name).unwrap(), value, "{name}");
        }
    });
}

#[test]
fn functions_name_the_argument_that_is_wrong() {
    let wrong = [
        ("resource_name(\"small\")", ["profile", "small"]),
        ("profile(\"p9.huge\", \"1g\")", ["on", "p9.huge"]),
        ("profile(\"g5.xlarge\", \"1g\")", ["on", "MIG"]),
        ("profile(\"p5.48xlarge\", \"9g\")", ["profile", "9g"]),
    ];
    with_a_cli(|cli| {
        let project = Project::new(cli, &[crate::support::provider()]).unwrap();
        project.write("main.tf", HEAD).unwrap();
        project.init().unwrap();
        for (call, words) in wrong {
            let output = format!("{HEAD}output \"x\" {{\n  value = provider::mig::{call}\n}}\n");
            project.write("main.tf", &output).unwrap();
            let refused = project.try_plan(&[]).unwrap();
            assert_eq!(refused.code, 1, "{call}");
            assert_says(&refused.words(), &words);
        }
    });
}

const ADVICE: &str = r#"
data "mig_layout" "served" {
  instance_types = ["p5.4xlarge"]
  slices         = { "1g" = 2, "3g" = 1 }
  ami_alias      = "al2023@v20261003"
  model          = { parameters_b = 8, bytes_per_parameter = 2, context = 8192, batch = 4, cache_bytes_per_token = 131072 }
}
output "fit"    { value = data.mig_layout.served.nodes["p5.4xlarge"].model_fit }
output "memory" { value = data.mig_layout.served.model_memory }
"#;

#[test]
fn a_layout_says_which_slices_hold_a_model() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "advice", |_| ADVICE.to_owned());
        let planned = ground.project.try_plan(&[]).unwrap();
        assert!(!planned.stdout.contains("Warning"), "{}", planned.stdout);
        ground.settle();
        let fit = ground.project.output("fit").unwrap();
        assert_eq!(fit["slices"], json!({ "1g.10gb": false, "3g.40gb": true }));
        assert_eq!(fit["least_profile"], "3g.40gb");
        let memory = ground.project.output("memory").unwrap();
        assert_eq!(
            memory,
            json!({ "weights_gib": 14.9, "cache_gib": 4, "total_gib": 18.9 })
        );
    });
}

#[test]
fn images_and_models_that_do_not_suit_are_told() {
    with_a_cli(|cli| {
        let told = ADVICE
            .replace("al2023@v20261003", "al2023@v20251007")
            .replace("p5.4xlarge", "p6-b300.48xlarge")
            .replace("parameters_b = 8", "parameters_b = 700");
        let ground = Ground::with(cli, "advice-warnings", |_| told.clone());
        let text = ground.project.try_plan(&[]).unwrap().words();
        let warnings = [
            "The driver of al2023@v20251007 is too old for p6-b300.48xlarge",
            "Pin al2023@v20260917 or later",
            "No slice of p6-b300.48xlarge holds the model",
        ];
        assert_says(&text, &warnings);
        let wrong = ADVICE
            .replace("al2023@v20261003", "ubuntu@latest")
            .replace("context = 8192", "context = 0");
        ground.write(&wrong);
        let text = ground.refused_plan();
        assert_says(
            &text,
            &["ubuntu@latest", "names no EKS image", "context cannot be 0"],
        );
    });
}

const TYPES: &str = r#"
data "mig_instance_types" "all" {}
data "mig_instance_types" "h100" {
  mig = "yes"
  gpu = "h100-80gb"
}
data "mig_instance_types" "none" {
  mig = "no"
}
output "count" { value = length(data.mig_instance_types.all.instance_types) }
output "h100"  { value = data.mig_instance_types.h100.instance_types }
output "none"  { value = data.mig_instance_types.none.instance_types[*].name }
"#;

#[test]
fn instance_types_say_what_can_be_done_with_them() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "instance-types", |_| TYPES.to_owned());
        ground.settle();
        assert_eq!(ground.project.output("count").unwrap(), 67);
        let h100 = ground.project.output("h100").unwrap();
        let names: Vec<&str> = h100
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|t| t["name"].as_str())
            .collect();
        assert_eq!(names, ["p5.48xlarge", "p5.4xlarge"]);
        assert_eq!(h100[0]["profiles"][0], "1g.10gb");
        assert_eq!(
            [&h100[0]["gpu_count"], &h100[0]["karpenter_gpu_name"]],
            [&json!(8), &json!("h100")]
        );
        let none = ground.project.output("none").unwrap();
        assert!(none.as_array().unwrap().contains(&json!("g6.xlarge")), "{none}");
        assert_eq!(h100[0]["zones"], json!(null));
        assert_eq!(ground.proxy.calls().len(), 0, "offline");
    });
}

#[test]
fn instance_types_have_zones_where_a_region_is_named() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "zones", |_| {
            "data \"mig_instance_types\" \"all\" {\n  region = \"us-east-1\"\n}\noutput \"zones\" {\n  value = { for t in data.mig_instance_types.all.instance_types : t.name => t.zones }\n}\n"
                .to_owned()
        });
        ground.settle();
        let zones = ground.project.output("zones").unwrap();
        assert!(
            zones["p4d.24xlarge"]
                .as_array()
                .unwrap()
                .iter()
                .all(|zone| zone.as_str().unwrap().starts_with("us-east-1"))
        );
        assert!(!zones["p4d.24xlarge"].as_array().unwrap().is_empty(), "{zones}");
        let refused = counterparts::Fault::ec2_error(403, "UnauthorizedOperation", "not authorized");
        ground.proxy.add(counterparts::Rule::action(
            "DescribeInstanceTypeOfferings",
            refused,
        ));
        assert_says(
            &ground.refused_plan(),
            &[
                "EC2 does not say where the types are offered",
                "UnauthorizedOperation",
            ],
        );
    });
}

#[test]
fn instance_types_have_the_quotas_of_the_account() {
    with_a_cli(|cli| {
        let types = |arguments: &str| {
            format!(
                "data \"mig_instance_types\" \"all\" {{\n{arguments}\n}}\noutput \"quotas\" {{\n  value = {{ for t in \
                 data.mig_instance_types.all.instance_types : t.name => [t.quota_on_demand_vcpu, t.quota_spot_vcpu] }}\n}}\n"
            )
        };
        let asked = types("  region = \"us-east-1\"\n  quotas = true");
        let ground = Ground::with(cli, "quotas", |_| asked.clone());
        ground.settle();
        let quotas = ground.project.output("quotas").unwrap();
        assert_eq!(quotas["p4d.24xlarge"], json!([384, 96]));
        assert_eq!(
            quotas["p5.48xlarge"],
            json!([384, 0]),
            "a default where nothing was granted"
        );
        assert_eq!(quotas["p6-b200.48xlarge"], json!([384, null]), "AWS names none");
        assert_eq!(quotas["g6.xlarge"], json!([128, 0]));
        ground.write(&types("  region = \"us-east-1\""));
        ground.apply();
        assert_eq!(
            ground.project.output("quotas").unwrap()["p4d.24xlarge"],
            json!([null, null])
        );
        ground.write(&types("  quotas = true"));
        assert_says(&ground.refused_plan(), &["quotas is given without region"]);
        let refused = counterparts::Fault::json_error(403, "AccessDeniedException", "not authorized");
        ground
            .proxy
            .add(counterparts::Rule::action("GetServiceQuota", refused));
        ground.write(&asked);
        assert_says(
            &ground.refused_plan(),
            &[
                "Service Quotas does not say",
                "servicequotas:GetServiceQuota",
                "AccessDeniedException",
            ],
        );
    });
}
