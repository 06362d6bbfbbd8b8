//! Karpenter's objects: random right options render, typical layouts give the bytes of the golden files.
//!
//! `MIG_WRITE_GOLDEN=1` writes those files anew. The bytes of a released render version never change: Karpenter hashes
//! what is in them, and nodes roll. Whether a real API server agrees is tested in `tests/domain/tests/karpenter_crds/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::Path;

use crate::karpenter_options::{class, layout, overlay, pool};
use mig::boot::{ClusterDetails, RenderVersion};
use mig::layout::Taint;
use mig::manifests::device_plugin::DevicePluginVersion;
use mig::manifests::karpenter::node_pool::{NodeClassRef, NodeTaint};
use mig::manifests::karpenter::{
    AmiFamily, NodeClass, NodeClassOptions, NodeOverlay, NodeOverlayOptions, NodePool, NodePoolOptions,
};
use mig::manifests::scheduling::runs_on;
use mig::manifests::{DevicePlugin, DevicePluginOptions, yaml};
use mig::{Catalog, Layout};
use proptest::prelude::*;
use serde_json::{Value, json};

proptest! {
    #[test]
    fn right_options_render_the_same_every_time(
        (class_layout, class) in class::options(0),
        (pool_layout, pool) in pool::options(0),
        (overlay_layout, overlay) in overlay::options(0),
    ) {
        let catalog = Catalog::builtin();
        let render = || {
            let class = NodeClass::render(&class_layout, &class, catalog).map_err(|faults| format!("{faults:?}"))?;
            let pool = NodePool::render(&pool_layout, &pool, catalog).map_err(|faults| format!("{faults:?}"))?;
            let overlays = NodeOverlay::render(&overlay_layout, &overlay, catalog);
            let overlays = overlays.map_err(|faults| format!("{faults:?}"))?;
            Ok::<_, String>([class.objects, pool.objects, overlays.objects].concat())
        };
        let objects = render().map_err(TestCaseError::fail)?;
        prop_assert_eq!(&objects, &render().map_err(TestCaseError::fail)?);
        prop_assert!(yaml::stream(&objects).is_ok());
    }

    /// Whatever taints a pool's nodes begin with, its plugin runs there; Bottlerocket has its own.
    #[test]
    fn the_plugin_runs_on_every_node_of_its_pools((layout, options) in pool::options(0)) {
        let expected = usize::from(options.ami_family != AmiFamily::Bottlerocket);
        let found = plugins_on_a_new_node(&layout, &options, DevicePluginVersion::default());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn wrong_options_never_panic(
        (class_layout, class) in class::options(300),
        (pool_layout, pool) in pool::options(300),
        (overlay_layout, overlay) in overlay::options(300),
    ) {
        let catalog = Catalog::builtin();
        let _ = NodeClass::render(&class_layout, &class, catalog);
        let _ = NodePool::render(&pool_layout, &pool, catalog);
        let _ = NodeOverlay::render(&overlay_layout, &overlay, catalog);
    }
}

/// How many of the plugin's pods would run on a new node of the pool, which has its taints and its startup taints.
fn plugins_on_a_new_node(layout: &Layout, pool: &NodePoolOptions, version: DevicePluginVersion) -> usize {
    let objects = NodePool::render(layout, pool, Catalog::builtin())
        .unwrap()
        .objects;
    let template = &objects[0]["spec"]["template"];
    let labels: BTreeMap<String, String> =
        serde_json::from_value(template["metadata"]["labels"].clone()).unwrap();
    let mut taints = Vec::new();
    for field in ["taints", "startupTaints"] {
        for found in template["spec"][field].as_array().into_iter().flatten() {
            let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
            taints.push(Taint {
                key: text("key"),
                value: text("value"),
                effect: text("effect"),
            });
        }
    }
    let options = DevicePluginOptions {
        render_version: version,
        ..DevicePluginOptions::default()
    };
    let objects = DevicePlugin::render(std::slice::from_ref(layout), &options).unwrap();
    let pods = objects.iter().filter(|object| object["kind"] == "DaemonSet");
    let pods: Vec<&Value> = pods.map(|object| &object["spec"]["template"]["spec"]).collect();
    pods.into_iter()
        .filter(|pod| runs_on(pod, &labels, &taints))
        .count()
}

/// The taint of a CNI until its agent is ready, one that waits for the slices themselves, and a team's own. The
/// first version of the plugin stays away from each, and so do the slices.
#[test]
fn taints_that_kept_the_plugin_away() {
    let sliced = layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}));
    let pool = |startup: bool, key: &str, value: Option<&str>, effect: &str| {
        let taint = vec![NodeTaint {
            key: key.to_owned(),
            value: value.map(str::to_owned),
            effect: effect.to_owned(),
        }];
        let (taints, startup_taints) = if startup { (vec![], taint) } else { (taint, vec![]) };
        NodePoolOptions {
            name: "mig".to_owned(),
            nodeclass: NodeClassRef::named("mig"),
            taints,
            startup_taints,
            ..NodePoolOptions::default()
        }
    };
    let on = |pool: &NodePoolOptions| {
        DevicePluginVersion::ALL.map(|version| plugins_on_a_new_node(&sliced, pool, version))
    };
    let plain = NodePoolOptions {
        taints: Vec::new(),
        ..pool(false, "team", None, "NoSchedule")
    };
    assert_eq!(on(&plain), [1, 1]);
    for pool in [
        pool(true, "node.cilium.io/agent-not-ready", Some("true"), "NoExecute"),
        pool(true, "example.com/slices-not-ready", None, "NoSchedule"),
        pool(false, "team", Some("ml"), "NoSchedule"),
        pool(false, "nvidia.com/gpu", Some("present"), "NoExecute"),
    ] {
        assert_eq!(on(&pool), [0, 1], "{pool:?}");
    }
}

