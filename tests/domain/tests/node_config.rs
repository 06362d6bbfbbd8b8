//! What nodeadm makes of every form that we render: its own types, decoder and merge, and strictly, so that a field it does
//! not know is an error.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::process::Command;

use crate::reader::{self, layout};
use counterparts::Program;
use mig::Layout;
use mig::boot::{
    BootOptions, ClusterDetails, NodeConfig, OnFailure, RenderVersion, UserPart, boot_script, cluster_rules,
    user_data,
};
use serde_json::{Value, json};

/// What nodeadm understands of user data and of files in /etc/eks/nodeadm.d.
fn nodeadm(arguments: &[&str], text: &str) -> Result<Value, String> {
    let mut command = Command::new(reader::program(Program::NodeadmCheck));
    command.args(arguments);
    reader::ask(command, text)
}

fn uniform() -> Layout {
    layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}))
}

fn cluster() -> ClusterDetails {
    ClusterDetails {
        name: "prod".into(),
        api_server_endpoint: "https://example.eks.amazonaws.com".into(),
        certificate_authority: "LS0tLS1CRUdJTg==".into(),
        cidr: "10.100.0.0/16".into(),
    }
}

fn render(layout: &Layout, options: &BootOptions) -> String {
    user_data(layout, options).unwrap().text
}

fn with(node_config: NodeConfig) -> BootOptions {
    BootOptions {
        node_config: Some(node_config),
        ..BootOptions::default()
    }
}

/// A NodeConfig part of a user, or of Karpenter.
fn part(text: &str) -> UserPart {
    UserPart {
        content_type: "application/node.eks.aws".into(),
        text: text.into(),
    }
}

/// A part of others after all of the user data; as a user's own it would be refused.
fn merge(user_data: &str, part: &UserPart) -> String {
    let end = "--==MIG-USER-DATA==--\n";
    let rest = user_data.strip_suffix(end).unwrap();
    format!("{rest}{}{end}", in_mime(part))
}

/// The same before all of it.
fn merge_before(user_data: &str, part: &UserPart) -> String {
    user_data.replacen(
        "--==MIG-USER-DATA==\n",
        &format!("{}--==MIG-USER-DATA==\n", in_mime(part)),
        1,
    )
}

fn in_mime(part: &UserPart) -> String {
    let (content_type, text) = (&part.content_type, &part.text);
    format!("--==MIG-USER-DATA==\nContent-Type: {content_type}\n\n{text}")
}

/// What nodeadm itself makes of what [`cluster_rules`] refuses, and that it takes what they take.
#[test]
fn nodeadm_takes_the_details_that_we_take() {
    let layout = uniform();
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let once = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";
    for (ca, cidr, fits) in [
        (once, "10.100.0.0/16", true),
        (once, "fd12:3456::/108", true),
        (pem, "10.100.0.0/16", false),
        (once, "", false),
    ] {
        let details = ClusterDetails {
            certificate_authority: ca.into(),
            cidr: cidr.into(),
            ..cluster()
        };
        let ours = cluster_rules::certificate_authority(ca).and(cluster_rules::service_cidr(cidr));
        assert_eq!(ours.is_ok(), fits, "{ca} {cidr}: {ours:?}");
        let text = render(&layout, &with(NodeConfig::full(&layout, details)));
        assert_eq!(nodeadm(&["--complete"], &text).is_ok(), fits, "{ca} {cidr}");
    }
}

/// The labels that kubelet gets by its flags.
fn labels(spec: &Value) -> Vec<String> {
    let flags = spec["kubelet"]["flags"].as_array().unwrap();
    let values = flags
        .iter()
        .filter_map(|flag| flag.as_str().unwrap().strip_prefix("--node-labels="));
    values
        .flat_map(|value| value.split(','))
        .map(str::to_owned)
        .collect()
}

/// The layout's, and the one that every node of the newest rendering has.
fn expected_labels(layout: &Layout) -> Vec<String> {
    let mut labels = layout.labels();
    labels.insert("mig.eks/device-manager".into(), "device-plugin".into());
    labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect()
}

#[test]
fn labels_alone() {
    let layout = uniform();
    let spec = nodeadm(&[], &render(&layout, &with(NodeConfig::labels_of(&layout)))).unwrap();
    assert_eq!(labels(&spec), expected_labels(&layout));
    assert_eq!(spec["cluster"], json!({}));
}

