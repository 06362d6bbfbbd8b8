//! Random node classes.

use mig::Layout;
use mig::boot::{ClusterDetails, OnFailure, UserPart};
use mig::manifests::karpenter::NodeClassOptions;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{annotations, given, labels, layouts, map, maybe, name, number, pick, word};

/// Tags to select by; never none of them.
fn selector_tags(spoilt: u32) -> BoxedStrategy<Value> {
    let many: serde_json::Map<String, Value> =
        (0..21).map(|index| (format!("k{index}"), json!("v"))).collect();
    let right = vec![json!({"karpenter.sh/discovery": "prod"}), json!({"team": "*"})];
    pick(
        right,
        vec![json!({}), json!({"": "x"}), json!({"x": ""}), many.into()],
        spoilt,
    )
}

/// Image terms with the family that goes with them.
fn images(spoilt: u32) -> BoxedStrategy<(Value, Option<&'static str>)> {
    let alias = |alias: &str| json!({"alias": alias});
    let id = |id: &str| json!({"id": id});
    let named = json!({"name": "gpu-*", "owner": "self"});
    let tagged = json!({"tags": {"driver": "580"}});
    let right = vec![
        (json!([alias("al2023@v20261003")]), None),
        (json!([alias("al2023@latest")]), Some("AL2023")),
        (json!([alias("al2023@v20261003")]), Some("Custom")),
        (json!([alias("bottlerocket@v1.68.0")]), None),
        (json!([id("ami-0a1"), named]), Some("AL2023")),
        (json!([{"ssmParameter": "/mig/ami"}]), Some("Custom")),
        (json!([tagged]), Some("Bottlerocket")),
    ];
    let wrong = vec![
        (json!([]), None),
        (json!([]), Some("AL2023")),
        (json!([{}]), Some("AL2023")),
        (json!([{"owner": "self"}]), Some("AL2023")),
        (json!([{"id": "ami-1", "alias": "al2023@v1"}]), None),
        (
            json!([{"id": "ami-1", "tags": {"driver": "580"}}]),
            Some("AL2023"),
        ),
        (json!([alias("al2023@v1"), named]), None),
        (json!([alias("al2023")]), None),
        (json!([alias("al2023@")]), None),
        (json!([alias("al 2023@v1")]), None),
        (json!([alias("ubuntu@v1")]), None),
        (json!([alias("windows2022@v1")]), None),
        (json!([alias(&format!("al2023@v{}", "1".repeat(30)))]), None),
        (json!([alias("al2023@v1")]), Some("Bottlerocket")),
        (json!([alias("al2023@v1")]), Some("Ubuntu")),
        (json!([alias("al2@v1")]), Some("AL2023")),
        (json!([id("ami-0a1")]), None),
        (json!([id("i-1")]), Some("AL2023")),
        (json!([id("ami-")]), Some("AL2023")),
        (json!(vec![id("ami-1"); 31]), Some("AL2023")),
        (json!([id("ami-1")]), Some("al2023")),
    ];
    pick(right, wrong, spoilt)
}

/// Lists of terms; so often out of a thousand one that is wrong as a whole.
fn terms(right: BoxedStrategy<Value>, wrong: Vec<Value>, spoilt: u32) -> BoxedStrategy<Value> {
    let right = prop::collection::vec(right, 1..3).prop_map(Value::from);
    prop_oneof![1_000 - spoilt => right, spoilt => prop::sample::select(wrong)].boxed()
}

fn subnets(spoilt: u32) -> BoxedStrategy<Value> {
    let id = word(&["subnet-0a1"], &["sg-1", "subnet-", ""], spoilt);
    let term = prop_oneof![
        selector_tags(spoilt).prop_map(|tags| json!({"tags": tags})),
        id.prop_map(|id| json!({"id": id})),
    ];
    let both = json!([{"id": "subnet-1", "tags": {"a": "b"}}]);
    terms(term.boxed(), vec![json!([]), both], spoilt)
}

fn groups(spoilt: u32) -> BoxedStrategy<Value> {
    let right = prop_oneof![
        selector_tags(spoilt).prop_map(|tags| json!({"tags": tags})),
        word(&["sg-0a1"], &["subnet-1", ""], spoilt).prop_map(|id| json!({"id": id})),
        word(&["nodes"], &[""], spoilt).prop_map(|name| json!({"name": name})),
    ];
    let wrong = vec![
        json!([]),
        json!([{}]),
        json!([{"id": "sg-1", "name": "nodes"}]),
        json!([{"name": "nodes", "tags": {"a": "b"}}]),
        json!([{"id": "sg-1", "tags": {"a": "b"}}]),
    ];
    terms(right.boxed(), wrong, spoilt)
}