/// The three objects as a user gets them who says only what must be said.
fn objects(layout: &Layout, family: AmiFamily, render_version: RenderVersion) -> String {
    let catalog = Catalog::builtin();
    let discovery = json!([{"tags": {"karpenter.sh/discovery": "prod"}}]);
    let alias = match family {
        AmiFamily::Bottlerocket => "bottlerocket@v1.68.0",
        _ => "al2023@v20261003",
    };
    let custom = family == AmiFamily::Custom;
    let mut spec = json!({
        "amiSelectorTerms": [{"alias": alias}],
        "role": "KarpenterNodeRole-prod",
        "subnetSelectorTerms": discovery,
        "securityGroupSelectorTerms": discovery,
    });
    if custom {
        spec["amiFamily"] = json!("Custom");
    }
    let class = NodeClassOptions {
        object: json!({"metadata": {"name": "mig"}, "spec": spec}),
        render_version,
        cluster: custom.then(|| ClusterDetails {
            name: "prod".to_owned(),
            api_server_endpoint: "https://example.eks.amazonaws.com".to_owned(),
            certificate_authority: "Y2E=".to_owned(),
            cidr: "172.20.0.0/16".to_owned(),
        }),
        ..NodeClassOptions::default()
    };
    let pool = NodePoolOptions {
        name: "mig".to_owned(),
        render_version,
        nodeclass: NodeClassRef::named("mig"),
        ami_family: family,
        ..NodePoolOptions::default()
    };
    let overlay = NodeOverlayOptions {
        nodepool: "mig".to_owned(),
        ..NodeOverlayOptions::default()
    };
    let class = NodeClass::render(layout, &class, catalog).unwrap().objects;
    let pool = NodePool::render(layout, &pool, catalog).unwrap().objects;
    let overlays = NodeOverlay::render(layout, &overlay, catalog).unwrap().objects;
    yaml::stream(&[class, pool, overlays].concat()).unwrap()
}

/// Every render version has files of its own.
#[track_caller]
fn golden(name: &str, layout: &Layout, family: AmiFamily) {
    for version in RenderVersion::ALL {
        let text = objects(layout, family, version);
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/golden/karpenter/v{}", version.number()))
            .join(name);
        if std::env::var_os("MIG_WRITE_GOLDEN").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let golden =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(text, golden, "{}", path.display());
    }
}

#[test]
fn typical_layouts_give_the_golden_bytes() {
    let mixed = layout(
        json!({"instance_types": ["p5.48xlarge", "p5en.48xlarge", "p5.4xlarge"], "slices": {"1g": 7}}),
    );
    golden("mixed-al2023.yaml", &mixed, AmiFamily::Al2023);
    let partly = layout(json!({"instance_types": ["p4d.24xlarge"], "gpus": [
        {"devices": [0, 1, 2, 3], "slices": {"3g": 2}}, {"devices": [4, 5, 6, 7], "slices": {}}]}));
    golden("partly-whole-custom.yaml", &partly, AmiFamily::Custom);
    let single =
        layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"}));
    golden("single-bottlerocket.yaml", &single, AmiFamily::Bottlerocket);
    let shared = layout(
        json!({"instance_types": ["g5.xlarge"], "sharing": {"strategy": "time-slicing", "replicas": 4}}),
    );
    golden("shared-al2023.yaml", &shared, AmiFamily::Al2023);
}