#[test]
fn all_that_a_node_needs() {
    let layout = uniform();
    let spec = nodeadm(
        &["--complete"],
        &render(&layout, &with(NodeConfig::full(&layout, cluster()))),
    )
    .unwrap();
    assert_eq!(labels(&spec), expected_labels(&layout));
    let details = json!({
        "name": "prod", "apiServerEndpoint": "https://example.eks.amazonaws.com",
        "certificateAuthority": "LS0tLS1CRUdJTg==", "cidr": "10.100.0.0/16",
    });
    assert_eq!(spec["cluster"], details);
    let taints: Vec<Value> = layout
        .taints()
        .iter()
        .map(|taint| json!({"key": taint.key, "value": taint.value, "effect": taint.effect}))
        .collect();
    assert_eq!(spec["kubelet"]["config"]["registerWithTaints"], json!(taints));
}

/// Karpenter and EKS add their NodeConfig after ours; users may have one of their own.
#[test]
fn ours_survives_what_others_add() {
    let layout = uniform();
    let options = BootOptions {
        parts_before: vec![part(
            "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {kubelet: {config: {maxPods: 30}, flags: [--v=2]}}\n",
        )],
        parts_after: vec![part(
            "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster: {name: prod, apiServerEndpoint: 'https://x', certificateAuthority: LS0t, cidr: 10.100.0.0/16}\n  kubelet:\n    config: {clusterDNS: [10.100.0.10]}\n    flags: ['--node-labels=karpenter.sh/nodepool=slices']\n",
        )],
        ..with(NodeConfig::labels_of(&layout))
    };
    let spec = nodeadm(&["--complete"], &render(&layout, &options)).unwrap();
    let mut expected = expected_labels(&layout);
    expected.push("karpenter.sh/nodepool=slices".into());
    assert_eq!(labels(&spec), expected);
    let config = json!({"clusterDNS": ["10.100.0.10"], "maxPods": 30});
    assert_eq!(spec["kubelet"]["config"], config);
    assert_eq!(spec["cluster"]["name"], "prod");
}

/// The file that the boot script leaves when a node may join with a taint: taken from the script as it is rendered, and
/// read by nodeadm after the user data.
fn with_drop_in(render_version: RenderVersion) -> Value {
    let layout = uniform();
    let options = BootOptions {
        render_version,
        on_failure: OnFailure::JoinTainted,
        ..with(NodeConfig::full(&layout, cluster()))
    };
    let script = boot_script(&layout, &options);
    let start = script.find("apiVersion: node.eks.aws/v1alpha1").unwrap();
    let drop_in: String = script[start..]
        .lines()
        .take_while(|line| *line != "YAML")
        .map(|line| format!("{line}\n"))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("10-mig-failed.yaml");
    fs::write(&file, &drop_in).unwrap();
    let arguments = ["--complete", file.to_str().unwrap()];
    let spec = nodeadm(&arguments, &render(&layout, &options)).unwrap();
    let mut expected = expected_labels(&layout);
    expected
        .retain(|label| render_version >= RenderVersion::V3 || !label.starts_with("mig.eks/device-manager"));
    assert_eq!(labels(&spec), expected, "the labels stay");
    spec
}

#[test]
fn the_taint_of_a_failed_partition() {
    let first = with_drop_in(RenderVersion::V1);
    let taint = json!([{"key": "mig.eks/partition-failed", "value": "true", "effect": "NoSchedule"}]);
    assert_eq!(first["kubelet"]["config"]["registerWithTaints"], taint);
    // As the last flag, which kubelet prefers to its configuration and to the same flag before it.
    for version in [RenderVersion::V2, RenderVersion::V3] {
        let later = with_drop_in(version);
        let flags = later["kubelet"]["flags"].as_array().unwrap();
        let flag = "--register-with-taints=mig.eks/partition-failed=true:NoSchedule";
        assert_eq!(flags.last(), Some(&json!(flag)), "{flags:?}");
    }
}

