//! Node classes that are wrong in one way, each with what the server says.

use std::collections::BTreeMap;

use mig::boot::{OnFailure, UserPart};
use mig::manifests::karpenter::NodeClassOptions;
use mig::manifests::karpenter::node_class::{
    AmiSelectorTerm, BlockDeviceMapping, CapacityReservationSelectorTerm, ConnectionTracking, CpuOptions,
    Ebs, NetworkInterface, PlacementGroupSelector, SecurityGroupSelectorTerm, SubnetSelectorTerm,
};
use serde_json::{Value, json};

use crate::karpenter_options::class;
use crate::server::apply_all;
use crate::verdicts::{class_of, generate, place};

/// Bases that each fault is put into.
const BASES: usize = 3;

/// Where our fault is, whether the server refuses too, what is wrong.
type Fault = (&'static str, bool, fn(&mut NodeClassOptions));

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn map(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

fn alias(options: &mut NodeClassOptions, alias: &str, family: Option<&str>) {
    options.ami_selector_terms = vec![AmiSelectorTerm {
        alias: some(alias),
        ..AmiSelectorTerm::default()
    }];
    (options.ami_family, options.cluster) = (family.map(str::to_owned), None);
}

fn image(options: &mut NodeClassOptions, term: AmiSelectorTerm) {
    alias(options, "al2023@v1", Some("AL2023"));
    options.ami_selector_terms = vec![term];
}

fn by_id(id: &str) -> AmiSelectorTerm {
    AmiSelectorTerm {
        id: some(id),
        ..AmiSelectorTerm::default()
    }
}

fn subnet(options: &mut NodeClassOptions, id: Option<&str>, tags: BTreeMap<String, String>) {
    options.subnet_selector_terms = vec![SubnetSelectorTerm {
        id: id.map(str::to_owned),
        tags,
    }];
}

fn group(
    options: &mut NodeClassOptions,
    id: Option<&str>,
    name: Option<&str>,
    tags: BTreeMap<String, String>,
) {
    options.security_group_selector_terms = vec![SecurityGroupSelectorTerm {
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        tags,
    }];
}

fn disk(options: &mut NodeClassOptions, ebs: Ebs) {
    options.block_device_mappings = Some(vec![BlockDeviceMapping {
        device_name: some("/dev/xvda"),
        root_volume: None,
        ebs: Some(ebs),
    }]);
}

fn interfaces(options: &mut NodeClassOptions, interfaces: &[(i64, i64, &str)]) {
    let interface = |(card, device, kind): &(i64, i64, &str)| NetworkInterface {
        network_card_index: *card,
        device_index: *device,
        interface_type: (*kind).to_owned(),
    };
    options.network_interfaces = interfaces.iter().map(interface).collect();
}

fn kubelet(options: &mut NodeClassOptions, key: &str, value: Value) {
    alias(options, "al2023@v1", None);
    options.kubelet = BTreeMap::from([(key.to_owned(), value)]);
}

fn reservation(options: &mut NodeClassOptions, term: CapacityReservationSelectorTerm) {
    options.capacity_reservation_selector_terms = vec![term];
}

fn part(options: &mut NodeClassOptions, text: &str) {
    alias(options, "al2023@v1", None);
    options.parts_before = vec![UserPart {
        content_type: "text/x-shellscript".to_owned(),
        text: text.to_owned(),
    }];
}

const SELECTORS: &[Fault] = &[
    ("ami_selector_terms[0].alias", true, |o| alias(o, "al2023", None)),
    ("ami_selector_terms[0].alias", true, |o| {
        alias(o, "ubuntu@v1", None)
    }),
    ("ami_selector_terms[0].alias", true, |o| {
        alias(o, "windows2022@v1", None)
    }),
    ("ami_selector_terms[0].alias", true, |o| {
        alias(o, "al2023@v1234567890123456789012345", None)
    }),
    ("ami_selector_terms[0].alias", false, |o| {
        alias(o, "al2@v20250101", None)
    }),
    ("ami_family", true, |o| {
        alias(o, "al2023@v1", Some("Bottlerocket"))
    }),
    ("ami_family", true, |o| alias(o, "al2023@v1", Some("Ubuntu"))),
    ("ami_family", true, |o| {
        image(o, by_id("ami-1"));
        o.ami_family = None;
    }),
    ("ami_family", false, |o| {
        image(o, by_id("ami-1"));
        o.ami_family = some("AL2");
    }),
    ("ami_selector_terms[0]", true, |o| {
        image(o, AmiSelectorTerm::default())
    }),
    ("ami_selector_terms[0]", true, |o| {
        image(
            o,
            AmiSelectorTerm {
                name: some("x"),
                ..by_id("ami-1")
            },
        )
    }),
    ("ami_selector_terms[0]", false, |o| {
        image(
            o,
            AmiSelectorTerm {
                ssm_parameter: some("x"),
                ..by_id("ami-1")
            },
        )
    }),
    ("ami_selector_terms[0].id", true, |o| image(o, by_id("i-1"))),
    ("ami_selector_terms[0].tags[\"x\"]", true, |o| {
        image(
            o,
            AmiSelectorTerm {
                tags: map("x", ""),
                ..AmiSelectorTerm::default()
            },
        );
    }),
    ("ami_selector_terms", true, |o| {
        alias(o, "al2023@v1", None);
        o.ami_selector_terms.push(by_id("ami-1"));
    }),
    ("subnet_selector_terms", true, |o| o.subnet_selector_terms.clear()),
    ("subnet_selector_terms[0]", true, |o| {
        subnet(o, None, BTreeMap::new())
    }),
    ("subnet_selector_terms[0]", true, |o| {
        subnet(o, Some("subnet-1"), map("a", "b"))
    }),
    ("subnet_selector_terms[0].id", true, |o| {
        subnet(o, Some("sg-1"), BTreeMap::new())
    }),
    ("security_group_selector_terms", true, |o| {
        o.security_group_selector_terms.clear()
    }),
    ("security_group_selector_terms[0]", true, |o| {
        group(o, None, None, BTreeMap::new())
    }),
    ("security_group_selector_terms[0]", true, |o| {
        group(o, Some("sg-1"), Some("x"), BTreeMap::new())
    }),
    ("security_group_selector_terms[0]", true, |o| {
        group(o, None, Some("x"), map("a", "b"))
    }),
    ("security_group_selector_terms[0].name", false, |o| {
        group(o, None, Some(""), BTreeMap::new())
    }),
    ("capacity_reservation_selector_terms[0]", true, |o| {
        reservation(o, CapacityReservationSelectorTerm::default())
    }),
    ("capacity_reservation_selector_terms[0].id", true, |o| {
        reservation(
            o,
            CapacityReservationSelectorTerm {
                id: some("x"),
                ..CapacityReservationSelectorTerm::default()
            },
        );
    }),
    ("capacity_reservation_selector_terms[0].owner_id", true, |o| {
        let owner_id = some("me");
        reservation(
            o,
            CapacityReservationSelectorTerm {
                owner_id,
                tags: map("a", "b"),
                ..Default::default()
            },
        );
    }),
    ("placement_group_selector", true, |o| {
        o.placement_group_selector = Some(PlacementGroupSelector::default())
    }),
    ("placement_group_selector", true, |o| {
        o.placement_group_selector = Some(PlacementGroupSelector {
            id: some("pg-1"),
            name: some("x"),
        });
    }),
];

const NODE: &[Fault] = &[
    ("name", true, |o| o.name = "Upper".to_owned()),
    ("labels[\"a b\"]", true, |o| o.labels = map("a b", "x")),
    ("role", true, |o| (o.role, o.instance_profile) = (None, None)),
    ("instance_profile", true, |o| {
        (o.role, o.instance_profile) = (some("a"), some("b"))
    }),
    ("role", true, |o| (o.role, o.instance_profile) = (some(""), None)),
    ("on_failure", false, |o| {
        alias(o, "al2023@v1", None);
        o.on_failure = OnFailure::JoinTainted;
    }),
    ("metadata_options.http_tokens", true, |o| {
        o.metadata_options.http_tokens = "maybe".to_owned()
    }),
    ("metadata_options.http_put_response_hop_limit", true, |o| {
        o.metadata_options.http_put_response_hop_limit = 65
    }),
    ("metadata_options.http_endpoint", false, |o| {
        o.metadata_options.http_endpoint = "disabled".to_owned()
    }),
    ("instance_store_policy", true, |o| {
        o.instance_store_policy = some("RAID10")
    }),
    ("ip_prefix_count", true, |o| o.ip_prefix_count = Some(-1)),
    ("cpu_options.nested_virtualization", true, |o| {
        o.cpu_options = Some(CpuOptions {
            nested_virtualization: some("on"),
        });
    }),
    ("connection_tracking", true, |o| {
        o.connection_tracking = Some(ConnectionTracking::default())
    }),
    ("connection_tracking.udp_timeout", true, |o| {
        o.connection_tracking = Some(ConnectionTracking {
            udp_timeout: Some(61),
            ..ConnectionTracking::default()
        });
    }),
    ("network_interfaces", true, |o| {
        interfaces(o, &[(1, 0, "interface")])
    }),
    ("network_interfaces[1]", true, |o| {
        interfaces(o, &[(0, 0, "interface"), (0, 0, "interface")])
    }),
    ("network_interfaces[2]", true, |o| {
        interfaces(o, &[(0, 0, "interface"), (1, 0, "efa-only"), (1, 1, "efa-only")]);
    }),
    ("network_interfaces[1].interface_type", true, |o| {
        interfaces(o, &[(0, 0, "interface"), (1, 0, "efa")])
    }),
    ("tags[\"karpenter.sh/nodepool\"]", true, |o| {
        o.tags = map("karpenter.sh/nodepool", "x")
    }),
    ("tags[\"kubernetes.io/cluster/prod\"]", true, |o| {
        o.tags = map("kubernetes.io/cluster/prod", "owned")
    }),
    ("tags[\"aws:x\"]", false, |o| o.tags = map("aws:x", "y")),
    ("block_device_mappings[0].ebs", true, |o| disk(o, Ebs::default())),
    ("block_device_mappings[0].ebs.volume_size", true, |o| {
        disk(
            o,
            Ebs {
                volume_size: some("200"),
                ..Ebs::default()
            },
        )
    }),
    ("block_device_mappings[0].ebs.volume_size", true, |o| {
        disk(
            o,
            Ebs {
                volume_size: some("18Ti"),
                ..Ebs::default()
            },
        )
    }),
    ("block_device_mappings[0].ebs.volume_type", true, |o| {
        disk(
            o,
            Ebs {
                volume_size: some("1Gi"),
                volume_type: some("gp4"),
                ..Ebs::default()
            },
        );
    }),
    (
        "block_device_mappings[0].ebs.volume_initialization_rate",
        true,
        |o| {
            disk(
                o,
                Ebs {
                    volume_size: some("1Gi"),
                    volume_initialization_rate: Some(100),
                    ..Ebs::default()
                },
            );
        },
    ),
    ("block_device_mappings[0].ebs.iops", false, |o| {
        disk(
            o,
            Ebs {
                volume_size: some("200Gi"),
                volume_type: some("st1"),
                iops: Some(100),
                ..Ebs::default()
            },
        );
    }),
    ("block_device_mappings[0].ebs.kms_key_id", false, |o| {
        disk(
            o,
            Ebs {
                volume_size: some("1Gi"),
                kms_key_id: some("alias/x"),
                ..Ebs::default()
            },
        );
    }),
    ("kubelet[\"maxPods\"]", false, |o| {
        kubelet(o, "maxPods", json!("many"))
    }),
    ("kubelet[\"maxpods\"]", false, |o| {
        kubelet(o, "maxpods", json!(10))
    }),
    ("kubelet[\"registerWithTaints\"]", false, |o| {
        kubelet(o, "registerWithTaints", json!([]))
    }),
    ("kubelet[\"evictionHard\"][\"memory\"]", false, |o| {
        kubelet(o, "evictionHard", json!({"memory": "5%"}))
    }),
    ("extra_user_data.before[0].content", false, |o| {
        part(o, "#!/bin/sh\n--//\n")
    }),
    ("extra_user_data.before[0].content", false, |o| {
        part(o, "Content-Transfer-Encoding: base64\n\nZWNobw==\n")
    }),
    ("extra_user_data.before[0].content", false, |o| {
        part(o, "#!/bin/sh\r\n")
    }),
];

#[test]
fn node_classes_that_are_wrong_in_one_way() {
    let bases = generate(&class::options(0), BASES);
    for (path, server_refuses, spoil) in SELECTORS.iter().chain(NODE) {
        for (layout, options) in &bases {
            let mut options = options.clone();
            spoil(&mut options);
            let ours = class_of(&(layout.clone(), options));
            let paths: Vec<String> = ours.faults.iter().map(place).collect();
            assert_eq!(paths, [*path], "{:?}", ours.faults);
            let server = apply_all(&ours.objects);
            assert_eq!(
                server.is_err(),
                *server_refuses,
                "{path}: {server:?} {:?}",
                ours.faults
            );
        }
    }
}
