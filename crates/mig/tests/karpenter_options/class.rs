//! Random node classes.

use std::collections::BTreeMap;

use mig::Layout;
use mig::boot::{ClusterDetails, OnFailure, UserPart};
use mig::manifests::karpenter::NodeClassOptions;
use mig::manifests::karpenter::node_class::{
    AmiSelectorTerm, BlockDeviceMapping, CapacityReservationSelectorTerm, ConnectionTracking, CpuOptions,
    Ebs, EnclaveOptions, MetadataOptions, NetworkInterface, PlacementGroupSelector,
    SecurityGroupSelectorTerm, SubnetSelectorTerm,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{annotations, labels, layouts, map, maybe, name, number, pick, word};

type Tags = BTreeMap<String, String>;

/// Tags to select by; never none of them.
fn selector_tags(spoilt: u32) -> BoxedStrategy<Tags> {
    let value = |key: &str, value: &str| Tags::from([(key.to_owned(), value.to_owned())]);
    let many = (0..21)
        .map(|index| (format!("k{index}"), "v".to_owned()))
        .collect();
    let right = vec![value("karpenter.sh/discovery", "prod"), value("team", "*")];
    pick(
        right,
        vec![Tags::new(), value("", "x"), value("x", ""), many],
        spoilt,
    )
}

/// Image terms with the family that goes with them.
fn images(spoilt: u32) -> BoxedStrategy<(Vec<AmiSelectorTerm>, Option<String>)> {
    let alias = |alias: &str| AmiSelectorTerm {
        alias: Some(alias.to_owned()),
        ..AmiSelectorTerm::default()
    };
    let id = |id: &str| AmiSelectorTerm {
        id: Some(id.to_owned()),
        ..AmiSelectorTerm::default()
    };
    let named = AmiSelectorTerm {
        name: Some("gpu-*".to_owned()),
        owner: Some("self".to_owned()),
        ..AmiSelectorTerm::default()
    };
    let ssm = AmiSelectorTerm {
        ssm_parameter: Some("/mig/ami".to_owned()),
        ..AmiSelectorTerm::default()
    };
    let tagged = AmiSelectorTerm {
        tags: Tags::from([("driver".to_owned(), "580".to_owned())]),
        ..AmiSelectorTerm::default()
    };
    let family = |family: &str| Some(family.to_owned());
    let right = vec![
        (vec![alias("al2023@v20261003")], None),
        (vec![alias("al2023@latest")], family("AL2023")),
        (vec![alias("al2023@v20261003")], family("Custom")),
        (vec![alias("bottlerocket@v1.68.0")], None),
        (vec![id("ami-0a1"), named.clone()], family("AL2023")),
        (vec![ssm.clone()], family("Custom")),
        (vec![tagged.clone()], family("Bottlerocket")),
    ];
    let both = AmiSelectorTerm {
        id: Some("ami-1".to_owned()),
        ..alias("al2023@v1")
    };
    let id_and_tags = AmiSelectorTerm {
        id: Some("ami-1".to_owned()),
        ..tagged
    };
    let owner = AmiSelectorTerm {
        owner: Some("self".to_owned()),
        ..AmiSelectorTerm::default()
    };
    let wrong = vec![
        (vec![], None),
        (vec![], family("AL2023")),
        (vec![AmiSelectorTerm::default()], family("AL2023")),
        (vec![owner], family("AL2023")),
        (vec![both], None),
        (vec![id_and_tags], family("AL2023")),
        (vec![alias("al2023@v1"), named], None),
        (vec![alias("al2023")], None),
        (vec![alias("al2023@")], None),
        (vec![alias("al 2023@v1")], None),
        (vec![alias("ubuntu@v1")], None),
        (vec![alias("windows2022@v1")], None),
        (vec![alias(&format!("al2023@v{}", "1".repeat(30)))], None),
        (vec![alias("al2023@v1")], family("Bottlerocket")),
        (vec![alias("al2023@v1")], family("Ubuntu")),
        (vec![alias("al2@v1")], family("AL2023")),
        (vec![id("ami-0a1")], None),
        (vec![id("i-1")], family("AL2023")),
        (vec![id("ami-")], family("AL2023")),
        (vec![id("ami-1"); 31], family("AL2023")),
        (vec![id("ami-1")], family("al2023")),
    ];
    pick(right, wrong, spoilt)
}

fn subnets(spoilt: u32) -> BoxedStrategy<Vec<SubnetSelectorTerm>> {
    let id = word(&["subnet-0a1"], &["sg-1", "subnet-", ""], spoilt);
    let term = prop_oneof![
        selector_tags(spoilt).prop_map(|tags| SubnetSelectorTerm { id: None, tags }),
        id.prop_map(|id| SubnetSelectorTerm {
            id: Some(id),
            tags: Tags::new()
        }),
    ];
    let both = SubnetSelectorTerm {
        id: Some("subnet-1".to_owned()),
        tags: Tags::from([("a".to_owned(), "b".to_owned())]),
    };
    let wrong = pick(vec![vec![], vec![both]], vec![], 0);
    prop_oneof![1_000 - spoilt => prop::collection::vec(term, 1..3), spoilt => wrong].boxed()
}

fn groups(spoilt: u32) -> BoxedStrategy<Vec<SecurityGroupSelectorTerm>> {
    let term = |id: Option<String>, name: Option<String>, tags| SecurityGroupSelectorTerm { id, name, tags };
    let right = prop_oneof![
        selector_tags(spoilt).prop_map(move |tags| term(None, None, tags)),
        word(&["sg-0a1"], &["subnet-1", ""], spoilt).prop_map(move |id| term(Some(id), None, Tags::new())),
        word(&["nodes"], &[""], spoilt).prop_map(move |name| term(None, Some(name), Tags::new())),
    ];
    let some = |text: &str| Some(text.to_owned());
    let tags = Tags::from([("a".to_owned(), "b".to_owned())]);
    let wrong = vec![
        vec![],
        vec![term(None, None, Tags::new())],
        vec![term(some("sg-1"), some("nodes"), Tags::new())],
        vec![term(None, some("nodes"), tags.clone())],
        vec![term(some("sg-1"), None, tags)],
    ];
    let wrong = pick(wrong, vec![], 0);
    prop_oneof![1_000 - spoilt => prop::collection::vec(right, 1..3), spoilt => wrong].boxed()
}

fn reservations(spoilt: u32) -> BoxedStrategy<Vec<CapacityReservationSelectorTerm>> {
    let by_id =
        word(&["cr-0a1"], &["", "cr-", "ami-1"], spoilt).prop_map(|id| CapacityReservationSelectorTerm {
            id: Some(id),
            ..CapacityReservationSelectorTerm::default()
        });
    let criteria = maybe(word(&["open", "targeted"], &["", "closed"], spoilt));
    let owner = maybe(word(&["123456789012"], &["", "12", "self"], spoilt));
    let by_others = (criteria, owner, selector_tags(spoilt)).prop_map(|(criteria, owner_id, tags)| {
        CapacityReservationSelectorTerm {
            instance_match_criteria: criteria,
            owner_id,
            tags,
            id: None,
        }
    });
    prop::collection::vec(prop_oneof![by_id, by_others], 0..2).boxed()
}

fn interfaces(spoilt: u32) -> BoxedStrategy<Vec<NetworkInterface>> {
    let one = |card: i64, device: i64, kind: &str| NetworkInterface {
        network_card_index: card,
        device_index: device,
        interface_type: kind.to_owned(),
    };
    let primary = one(0, 0, "interface");
    let right = vec![
        vec![],
        vec![primary.clone()],
        vec![primary.clone(), one(0, 1, "efa-only"), one(1, 0, "efa-only")],
    ];
    let wrong = vec![
        vec![one(1, 0, "interface")],
        vec![one(0, 0, "efa-only")],
        vec![primary.clone(), primary.clone()],
        vec![primary.clone(), one(1, 0, "efa-only"), one(1, 1, "efa-only")],
        vec![primary.clone(), one(-1, 0, "interface")],
        vec![primary.clone(), one(1, -1, "interface")],
        vec![primary.clone(), one(1, 0, "efa")],
        vec![primary, one(1, 2_147_483_648, "interface")],
    ];
    pick(right, wrong, spoilt)
}

fn disks(spoilt: u32) -> BoxedStrategy<Option<Vec<BlockDeviceMapping>>> {
    let size = word(
        &["200Gi", "1Ti", "64T", "59000Gi"],
        &["", "0Gi", "100", "100Mi", "18Ti", "59001Gi", "1.5Ti", "200gi"],
        spoilt,
    );
    let kind = word(&["gp3"], &["", "gp4", "GP3"], spoilt);
    let sized = (size, maybe(kind), any::<bool>()).prop_map(|(size, kind, encrypted)| Ebs {
        encrypted: Some(encrypted),
        volume_size: Some(size),
        volume_type: kind,
        ..Ebs::default()
    });
    let snapshot = number(&[100, 300], &[99, 301], spoilt).prop_map(|rate| Ebs {
        snapshot_id: Some("snap-1".to_owned()),
        volume_initialization_rate: Some(rate),
        ..Ebs::default()
    });
    let wrong = vec![
        Ebs::default(),
        Ebs {
            volume_size: Some("1Gi".to_owned()),
            volume_initialization_rate: Some(200),
            ..Ebs::default()
        },
        Ebs {
            volume_size: Some("1Gi".to_owned()),
            iops: Some(3_000),
            ..Ebs::default()
        },
    ];
    let ebs = prop_oneof![
        1_000 - spoilt => prop_oneof![3 => sized, 1 => snapshot],
        spoilt => prop::sample::select(wrong),
    ];
    let device = (ebs, any::<bool>()).prop_map(|(ebs, root)| BlockDeviceMapping {
        device_name: Some("/dev/xvda".to_owned()),
        root_volume: root.then_some(true),
        ebs: Some(ebs),
    });
    let two_roots = ["/dev/xvda", "/dev/xvdb"].map(|name| BlockDeviceMapping {
        device_name: Some(name.to_owned()),
        root_volume: Some(true),
        ebs: None,
    });
    let wrong = Just(Some(two_roots.to_vec()));
    prop_oneof![
        1_000 - spoilt => prop_oneof![Just(None), Just(Some(vec![])), device.prop_map(|device| Some(vec![device]))],
        spoilt => wrong,
    ]
    .boxed()
}

fn metadata(spoilt: u32) -> impl Strategy<Value = MetadataOptions> {
    let switch = |right: &[&str]| word(right, &["", "on"], spoilt);
    let hops = number(&[1, 2, 64], &[0, 65, -1], spoilt);
    (
        switch(&["enabled"]),
        switch(&["enabled", "disabled"]),
        hops,
        switch(&["required", "optional"]),
    )
        .prop_map(|(endpoint, ipv6, hops, tokens)| MetadataOptions {
            http_endpoint: endpoint,
            http_protocol_ipv6: ipv6,
            http_put_response_hop_limit: hops,
            http_tokens: tokens,
        })
}

fn kubelet(spoilt: u32) -> BoxedStrategy<BTreeMap<String, Value>> {
    let map = |key: &str, value: Value| BTreeMap::from([(key.to_owned(), value)]);
    let right = vec![
        BTreeMap::new(),
        map("maxPods", json!(110)),
        map(
            "evictionHard",
            json!({"memory.available": "5%", "nodefs.available": "10Gi"}),
        ),
        map("systemReserved", json!({"cpu": "100m"})),
        map("clusterDNS", json!(["10.0.0.10"])),
    ];
    let wrong = vec![
        map("maxPods", json!("many")),
        map("evictionHard", json!({"memory": "5%"})),
        map("registerWithTaints", json!([])),
        map("maxpods", json!(1)),
    ];
    pick(right, wrong, spoilt)
}

fn tracking(spoilt: u32) -> BoxedStrategy<Option<ConnectionTracking>> {
    let all = (
        number(&[60, 432_000], &[59, 432_001], spoilt),
        number(&[60, 180], &[59, 181], spoilt),
        number(&[30, 60], &[29, 61], spoilt),
    )
        .prop_map(|(tcp, stream, udp)| ConnectionTracking {
            tcp_established_timeout: Some(tcp),
            udp_stream_timeout: Some(stream),
            udp_timeout: Some(udp),
        });
    let all = all.boxed();
    prop_oneof![1_000 - spoilt => maybe(all), spoilt => Just(Some(ConnectionTracking::default()))].boxed()
}

fn tags(spoilt: u32) -> BoxedStrategy<Tags> {
    let wrong = [
        "",
        "eks:eks-cluster-name",
        "kubernetes.io/cluster/prod",
        "kubernetes.io/clusters",
        "karpenter.sh/nodepool",
        "karpenter.sh/nodeclaim",
        "karpenter.k8s.aws/ec2nodeclass",
        "aws:x",
    ];
    map(
        word(&["team", "cost centre"], &wrong, spoilt),
        word(&["", "ml, ü"], &[], spoilt),
        2,
    )
}

fn identity(spoilt: u32) -> BoxedStrategy<(Option<String>, Option<String>)> {
    let some = |name: &str| Some(name.to_owned());
    let right = vec![(some("KarpenterNodeRole"), None), (None, some("nodes"))];
    let wrong = vec![
        (None, None),
        (some("a"), some("b")),
        (some(""), None),
        (None, some("")),
    ];
    pick(right, wrong, spoilt)
}

fn placement(spoilt: u32) -> BoxedStrategy<Option<PlacementGroupSelector>> {
    let one = |name: Option<&str>, id: Option<&str>| {
        Some(PlacementGroupSelector {
            name: name.map(str::to_owned),
            id: id.map(str::to_owned),
        })
    };
    let right = vec![None, one(Some("gpus"), None), one(None, Some("pg-0a1"))];
    let wrong = vec![
        one(None, None),
        one(Some("a"), Some("pg-1")),
        one(Some(""), None),
        one(None, Some("x")),
    ];
    pick(right, wrong, spoilt)
}

/// Small fields: instance store, CPU, prefixes, what a failure does, and three that are always right.
type Small = (
    Option<String>,
    Option<CpuOptions>,
    Option<i64>,
    OnFailure,
    [Option<bool>; 3],
);

fn small(spoilt: u32) -> BoxedStrategy<Small> {
    let cpu = word(&["enabled", "disabled"], &["", "on"], spoilt).prop_map(|word| CpuOptions {
        nested_virtualization: Some(word),
    });
    let failure = pick(vec![OnFailure::Halt], vec![OnFailure::JoinTainted], spoilt);
    let switch = || prop::option::of(any::<bool>());
    (
        maybe(word(&["RAID0"], &["", "RAID10"], spoilt)),
        maybe(cpu.boxed()),
        maybe(number(&[0, 4], &[-1, 2_147_483_648], spoilt)),
        failure,
        [switch(), switch(), switch()],
    )
        .boxed()
}

fn cluster() -> ClusterDetails {
    ClusterDetails {
        name: "prod".to_owned(),
        api_server_endpoint: "https://example.eks.amazonaws.com".to_owned(),
        certificate_authority: "Y2E=".to_owned(),
        cidr: "172.20.0.0/16".to_owned(),
    }
}

/// Bottlerocket takes whole layouts of the single strategy only, and no parts.
fn fit(layouts: &[Layout], index: usize, options: &mut NodeClassOptions) -> Layout {
    let alias = options
        .ami_selector_terms
        .iter()
        .find_map(|term| term.alias.clone());
    let family = options.ami_family.clone();
    let bottlerocket = match &family {
        Some(family) => family == "Bottlerocket",
        None => alias.is_some_and(|alias| alias.starts_with("bottlerocket")),
    };
    if family.as_deref() == Some("Custom") {
        options.cluster = Some(cluster());
    }
    if bottlerocket {
        options.parts_after = Vec::new();
        return layouts[2].clone();
    }
    layouts[index].clone()
}

pub(crate) fn options(spoilt: u32) -> BoxedStrategy<(Layout, NodeClassOptions)> {
    let part = UserPart {
        content_type: "text/x-shellscript".to_owned(),
        text: "#!/bin/bash\n\techo '# \"quoted\" \\ $HOME'   \n\n".to_owned(),
    };
    let layouts = layouts();
    let parts = (
        (
            0..layouts.len(),
            name(spoilt),
            labels(spoilt),
            annotations(spoilt),
        ),
        (
            images(spoilt),
            subnets(spoilt),
            groups(spoilt),
            reservations(spoilt),
            placement(spoilt),
        ),
        (
            interfaces(spoilt),
            disks(spoilt),
            metadata(spoilt),
            kubelet(spoilt),
            tracking(spoilt),
        ),
        (
            identity(spoilt),
            tags(spoilt),
            small(spoilt),
            prop::sample::select(vec![vec![], vec![part]]),
        ),
    );
    parts
        .prop_map(move |(first, selectors, node, last)| {
            let [address, monitoring, enclave] = last.2.4;
            let mut options = NodeClassOptions {
                name: first.1,
                labels: first.2,
                annotations: first.3,
                ami_selector_terms: selectors.0.0,
                ami_family: selectors.0.1,
                subnet_selector_terms: selectors.1,
                security_group_selector_terms: selectors.2,
                capacity_reservation_selector_terms: selectors.3,
                placement_group_selector: selectors.4,
                network_interfaces: node.0,
                block_device_mappings: node.1,
                metadata_options: node.2,
                kubelet: node.3,
                connection_tracking: node.4,
                role: last.0.0,
                instance_profile: last.0.1,
                tags: last.1,
                instance_store_policy: last.2.0,
                cpu_options: last.2.1,
                ip_prefix_count: last.2.2,
                on_failure: last.2.3,
                associate_public_ip_address: address,
                detailed_monitoring: monitoring,
                enclave_options: enclave.map(|enabled| EnclaveOptions { enabled }),
                parts_after: last.3,
                ..NodeClassOptions::default()
            };
            let layout = fit(&layouts, first.0, &mut options);
            (layout, options)
        })
        .boxed()
}
