//! User data, byte for byte. A released render version's files in `golden/` are never rewritten: Karpenter and EKS
//! replace every node whose user data changes by a byte. `MIG_WRITE_GOLDEN=1 cargo test -p mig user_data` writes
//! those of a new version.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use mig::boot::{
    BootOptions, ClusterDetails, NodeConfig, OnFailure, RESERVED, RenderVersion, USER_DATA_LIMIT, UserPart,
    boot_script, layout_table, user_data,
};
use mig::{Catalog, Layout, LayoutSpec, MigSupport};
use serde_json::{Value, json};

fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

fn uniform() -> Layout {
    layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}))
}

fn render(layout: &Layout, options: &BootOptions) -> String {
    user_data(layout, options)
        .unwrap_or_else(|faults| panic!("{faults:?}"))
        .text
}

fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("MIG_WRITE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(
        text == expected,
        "{name} is not what that render version made; its users' nodes would roll"
    );
}

fn part(content_type: &str, text: &str) -> UserPart {
    UserPart {
        content_type: content_type.into(),
        text: text.into(),
    }
}

/// Checks the golden file of that name of every render version.
fn golden_of_each_version(name: &str, layout: &Layout, options: &BootOptions) {
    for render_version in RenderVersion::ALL {
        let options = BootOptions {
            render_version,
            ..options.clone()
        };
        let name = format!("v{}/{name}", render_version.number());
        golden(&name, &render(layout, &options));
    }
}

#[test]
fn render_versions() {
    golden_of_each_version("uniform.mime", &uniform(), &BootOptions::default());
    let groups = layout(json!({
        "instance_types": ["p5.48xlarge"],
        "gpus": [
            {"devices": [0, 1, 2], "slices": {"1g.10gb": 7}},
            {"devices": [3], "slices": {"3g.40gb": 1, "2g.20gb": 2}},
            {"devices": [4, 5, 6, 7], "slices": {}},
        ],
    }));
    let terminate = BootOptions {
        on_failure: OnFailure::Terminate,
        deadline_seconds: 300,
        ..Default::default()
    };
    golden_of_each_version("groups-terminate.mime", &groups, &terminate);
    let several =
        layout(json!({"instance_types": ["g7e.2xlarge", "p4d.24xlarge", "p5.4xlarge"], "slices": {"1g": 3}}));
    let with_parts = BootOptions {
        node_config: Some(NodeConfig::labels_of(&several)),
        parts_before: vec![part("text/cloud-config", "packages: [jq]")],
        parts_after: vec![part("text/x-shellscript", "#!/bin/sh\necho done\n")],
        ..Default::default()
    };
    golden_of_each_version("several-with-parts.mime", &several, &with_parts);
}

#[test]
fn render_versions_have_numbers() {
    for version in RenderVersion::ALL {
        assert_eq!(RenderVersion::from_number(version.number().into()), Some(version));
    }
    assert_eq!(RenderVersion::ALL.last(), Some(&RenderVersion::default()));
    assert_eq!(RenderVersion::from_number(0), None);
    assert_eq!(RenderVersion::from_number(4), None);
}

fn cluster() -> ClusterDetails {
    ClusterDetails {
        name: "prod".into(),
        api_server_endpoint: "https://example.eks.amazonaws.com".into(),
        certificate_authority: "LS0t".into(),
        cidr: "10.100.0.0/16".into(),
    }
}

#[test]
fn a_full_node_config() {
    let cluster = cluster();
    let shared = layout(json!({
        "instance_types": ["g5.48xlarge"], "sharing": {"strategy": "time-slicing", "replicas": 4},
    }));
    let options = BootOptions {
        node_config: Some(NodeConfig::full(&shared, cluster)),
        ..Default::default()
    };
    golden_of_each_version("full-node-config.mime", &shared, &options);
}

/// The table of every type that MIG cuts: a correction of the catalog must not change what nodes have.
#[test]
fn tables_of_every_instance_type() {
    let catalog = Catalog::builtin();
    let types: Vec<&str> = catalog
        .instance_types()
        .filter(|found| found.mig.support != MigSupport::No)
        .filter(|found| catalog.mig_gpu(found).is_some_and(|gpu| gpu.placements_known()))
        .map(|found| found.name.as_str())
        .collect();
    let table: String = ["1g", "2g", "4g"]
        .iter()
        .map(|profile| layout_table(&layout(json!({"instance_types": types, "slices": {*profile: 1}}))))
        .collect();
    // Every render version so far writes the same table.
    golden("v1/tables.txt", &table);
}