fn reservations(spoilt: u32) -> BoxedStrategy<Value> {
    let by_id = word(&["cr-0a1"], &["", "cr-", "ami-1"], spoilt).prop_map(|id| json!({"id": id}));
    let criteria = maybe(word(&["open", "targeted"], &["", "closed"], spoilt));
    let owner = maybe(word(&["123456789012"], &["", "12", "self"], spoilt));
    let by_others = (criteria, owner, selector_tags(spoilt)).prop_map(|(criteria, owner, tags)| {
        given(json!({"instanceMatchCriteria": criteria, "ownerID": owner, "tags": tags}))
    });
    prop::collection::vec(prop_oneof![by_id, by_others], 0..2)
        .prop_map(Value::from)
        .boxed()
}

fn interfaces(spoilt: u32) -> BoxedStrategy<Value> {
    let one = |card: i64, device: i64, kind: &str| json!({"networkCardIndex": card, "deviceIndex": device, "interfaceType": kind});
    let primary = one(0, 0, "interface");
    let right = vec![
        json!([]),
        json!([primary]),
        json!([primary, one(0, 1, "efa-only"), one(1, 0, "efa-only")]),
    ];
    let wrong = vec![
        json!([one(1, 0, "interface")]),
        json!([one(0, 0, "efa-only")]),
        json!([primary, primary]),
        json!([primary, one(1, 0, "efa-only"), one(1, 1, "efa-only")]),
        json!([primary, one(-1, 0, "interface")]),
        json!([primary, one(1, -1, "interface")]),
        json!([primary, one(1, 0, "efa")]),
        json!([primary, one(1, 2_147_483_648, "interface")]),
    ];
    pick(right, wrong, spoilt)
}

fn disks(spoilt: u32) -> BoxedStrategy<Option<Value>> {
    let size = word(
        &["200Gi", "1Ti", "64T", "59000Gi"],
        &["", "0Gi", "100", "100Mi", "18Ti", "59001Gi", "1.5Ti", "200gi"],
        spoilt,
    );
    let kind = word(&["gp3"], &["", "gp4", "GP3"], spoilt);
    let sized = (size, maybe(kind), any::<bool>()).prop_map(|(size, kind, encrypted)| {
        given(json!({"encrypted": encrypted, "volumeSize": size, "volumeType": kind}))
    });
    let snapshot = number(&[100, 300], &[99, 301], spoilt)
        .prop_map(|rate| json!({"snapshotID": "snap-1", "volumeInitializationRate": rate}));
    let wrong = vec![
        json!({}),
        json!({"volumeSize": "1Gi", "volumeInitializationRate": 200}),
        json!({"volumeSize": "1Gi", "iops": 3_000}),
    ];
    let ebs = prop_oneof![
        1_000 - spoilt => prop_oneof![3 => sized, 1 => snapshot],
        spoilt => prop::sample::select(wrong),
    ];
    let device = (ebs, any::<bool>()).prop_map(|(ebs, root)| {
        let root = root.then_some(true);
        json!([given(
            json!({"deviceName": "/dev/xvda", "rootVolume": root, "ebs": ebs})
        )])
    });
    let two_roots = ["/dev/xvda", "/dev/xvdb"].map(|name| json!({"deviceName": name, "rootVolume": true}));
    prop_oneof![
        1_000 - spoilt => prop_oneof![Just(None), Just(Some(json!([]))), device.prop_map(Some)],
        spoilt => Just(Some(json!(two_roots))),
    ]
    .boxed()
}

fn metadata(spoilt: u32) -> impl Strategy<Value = Value> {
    let switch = |right: &[&str]| word(right, &["", "on"], spoilt);
    let hops = number(&[1, 2, 64], &[0, 65, -1], spoilt);
    (
        switch(&["enabled"]),
        switch(&["enabled", "disabled"]),
        hops,
        switch(&["required", "optional"]),
    )
        .prop_map(|(endpoint, ipv6, hops, tokens)| {
            json!({
                "httpEndpoint": endpoint, "httpProtocolIPv6": ipv6, "httpPutResponseHopLimit": hops, "httpTokens": tokens,
            })
        })
}

