use super::*;

const FILE: &str = r#"
render_version: 2
pools:
  - nodeclass:
      name: slices
      layout: &layout
        instance_types: [p5.48xlarge]
        slices: { 1g.10gb: 7 }
      role: KarpenterNodeRole-prod
      ami_selector_terms: [{ alias: al2023@v20261003 }]
      subnet_selector_terms: [{ tags: { karpenter.sh/discovery: prod } }]
      security_group_selector_terms: [{ tags: { karpenter.sh/discovery: prod } }]
    nodepool: {}
    nodeoverlay: {}
device_plugin: {}
"#;

fn errors(text: &str) -> Vec<String> {
    let rendered = rendered(text);
    assert_eq!(rendered.yaml, None);
    rendered.findings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_class_gives_pool_overlay_and_device_plugin() {
    let rendered = rendered(FILE);
    let yaml = rendered.yaml.unwrap_or_else(|| panic!("{:?}", rendered.findings));
    let kinds: Vec<&str> = yaml
        .lines()
        .filter_map(|line| line.strip_prefix("kind: "))
        .collect();
    assert_eq!(
        kinds,
        [
            "ServiceAccount",
            "ConfigMap",
            "DaemonSet",
            "EC2NodeClass",
            "NodePool",
            "NodeOverlay"
        ]
    );
    assert!(rendered.findings.is_empty(), "{:?}", rendered.findings);
}

#[test]
fn json_gives_the_same_bytes() {
    let yaml = "render_version: 2\ndevice_plugin:\n  layouts: [{ instance_types: [p5.48xlarge], slices: { 1g.10gb: 7 } }]\n";
    let json = r#"{"device_plugin": {"layouts": [{"slices": {"1g.10gb": 7}, "instance_types": ["p5.48xlarge"]}]}, "render_version": 2}"#;
    assert!(rendered(yaml).yaml.is_some());
    assert_eq!(rendered(json).yaml, rendered(yaml).yaml);
}

#[test]
fn faults_have_their_places() {
    let text = FILE
        .replace("1g.10gb: 7", "1g.10gb: 8")
        .replace("nodepool: {}", "nodepool: { limit: {} }");
    let [one] = errors(&text).try_into().unwrap_or_else(|all| panic!("{all:?}"));
    assert!(one.contains("pools[0].nodepool.limit"), "{one}");
    assert!(one.contains("limits"), "{one}");

    let all = errors(
        &FILE
            .replace("nodeoverlay: {}", "nodeoverlay: { weight: 0 }")
            .replace(
                "device_plugin: {}",
                "device_plugin: { env: { MIG_STRATEGY: none } }",
            ),
    );
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all[0].starts_with("pools[0].nodeoverlay.weight"), "{all:?}");
    assert!(all[1].starts_with("device_plugin.env"), "{all:?}");

    let all = errors(&FILE.replace("1g.10gb: 7", "1g.10gb: 8"));
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].starts_with("pools[0].nodeclass.layout.slices"), "{all:?}");
}

#[test]
fn what_is_no_file_of_ours_says_so() {
    for (text, part) in [
        ("", "it holds 0 documents"),
        ("a: 1\n---\nb: 2\n", "it holds 2 documents"),
        ("a: [", "neither YAML nor JSON"),
        ("1: 2", "a key that is no text"),
        ("a: .nan", "no finite number"),
        ("[]", "an object"),
        ("render_version: 2", "Nothing is to be rendered"),
        ("pools: []", "render_version is required"),
        ("render_version: 9\ndevice_plugin: {}", "Unknown render_version"),
        (
            "render_version: 2\ndevice_plugin: {}",
            "The layouts are not known",
        ),
        (
            "render_version: 2\npools: [{nodepool: {}}]",
            "The nodeclass is not known",
        ),
        (
            "render_version: 2\npools: [{nodeoverlay: {}}]",
            "The nodepool is not known",
        ),
    ] {
        let found = errors(text).join("\n");
        assert!(found.contains(part), "{text:?} gave {found}");
    }
}