#[test]
fn equal_input_in_any_order_gives_equal_bytes() {
    let a = layout(
        json!({"instance_types": ["p5.48xlarge", "p5.4xlarge"], "slices": {"1g.10gb": 3, "3g.40gb": 1}}),
    );
    let b = layout(json!({"instance_types": ["p5.4xlarge", "p5.48xlarge"], "slices": {"3g": 1, "1g": 3}}));
    assert_eq!(
        render(&a, &BootOptions::default()),
        render(&b, &BootOptions::default())
    );
}

/// nodeadm reads its part also where cloud-init ran no other: that part keeps kubelet from starting. See
/// `tests/domain/tests/node_config.rs` for what nodeadm makes of it.
#[test]
fn the_part_that_nodeadm_reads_holds_kubelet_back() {
    let flag = "--kubeconfig=/run/mig/kubeconfig";
    let full = NodeConfig::full(&uniform(), cluster());
    for node_config in [None, Some(NodeConfig::labels_of(&uniform())), Some(full)] {
        for render_version in RenderVersion::ALL {
            let options = BootOptions {
                node_config: node_config.clone(),
                render_version,
                ..BootOptions::default()
            };
            let found = render(&uniform(), &options).matches(flag).count();
            assert_eq!(found, usize::from(render_version >= RenderVersion::V3));
        }
    }
}

#[test]
fn it_is_plain_mime_that_karpenter_can_merge() {
    let text = render(&uniform(), &BootOptions::default());
    assert!(text.starts_with("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="));
    assert!(text.is_ascii() && !text.contains('\r'));
    assert!(!text.lines().any(|line| line.starts_with("--//")));
    assert!(!text.to_lowercase().contains("transfer-encoding"));
    assert!(text.ends_with("--==MIG-USER-DATA==--\n"));
    for placeholder in [
        "@LAYOUT@",
        "@PARTITION@",
        "@DEADLINE@",
        "@TIMEOUT@",
        "@JOB_TIMEOUT@",
        "@ON_FAILURE@",
    ] {
        assert!(!text.contains(placeholder), "{placeholder}");
    }
    let headers: BTreeMap<&str, usize> = [
        ("Content-Type: text/x-shellscript", 1),
        ("Content-Type: application/node.eks.aws", 1),
        ("--==MIG-USER-DATA==\n", 2),
    ]
    .into_iter()
    .collect();
    for (header, times) in headers {
        assert_eq!(text.matches(header).count(), times, "{header}");
    }
}

/// Python's reader is cloud-init's own.
#[test]
fn another_reader_finds_the_parts() {
    let users = part("text/cloud-config", "packages: [jq]\n");
    let node_config = Some(NodeConfig::labels_of(&uniform()));
    let options = BootOptions {
        parts_before: vec![users.clone()],
        node_config,
        ..Default::default()
    };
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("user-data.mime");
    fs::write(&file, render(&uniform(), &options)).unwrap();
    let program = "import email, json, sys\n\
        parts = email.message_from_file(open(sys.argv[1])).get_payload()\n\
        print(json.dumps([[part.get_content_type(), part.get_payload()] for part in parts]))";
    let output = Command::new("python3")
        .args(["-c", program])
        .arg(&file)
        .output()
        .unwrap();
    let parts: Vec<(String, String)> = serde_json::from_slice(&output.stdout).unwrap();
    let types: Vec<&str> = parts
        .iter()
        .map(|(content_type, _)| content_type.as_str())
        .collect();
    assert_eq!(
        types,
        [
            "text/cloud-config",
            "application/node.eks.aws",
            "text/x-shellscript"
        ]
    );
    // The line end before a boundary belongs to the boundary.
    assert_eq!(parts[0].1, users.text.trim_end());
    assert_eq!(parts[2].1, boot_script(&uniform(), &options).trim_end());
}

#[test]
fn what_is_too_large_is_refused_with_sizes() {
    let allowed = USER_DATA_LIMIT - RESERVED;
    let free = allowed - render(&uniform(), &BootOptions::default()).len();
    assert!(free > 500, "only {free} bytes are left for users' parts");
    let big = BootOptions {
        parts_after: vec![part("text/x-shellscript", &format!("#!{}", "#".repeat(free)))],
        ..Default::default()
    };
    let faults = user_data(&uniform(), &big).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].summary().contains(&format!("{allowed} are allowed")),
        "{}",
        faults[0]
    );
    assert!(
        faults[0]
            .detail()
            .contains("EC2 accepts 16384 bytes, of which 4096"),
        "{}",
        faults[0]
    );
}