fn kubelet(spoilt: u32) -> BoxedStrategy<Value> {
    let right = vec![
        json!({}),
        json!({"maxPods": 110}),
        json!({"evictionHard": {"memory.available": "5%", "nodefs.available": "10Gi"}}),
        json!({"systemReserved": {"cpu": "100m"}}),
        json!({"clusterDNS": ["10.0.0.10"]}),
    ];
    let wrong = vec![
        json!({"maxPods": "many"}),
        json!({"evictionHard": {"memory": "5%"}}),
        json!({"registerWithTaints": []}),
        json!({"maxpods": 1}),
    ];
    pick(right, wrong, spoilt)
}

fn tracking(spoilt: u32) -> BoxedStrategy<Option<Value>> {
    let all = (
        number(&[60, 432_000], &[59, 432_001], spoilt),
        number(&[60, 180], &[59, 181], spoilt),
        number(&[30, 60], &[29, 61], spoilt),
    )
        .prop_map(|(tcp, stream, udp)| {
            json!({"tcpEstablishedTimeout": tcp, "udpStreamTimeout": stream, "udpTimeout": udp})
        });
    prop_oneof![1_000 - spoilt => maybe(all.boxed()), spoilt => Just(Some(json!({})))].boxed()
}

fn tags(spoilt: u32) -> BoxedStrategy<Value> {
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
    .prop_map(|tags| json!(tags))
    .boxed()
}

/// Role and instance profile.
fn identity(spoilt: u32) -> BoxedStrategy<(Option<&'static str>, Option<&'static str>)> {
    let right = vec![(Some("KarpenterNodeRole"), None), (None, Some("nodes"))];
    let wrong = vec![
        (None, None),
        (Some("a"), Some("b")),
        (Some(""), None),
        (None, Some("")),
    ];
    pick(right, wrong, spoilt)
}

fn placement(spoilt: u32) -> BoxedStrategy<Option<Value>> {
    let right = vec![None, Some(json!({"name": "gpus"})), Some(json!({"id": "pg-0a1"}))];
    let wrong = [
        json!({}),
        json!({"name": "a", "id": "pg-1"}),
        json!({"name": ""}),
        json!({"id": "x"}),
    ];
    pick(right, wrong.map(Some).to_vec(), spoilt)
}

/// Small fields: instance store, CPU, prefixes, what a failure does, and three that are always right.
type Small = (
    Option<String>,
    Option<Value>,
    Option<i64>,
    OnFailure,
    [Option<bool>; 3],
);

fn small(spoilt: u32) -> BoxedStrategy<Small> {
    let cpu = word(&["enabled", "disabled"], &["", "on"], spoilt)
        .prop_map(|word| json!({"nestedVirtualization": word}));
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

/// Bottlerocket accepts whole layouts of the single strategy only, and no parts.
fn fit(layouts: &[Layout], index: usize, options: &mut NodeClassOptions) -> Layout {
    let spec = &options.object["spec"];
    let terms = spec["amiSelectorTerms"].as_array();
    let mut aliases = terms
        .into_iter()
        .flatten()
        .filter_map(|term| term["alias"].as_str());
    let family = spec["amiFamily"].as_str();
    let bottlerocket = match family {
        Some(family) => family == "Bottlerocket",
        None => aliases
            .next()
            .is_some_and(|alias| alias.starts_with("bottlerocket")),
    };
    if family == Some("Custom") {
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
            let spec = given(json!({
                "amiSelectorTerms": selectors.0.0,
                "amiFamily": selectors.0.1,
                "subnetSelectorTerms": selectors.1,
                "securityGroupSelectorTerms": selectors.2,
                "capacityReservationSelectorTerms": selectors.3,
                "placementGroupSelector": selectors.4,
                "networkInterfaces": node.0,
                "blockDeviceMappings": node.1,
                "metadataOptions": node.2,
                "kubelet": node.3,
                "connectionTracking": node.4,
                "role": last.0.0,
                "instanceProfile": last.0.1,
                "tags": last.1,
                "instanceStorePolicy": last.2.0,
                "cpuOptions": last.2.1,
                "ipPrefixCount": last.2.2,
                "associatePublicIPAddress": address,
                "detailedMonitoring": monitoring,
                "enclaveOptions": enclave.map(|enabled| json!({"enabled": enabled})),
            }));
            let metadata = json!({"name": first.1, "labels": first.2, "annotations": first.3});
            let mut options = NodeClassOptions {
                object: json!({"metadata": metadata, "spec": spec}),
                on_failure: last.2.3,
                parts_after: last.3,
                ..NodeClassOptions::default()
            };
            let layout = fit(&layouts, first.0, &mut options);
            (layout, options)
        })
        .boxed()
}
