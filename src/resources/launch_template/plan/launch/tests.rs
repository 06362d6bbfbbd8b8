//! A table of wrong and right settings: what a template says of them, and that a node class says the same.

use mig::manifests::karpenter::{NodeClassOptions, node_class};
use serde_json::json;
use tfplug::{Attr, Diagnostics, SetOf};

use super::*;
use crate::resources::launch_template::instance::{
    IamInstanceProfile, InstanceMarketOptions, MetadataOptions, NetworkInterface, SpotOptions,
};

fn findings(config: &LaunchTemplate) -> Vec<(String, String)> {
    let mut diags = Diagnostics::new();
    check(config, &mut diags);
    diags
        .iter()
        .map(|found| (found.path.to_string(), found.summary.clone()))
        .collect()
}

#[track_caller]
fn refused(config: &LaunchTemplate, place: &str, summary: &str) {
    assert_eq!(findings(config), [(place.to_owned(), summary.to_owned())]);
}

fn with_ebs(device: &str, ebs: Ebs) -> LaunchTemplate {
    LaunchTemplate {
        block_device_mappings: vec![BlockDeviceMapping {
            device_name: device.into(),
            ebs: ebs.into(),
            ..BlockDeviceMapping::default()
        }]
        .into(),
        ..LaunchTemplate::default()
    }
}

fn ebs(kind: &str) -> Ebs {
    Ebs {
        volume_size: 200.into(),
        volume_type: kind.into(),
        ..Ebs::default()
    }
}

#[test]
fn disks_that_no_instance_has() {
    let cases: Vec<(Ebs, &str, &str)> = vec![
        (ebs("io2"), "iops", "A io2 volume needs iops"),
        (ebs("io1"), "iops", "A io1 volume needs iops"),
        (
            Ebs {
                iops: 3_000.into(),
                ..ebs("gp2")
            },
            "iops",
            "A gp2 volume has no iops to set",
        ),
        (
            Ebs {
                throughput: 250.into(),
                ..ebs("st1")
            },
            "throughput",
            "A st1 volume has no throughput to set",
        ),
        (
            Ebs {
                iops: 20_000.into(),
                ..ebs("io1")
            },
            "iops",
            "A io1 volume of 200 GiB cannot have 20000 iops",
        ),
        (
            Ebs {
                throughput: 1_000.into(),
                ..ebs("gp3")
            },
            "throughput",
            "1000 MiB/s are too many for 3000 iops",
        ),
        (
            Ebs {
                volume_size: 100.into(),
                ..ebs("sc1")
            },
            "volume_size",
            "A sc1 volume cannot have 100 GiB",
        ),
        (
            Ebs {
                kms_key_id: "alias/ebs".into(),
                encrypted: false.into(),
                ..ebs("gp3")
            },
            "kms_key_id",
            "A key without encryption",
        ),
        (
            Ebs {
                snapshot_id: "ami-1".into(),
                ..ebs("gp3")
            },
            "snapshot_id",
            "\"ami-1\" is not the ID of a snapshot",
        ),
    ];
    for (ebs, attribute, summary) in cases {
        let place = format!("block_device_mappings[0].ebs.{attribute}");
        refused(&with_ebs("/dev/xvda", ebs), &place, summary);
    }
    let second = with_ebs(
        "/dev/xvdf",
        Ebs {
            encrypted: true.into(),
            ..Ebs::default()
        },
    );
    refused(&second, "block_device_mappings[0].ebs", "The volume has no size");
}

#[test]
fn disks_that_an_instance_has() {
    let right = [
        Ebs {
            encrypted: true.into(),
            ..Ebs::default()
        },
        Ebs {
            iops: 4_000.into(),
            ..Ebs::default()
        },
        Ebs {
            iops: Attr::Unknown,
            ..ebs("io2")
        },
        Ebs {
            volume_type: Attr::Unknown,
            iops: 3_000.into(),
            ..Ebs::default()
        },
        Ebs {
            throughput: 750.into(),
            ..ebs("gp3")
        },
        Ebs {
            throughput: 1_000.into(),
            iops: 4_000.into(),
            ..ebs("gp3")
        },
        Ebs {
            iops: 10_000.into(),
            ..ebs("io1")
        },
        Ebs {
            kms_key_id: "alias/ebs".into(),
            encrypted: Attr::Unknown,
            ..ebs("gp3")
        },
    ];
    for ebs in right {
        assert_eq!(findings(&with_ebs("/dev/xvda", ebs)), []);
    }
}