#[test]
fn parts_that_do_not_survive_the_merge_are_refused() {
    let script = "text/x-shellscript";
    for (content_type, text, expected) in [
        ("application/gzip", "x", "is not a text type"),
        ("application/octet-stream", "x", "is not a text type"),
        ("text/", "x", "is not a text type"),
        ("", "x", "is not a text type"),
        ("text/plain\nContent-Transfer-Encoding: base64", "x", "one line"),
        (
            "text/plain; content-transfer-encoding=base64",
            "x",
            "Encoded parts",
        ),
        (script, "echo\r\n", "carriage returns"),
        (script, "a\0b", "control characters"),
        (script, "a\u{1b}[0m", "control characters"),
        (script, " \n", "empty"),
        (script, "ok\n--// x\n", "like a part's end"),
        (script, "--==MIG-USER-DATA==--\n", "like a part's end"),
        (
            script,
            "Content-Transfer-Encoding: base64\n\neA==\n",
            "MIME header",
        ),
    ] {
        let options = BootOptions {
            parts_before: vec![part(content_type, text)],
            ..Default::default()
        };
        let faults = user_data(&uniform(), &options).unwrap_err();
        assert_eq!(faults.len(), 1, "{content_type:?} {text:?}: {faults:?}");
        assert!(
            faults[0].summary().contains(expected),
            "{expected}: {}",
            faults[0]
        );
        let path = faults[0].path().to_string();
        assert!(path.starts_with("extra_user_data.before[0]."), "{path}");
    }
    let fine = [
        part("text/cloud-config; charset=\"utf-8\"", "x: ü\n"),
        part(
            "application/node.eks.aws",
            "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n",
        ),
    ];
    let options = BootOptions {
        parts_after: fine.to_vec(),
        ..Default::default()
    };
    assert!(render(&uniform(), &options).contains("x: ü\n"));
}

/// The one fault of a part, with the layout's labels and taints around it.
#[track_caller]
fn refused_part(
    content_type: &str,
    text: &str,
    after: bool,
    node_config: Option<NodeConfig>,
) -> mig::Finding {
    let parts = vec![part(content_type, text)];
    let mut options = BootOptions {
        node_config,
        ..Default::default()
    };
    if after {
        options.parts_after = parts;
    } else {
        options.parts_before = parts;
    }
    let faults = user_data(&uniform(), &options).unwrap_err();
    assert_eq!(faults.len(), 1, "{text:?}: {faults:?}");
    faults[0].clone()
}

/// cloud-init would pass these over, or fail at them, and only the node's log would say so.
#[test]
fn parts_that_cloud_init_would_not_run_are_refused() {
    for (content_type, text, expected) in [
        ("text/x-shellscript", "dnf install -y htop\n", "#!/bin/bash"),
        ("text/x-shellscript", "\u{feff}#!/bin/bash\ntrue\n", "the mark"),
        ("text/x-shellscript", "\n#!/bin/bash\ntrue\n", "the space"),
        ("Text/X-Shellscript; charset=utf-8", " #!/bin/sh\n", "the space"),
        ("text/x-shellscript-per-boot", "true\n", "#!/bin/bash"),
        (
            "text/x-shellscript",
            "## template: jinja\n#!/bin/sh\n",
            "text/jinja2",
        ),
        ("text/cloud-boothook", "#cloud-boothook\ntrue\n", "#!/bin/bash"),
        ("text/cloud-config", "a: [1\n", "log"),
        ("text/cloud-config", "- a\n", "map"),
        ("text/cloud-config", "\u{feff}a: b\n", "the mark"),
        ("text/cloud-config", "a: b\n---\nc: d\n", "one from each"),
        ("text/plain", "echo\n", "content_type"),
        ("text/markdown", "# x\n", "text/part-handler"),
    ] {
        let fault = refused_part(content_type, text, true, None);
        assert!(fault.to_string().contains(expected), "{text:?}: {fault}");
    }
    let fine = [
        part("text/x-shellscript-per-once", "#!/bin/sh\n"),
        part("text/cloud-boothook", "#cloud-boothook\n#!/bin/sh\n"),
        part(
            "text/cloud-config",
            "## template: jinja\n{% if x %}\na: b\n{% endif %}\n",
        ),
        part("text/cloud-config", "# nothing\n"),
        part("text/plain", "#cloud-config\na: b\n"),
        part("text/jinja2", "## template: jinja\n#cloud-config\na: {{ b }}\n"),
        part(
            "text/part-handler",
            "def list_types(): return ['text/markdown']\n",
        ),
        part("text/markdown", "# x\n"),
    ];
    let options = BootOptions {
        parts_after: fine.to_vec(),
        ..Default::default()
    };
    assert_eq!(user_data(&uniform(), &options).map(|_| ()), Ok(()));
}

fn node_part(spec: &str) -> String {
    format!("apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {spec}\n")
}