/// What keeps a node out whose cloud-init never ran: with whatever others add, before or after it, kubelet gets the
/// kubeconfig's name from us.
/// nodeadm puts these flags after its own.
#[test]
fn kubelet_has_its_kubeconfig_from_us() {
    let layout = uniform();
    let karpenter = part(
        "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster: {name: prod, apiServerEndpoint: 'https://x', certificateAuthority: LS0t, cidr: 10.100.0.0/16}\n  kubelet:\n    config: {registerWithTaints: [{key: karpenter.sh/unregistered, effect: NoExecute}]}\n    flags: ['--node-labels=\"karpenter.sh/nodepool=slices\"']\n",
    );
    for node_config in [
        None,
        Some(NodeConfig::labels_of(&layout)),
        Some(NodeConfig::full(&layout, cluster())),
    ] {
        let options = BootOptions {
            node_config,
            ..BootOptions::default()
        };
        let text = render(&layout, &options);
        for merged in [merge(&text, &karpenter), merge_before(&text, &karpenter)] {
            let spec = nodeadm(&["--complete"], &merged).unwrap();
            let flags = spec["kubelet"]["flags"].as_array().unwrap();
            let names: Vec<&Value> = flags
                .iter()
                .filter(|flag| flag.as_str().unwrap().starts_with("--kubeconfig="))
                .collect();
            assert_eq!(names, [&json!("--kubeconfig=/run/mig/kubeconfig")], "{flags:?}");
            assert!(labels(&spec).contains(&"mig.eks/device-manager=device-plugin".to_owned()));
            assert!(
                labels(&spec)
                    .iter()
                    .any(|label| label.contains("karpenter.sh/nodepool"))
            );
        }
    }
}

#[test]
fn sharing_and_several_types() {
    for spec in [
        json!({"instance_types": ["g5.48xlarge"], "sharing": {"strategy": "mps", "replicas": 4}}),
        json!({"instance_types": ["g7e.2xlarge", "p4d.24xlarge", "p5.4xlarge"], "slices": {"1g": 3}}),
        json!({"instance_types": ["p5.4xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"}),
    ] {
        let layout = layout(spec);
        let spec = nodeadm(
            &["--complete"],
            &render(&layout, &with(NodeConfig::full(&layout, cluster()))),
        )
        .unwrap();
        assert_eq!(labels(&spec), expected_labels(&layout));
    }
}

/// Wrong texts are refused, each for its own reason: the reader is not one that takes everything.
#[test]
fn what_is_wrong_is_refused() {
    let head = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n";
    for (text, complete, reason) in [
        (
            "apiVersion: node.eks.aws/v1alpha1\nkind: Nodeconfig\nspec: {}\n",
            false,
            "no kind \"Nodeconfig\"",
        ),
        (
            "apiVersion: node.eks.aws/v1beta1\nkind: NodeConfig\nspec: {}\n",
            false,
            "no kind \"NodeConfig\"",
        ),
        (
            &format!("{head}spec: {{kubelets: {{}}}}\n"),
            false,
            "unknown field \"kubelets\"",
        ),
        (
            &format!("{head}spec: {{kubelet: {{flag: []}}}}\n"),
            false,
            "unknown field \"flag\"",
        ),
        (
            &format!("{head}spec: {{kubelet: {{flags: '--v=2'}}}}\n"),
            false,
            "cannot unmarshal string",
        ),
        (
            &format!("{head}spec: {{kubelet: {{flags: [node-labels=a=b]}}}}\n"),
            false,
            "is not a flag",
        ),
        (
            &format!("{head}spec: {{kubelet: {{config: {{registerWithTaint: []}}}}}}\n"),
            false,
            "unknown field \"registerWithTaint\"",
        ),
        (
            &format!("{head}spec: {{cluster: {{certificateAuthority: '-'}}}}\n"),
            false,
            "illegal base64",
        ),
        (
            &format!("{head}spec: {{cluster: {{name: prod}}}}\n"),
            true,
            "endpoint is missing",
        ),
        (
            &format!("{head}spec: {{}}\nspec: {{}}\n"),
            false,
            "already set in map",
        ),
    ] {
        let arguments: &[&str] = if complete { &["--complete"] } else { &[] };
        let refusal = nodeadm(arguments, text).unwrap_err();
        assert!(refusal.contains(reason), "{text}: {refusal}");
    }
    let layout = uniform();
    let second = BootOptions {
        render_version: RenderVersion::V2,
        ..BootOptions::default()
    };
    let none = nodeadm(&[], &render(&layout, &second)).unwrap_err();
    assert!(none.contains("no NodeConfig in it"), "{none}");
    let broken = render(&layout, &with(NodeConfig::labels_of(&layout))).replace("kubelet:", "kublet:");
    let refusal = nodeadm(&[], &broken).unwrap_err();
    assert!(refusal.contains("unknown field \"kublet\""), "{refusal}");
}