/// The node class gives the same summary at its own attribute.
#[test]
fn a_node_class_says_the_same_of_a_disk() {
    let spec = serde_json::from_value(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}));
    let layout = mig::Layout::resolve(&spec.unwrap(), mig::Catalog::builtin()).unwrap();
    let class = |kind: &str, iops: Option<i64>, throughput: Option<i64>| {
        let ebs = serde_json::json!({
            "volumeSize": "200Gi", "volumeType": kind, "iops": iops, "throughput": throughput,
        });
        let options = NodeClassOptions {
            object: serde_json::json!({"spec": {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": ebs}]}}),
            ..NodeClassOptions::default()
        };
        let faults = node_class::NodeClass::render(&layout, &options, mig::Catalog::builtin()).unwrap_err();
        faults
            .iter()
            .map(|fault| fault.summary().to_owned())
            .collect::<Vec<_>>()
    };
    for (kind, iops, throughput) in [
        ("io2", None, None),
        ("gp2", Some(3_000), None),
        ("io1", Some(20_000), None),
        ("gp3", None, Some(1_000)),
        ("st1", None, Some(250)),
    ] {
        let number = |number: Option<i64>| number.map_or(Attr::Null, Attr::Known);
        let template = with_ebs(
            "/dev/xvda",
            Ebs {
                iops: number(iops),
                throughput: number(throughput),
                ..ebs(kind)
            },
        );
        let [(_, summary)] = findings(&template).try_into().unwrap();
        assert!(class(kind, iops, throughput).contains(&summary), "{summary}");
    }
}

fn card(card: i64, device: i64, kind: &str) -> NetworkInterface {
    NetworkInterface {
        network_card_index: card.into(),
        device_index: device.into(),
        interface_type: kind.into(),
        ..NetworkInterface::default()
    }
}

fn with_interfaces(all: Vec<NetworkInterface>) -> LaunchTemplate {
    LaunchTemplate {
        network_interfaces: all.into(),
        ..LaunchTemplate::default()
    }
}

#[test]
fn interfaces_that_no_instance_has() {
    let public = |interface| NetworkInterface {
        associate_public_ip_address: true.into(),
        ..interface
    };
    let cases: Vec<(Vec<NetworkInterface>, &str, &str)> = vec![
        (
            vec![public(card(0, 0, "efa")), card(1, 1, "efa")],
            "network_interfaces[0].associate_public_ip_address",
            "A public address is not possible beside 2 interfaces",
        ),
        (
            vec![card(0, 0, "efa"), card(2, 2, "efa")],
            "network_interfaces[1].device_index",
            "Card 2 has no device 2 for EFA",
        ),
        (
            vec![card(0, 0, "interface"), card(0, 0, "interface")],
            "network_interfaces[1]",
            "Device 0 of card 0 is there twice",
        ),
        (
            vec![card(1, 1, "efa")],
            "network_interfaces",
            "The primary interface is missing",
        ),
        (
            vec![card(0, 0, "efa-only"), card(1, 1, "efa-only")],
            "network_interfaces[0].interface_type",
            "The primary interface cannot be efa-only",
        ),
        (
            vec![card(0, 0, "efa"), card(0, 1, "efa-only")],
            "network_interfaces[1]",
            "Card 0 has two EFA interfaces",
        ),
    ];
    for (all, place, summary) in cases {
        refused(&with_interfaces(all), place, summary);
    }
    let unknown = NetworkInterface {
        device_index: Attr::Unknown,
        ..NetworkInterface::default()
    };
    for right in [
        vec![],
        vec![public(card(0, 0, "interface"))],
        vec![NetworkInterface::default()],
        vec![card(1, 1, "efa"), unknown],
        vec![card(0, 0, "interface"), card(0, 1, "efa-only"), card(1, 1, "efa")],
    ] {
        assert_eq!(findings(&with_interfaces(right)), []);
    }
}

#[test]
fn other_settings_that_no_instance_has() {
    let metadata = LaunchTemplate {
        metadata_options: MetadataOptions {
            http_endpoint: "disabled".into(),
            ..MetadataOptions::default()
        }
        .into(),
        ..LaunchTemplate::default()
    };
    let summary = "Without the metadata service a node cannot read its user data";
    refused(&metadata, "metadata_options.http_endpoint", summary);
    let groups = LaunchTemplate {
        vpc_security_group_ids: SetOf(vec!["sg-1".to_owned(), "subnet-1".to_owned()]).into(),
        ..LaunchTemplate::default()
    };
    let summary = "\"subnet-1\" is not the ID of a security group";
    refused(&groups, "vpc_security_group_ids", summary);
    let image = LaunchTemplate {
        image_id: "al2023@latest".into(),
        ..LaunchTemplate::default()
    };
    refused(&image, "image_id", "\"al2023@latest\" is not the ID of an image");
    let profile = LaunchTemplate {
        iam_instance_profile: IamInstanceProfile {
            name: "arn:aws:iam::123456789012:instance-profile/nodes".into(),
            ..IamInstanceProfile::default()
        }
        .into(),
        ..LaunchTemplate::default()
    };
    let summary =
        "\"arn:aws:iam::123456789012:instance-profile/nodes\" is not the name of an instance profile";
    refused(&profile, "iam_instance_profile.name", summary);
}

#[test]
fn reservations_and_markets() {
    let block = |specification: Attr<CapacityReservationSpecification>| LaunchTemplate {
        instance_market_options: InstanceMarketOptions {
            market_type: "capacity-block".into(),
            ..InstanceMarketOptions::default()
        }
        .into(),
        capacity_reservation_specification: specification,
        ..LaunchTemplate::default()
    };
    let target = |preference: Attr<String>| CapacityReservationSpecification {
        capacity_reservation_preference: preference,
        capacity_reservation_target: CapacityReservationTarget {
            capacity_reservation_id: "cr-1".into(),
            ..CapacityReservationTarget::default()
        }
        .into(),
    };
    let place = "instance_market_options.market_type";
    refused(&block(Attr::Null), place, "Which Capacity Block?");
    let empty = CapacityReservationSpecification::default();
    refused(&block(empty.into()), place, "Which Capacity Block?");
    assert_eq!(findings(&block(target(Attr::Null).into())), []);
    assert_eq!(findings(&block(Attr::Unknown)), []);
    refused(
        &block(target("open".into()).into()),
        "capacity_reservation_specification.capacity_reservation_preference",
        "A preference and a target exclude one another",
    );
    let stop = LaunchTemplate {
        instance_market_options: InstanceMarketOptions {
            market_type: "spot".into(),
            spot_options: SpotOptions {
                instance_interruption_behavior: "stop".into(),
                ..SpotOptions::default()
            }
            .into(),
        }
        .into(),
        ..LaunchTemplate::default()
    };
    refused(
        &stop,
        "instance_market_options.spot_options.instance_interruption_behavior",
        "\"stop\" goes with a persistent request",
    );
}

#[test]
fn what_managed_groups_refuse_is_a_warning() {
    let warned = |config: &LaunchTemplate| {
        let mut diags = Diagnostics::new();
        warn_of_managed_groups(config, &mut diags);
        assert!(!diags.has_errors());
        diags
            .iter()
            .map(|found| found.path.to_string())
            .collect::<Vec<_>>()
    };
    let spot = LaunchTemplate {
        instance_market_options: InstanceMarketOptions {
            market_type: "spot".into(),
            ..InstanceMarketOptions::default()
        }
        .into(),
        instance_initiated_shutdown_behavior: "terminate".into(),
        iam_instance_profile: IamInstanceProfile {
            name: "nodes".into(),
            ..IamInstanceProfile::default()
        }
        .into(),
        ..LaunchTemplate::default()
    };
    let all = [
        "instance_market_options",
        "instance_initiated_shutdown_behavior",
        "iam_instance_profile",
    ];
    assert_eq!(warned(&spot), all);
    for image_id in ["ami-1".into(), Attr::Unknown] {
        let own = LaunchTemplate {
            image_id,
            ..spot.clone()
        };
        assert_eq!(warned(&own), [""; 0]);
    }
}