#[test]
fn a_node_config_part_leaves_out_what_others_set() {
    let (layout, kind) = (uniform(), "application/node.eks.aws");
    let group = || Some(NodeConfig::labels_of(&layout));
    let ours = || Some(NodeConfig::full(&layout, cluster()));
    let taint = "{kubelet: {config: {registerWithTaints: [{key: team, effect: NoSchedule}]}}}";
    let flag = "{kubelet: {flags: ['--register-with-taints=team=ml:NoSchedule']}}";
    let label = "{kubelet: {flags: ['--node-labels=a=b,mig.eks/device-manager=dra']}}";
    let kubeconfig = "{kubelet: {flags: ['--kubeconfig=/x']}}";
    for (spec, after, node_config, expected) in [
        (taint, false, None, "to the pool"),
        (flag, true, group(), "to the node group"),
        (taint, false, ours(), "nvidia.com/gpu"),
        (flag, true, ours(), "nvidia.com/gpu"),
        (label, true, group(), "--node-labels"),
        (kubeconfig, true, group(), "nodeadm writes"),
        ("{cluster: {name: prod}}", false, None, "Karpenter adds"),
        ("{cluster: {name: prod}}", false, ours(), "node_config names"),
        (
            "{kubelet: {config: {maxPods: 30}}}",
            false,
            None,
            "class's kubelet",
        ),
        ("{kubelet: [1", true, group(), "log"),
    ] {
        let fault = refused_part(kind, &node_part(spec), after, node_config);
        assert!(fault.detail().contains(expected), "{spec}: {fault}");
    }
    assert!(
        refused_part(kind, "spec: {}\n", true, group())
            .detail()
            .contains("v1alpha1")
    );
    let both = "{kubelet: {config: {registerWithTaints: [{key: team, effect: NoSchedule}, {key: nvidia.com/gpu, effect: \
                NoSchedule}]}}}";
    for (spec, node_config) in [
        (both, ours()),
        (
            "{kubelet: {config: {maxPods: 30}, flags: ['--node-labels=team=ml', '--v=2']}}",
            group(),
        ),
        ("{cluster: {name: prod}}", group()),
    ] {
        let options = BootOptions {
            node_config,
            parts_after: vec![part(kind, &node_part(spec))],
            ..Default::default()
        };
        assert_eq!(user_data(&layout, &options).map(|_| ()), Ok(()), "{spec}");
    }
}

#[test]
fn details_of_a_cluster() {
    use mig::boot::cluster_rules::{certificate_authority, endpoint, name, service_cidr};
    let says = |found: Result<(), String>, words: &str| found.unwrap_err().contains(words);
    for right in ["10.100.0.0/16", "fd12:3456::/108"] {
        assert_eq!(service_cidr(right), Ok(()));
    }
    for wrong in [
        "",
        "10.100.0.0",
        "10.100.0.0/33",
        "10.100.0/16",
        "fd12::/129",
        "10.0.0.0/+8",
    ] {
        assert!(says(service_cidr(wrong), "serviceIpv6Cidr"), "{wrong}");
    }
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let once = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";
    assert_eq!(certificate_authority(once), Ok(()));
    assert!(says(certificate_authority(pem), "base64encode"));
    assert!(says(certificate_authority(""), "certificateAuthority.data"));
    assert!(says(certificate_authority("Q0E="), "not base64 of a certificate"));
    for right in [
        "https://ABC.gr7.us-east-1.eks.amazonaws.com",
        "https://10.0.0.1:6443",
        "https://[fd00::1]/",
    ] {
        assert_eq!(endpoint(right), Ok(()));
    }
    for wrong in ["", "ABC.eks.amazonaws.com", "http://a", "https://", "https://a b"] {
        assert!(says(endpoint(wrong), "https://"), "{wrong}");
    }
    assert_eq!(name("prod-1_a"), Ok(()));
    for wrong in [
        "",
        "-prod",
        "prod.a",
        "arn:aws:eks:us-east-1:123456789012:cluster/prod",
        &"a".repeat(101),
    ] {
        assert!(name(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn deadlines_are_bounded() {
    let options = BootOptions {
        deadline_seconds: 10_000,
        ..Default::default()
    };
    assert!(
        user_data(&uniform(), &options).unwrap_err()[0]
            .detail()
            .contains("60 to 840")
    );
}

/// `bash -n` on what is rendered; `tests/domain/tests/shell.rs` gives it to shellcheck.
#[test]
fn the_script_is_clean() {
    let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("boot-script.sh");
    fs::write(&script, boot_script(&uniform(), &BootOptions::default())).unwrap();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/boot");
    let partitions = ["v1", "v2", "v3"].map(|version| sources.join(version).join("partition.sh"));
    for file in partitions.iter().chain([&script]) {
        let status = Command::new("bash").arg("-n").arg(file).status().unwrap();
        assert!(status.success(), "{}", file.display());
    }
}
