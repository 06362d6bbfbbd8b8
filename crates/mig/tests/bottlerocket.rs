//! Bottlerocket's settings: what they can express, and what is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use mig::boot::bottlerocket_settings;
use mig::{Catalog, Layout, LayoutSpec};
use serde_json::{Value, json};

fn settings(spec: Value) -> Result<String, String> {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    let layout = Layout::resolve(&spec, Catalog::builtin()).unwrap();
    bottlerocket_settings(&layout, Catalog::builtin()).map_err(|faults| {
        faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    })
}

#[test]
fn an_even_cut_per_model() {
    let text = settings(json!({
        "instance_types": ["p5.48xlarge", "p4d.24xlarge", "p5.4xlarge"], "slices": {"1g": 7}, "strategy": "single",
    }));
    let expected = "\
[settings.kubelet-device-plugins.nvidia]
device-partitioning-strategy = \"mig\"

[settings.kubelet-device-plugins.nvidia.mig.profile]
\"a100.40gb\" = \"1g.5gb\"
\"h100.80gb\" = \"1g.10gb\"
";
    assert_eq!(text.as_deref(), Ok(expected));
}

#[test]
fn sharing_whole_gpus() {
    let text = settings(json!({
        "instance_types": ["g5.xlarge"], "sharing": {"strategy": "time-slicing", "replicas": 4},
    }))
    .unwrap();
    assert!(text.starts_with(
        "[settings.kubelet-device-plugins.nvidia]\ndevice-sharing-strategy = \"time-slicing\"\n"
    ));
    assert!(text.ends_with("replicas = 4\n") && !text.contains("mig"));
}

#[test]
fn what_it_cannot_express_is_refused() {
    let refused = |spec: Value, text: &str| {
        let error = settings(spec).expect_err("a refusal");
        assert!(error.contains(text), "{text:?} is not in {error:?}");
    };
    let p5 = ["p5.48xlarge"];
    refused(
        json!({"instance_types": p5, "slices": {"1g": 7}}),
        "Set strategy to \"single\", or use Amazon Linux 2023.",
    );
    refused(
        json!({"instance_types": p5, "slices": {"1g": 6}, "strategy": "single"}),
        "one of: 7 x 1g.10gb",
    );
    refused(
        json!({"instance_types": p5, "slices": {"4g": 1}, "strategy": "single"}),
        "cannot make these slices",
    );
    let gb200 = ["p6e-gb200.36xlarge"];
    refused(
        json!({"instance_types": gb200, "slices": {"1g": 7}, "strategy": "single"}),
        "cannot cut the GPUs",
    );
}
