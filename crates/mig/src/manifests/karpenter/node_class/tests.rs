//! What a node class renders, warns of and refuses.

mod extra;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::boot::{self, BootOptions, ClusterDetails, NodeConfig, OnFailure, UserPart};
use crate::layout::Taint;
use crate::manifests::karpenter::Rendered;
use crate::manifests::karpenter::testing::{fault_paths, layout, warning_paths};

fn sliced() -> Layout {
    layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}))
}

fn tags(key: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(key.to_owned(), value.to_owned())])
}

fn alias(alias: &str) -> Vec<AmiSelectorTerm> {
    vec![AmiSelectorTerm {
        alias: Some(alias.to_owned()),
        ..AmiSelectorTerm::default()
    }]
}

fn by_id(id: &str) -> Vec<AmiSelectorTerm> {
    vec![AmiSelectorTerm {
        id: Some(id.to_owned()),
        ..AmiSelectorTerm::default()
    }]
}

fn options() -> NodeClassOptions {
    let discovery = tags("karpenter.sh/discovery", "prod");
    NodeClassOptions {
        name: "mig-small".to_owned(),
        ami_selector_terms: alias("al2023@v20261003"),
        role: Some("KarpenterNodeRole-prod".to_owned()),
        subnet_selector_terms: vec![SubnetSelectorTerm {
            tags: discovery.clone(),
            ..SubnetSelectorTerm::default()
        }],
        security_group_selector_terms: vec![SecurityGroupSelectorTerm {
            tags: discovery,
            ..SecurityGroupSelectorTerm::default()
        }],
        ..NodeClassOptions::default()
    }
}

fn cluster() -> ClusterDetails {
    ClusterDetails {
        name: "prod".to_owned(),
        api_server_endpoint: "https://example.eks.amazonaws.com".to_owned(),
        certificate_authority: "Y2E=".to_owned(),
        cidr: "172.20.0.0/16".to_owned(),
    }
}

fn changed(change: impl FnOnce(&mut NodeClassOptions)) -> Result<Rendered, Vec<ManifestFault>> {
    let mut options = options();
    change(&mut options);
    NodeClass::render(&sliced(), &options, Catalog::builtin())
}

fn spec(change: impl FnOnce(&mut NodeClassOptions)) -> Value {
    let rendered = changed(change).unwrap_or_else(|faults| panic!("{faults:?}"));
    rendered.objects[0]["spec"].clone()
}

/// The one fault, with its place.
#[track_caller]
fn refused(path: &str, change: impl FnOnce(&mut NodeClassOptions)) -> ManifestFault {
    let faults = changed(change).unwrap_err();
    assert_eq!(fault_paths(&faults), [path], "{faults:?}");
    faults[0].clone()
}

#[test]
fn it_has_the_layouts_user_data_and_defaults_that_are_written_out() {
    let rendered = changed(|_| ()).unwrap();
    assert_eq!(rendered.warnings, []);
    let [object] = rendered.objects.as_slice() else {
        panic!("{rendered:?}")
    };
    assert_eq!(object["apiVersion"], "karpenter.k8s.aws/v1");
    assert_eq!(object["kind"], "EC2NodeClass");
    assert_eq!(object["metadata"]["name"], "mig-small");
    let boot = boot::user_data(&sliced(), &BootOptions::default()).unwrap();
    let discovery = json!([{"tags": {"karpenter.sh/discovery": "prod"}}]);
    assert_eq!(
        object["spec"],
        json!({
            "amiSelectorTerms": [{"alias": "al2023@v20261003"}],
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {
                "deleteOnTermination": true, "encrypted": true, "throughput": 500, "volumeSize": "200Gi",
                "volumeType": "gp3",
            }}],
            "metadataOptions": {
                "httpEndpoint": "enabled", "httpProtocolIPv6": "disabled", "httpPutResponseHopLimit": 1,
                "httpTokens": "required",
            },
            "role": "KarpenterNodeRole-prod",
            "securityGroupSelectorTerms": discovery,
            "subnetSelectorTerms": discovery,
            "userData": boot.text,
        })
    );
}

#[test]
fn every_field_reaches_the_object_under_karpenters_name() {
    let spec = spec(|options| {
        options.role = None;
        options.instance_profile = Some("nodes".to_owned());
        options.ami_family = Some("AL2023".to_owned());
        options.capacity_reservation_selector_terms = vec![CapacityReservationSelectorTerm {
            instance_match_criteria: Some("targeted".to_owned()),
            owner_id: Some("123456789012".to_owned()),
            tags: tags("team", "*"),
            id: None,
        }];
        options.placement_group_selector = Some(PlacementGroupSelector {
            id: Some("pg-0a1".to_owned()),
            name: None,
        });
        options.network_interfaces = vec![NetworkInterface {
            interface_type: "interface".to_owned(),
            ..NetworkInterface::default()
        }];
        options.block_device_mappings = Some(vec![BlockDeviceMapping {
            device_name: Some("/dev/xvda".to_owned()),
            root_volume: Some(true),
            ebs: Some(Ebs {
                delete_on_termination: Some(false),
                encrypted: Some(true),
                iops: Some(4_000),
                kms_key_id: Some("alias/disks".to_owned()),
                snapshot_id: Some("snap-1".to_owned()),
                throughput: Some(250),
                volume_initialization_rate: Some(200),
                volume_size: Some("1Ti".to_owned()),
                volume_type: Some("gp3".to_owned()),
            }),
        }]);
        options.instance_store_policy = Some("RAID0".to_owned());
        options.kubelet = BTreeMap::from([
            ("maxPods".to_owned(), json!(110)),
            ("evictionHard".to_owned(), json!({"memory.available": "5%"})),
        ]);
        options.cpu_options = Some(CpuOptions {
            nested_virtualization: Some("disabled".to_owned()),
        });
        options.enclave_options = Some(EnclaveOptions { enabled: false });
        options.connection_tracking = Some(ConnectionTracking {
            tcp_established_timeout: Some(60),
            udp_stream_timeout: Some(180),
            udp_timeout: Some(30),
        });
        options.tags = tags("team", "ml");
        options.associate_public_ip_address = Some(false);
        options.detailed_monitoring = Some(true);
        options.ip_prefix_count = Some(0);
        options.context = Some("reserved".to_owned());
    });
    let mut rest = spec.as_object().unwrap().clone();
    for known in [
        "userData",
        "metadataOptions",
        "amiSelectorTerms",
        "subnetSelectorTerms",
        "securityGroupSelectorTerms",
    ] {
        assert!(rest.remove(known).is_some(), "{known}");
    }
    assert_eq!(
        Value::Object(rest),
        json!({
            "amiFamily": "AL2023",
            "associatePublicIPAddress": false,
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "rootVolume": true, "ebs": {
                "deleteOnTermination": false, "encrypted": true, "iops": 4000, "kmsKeyID": "alias/disks",
                "snapshotID": "snap-1", "throughput": 250, "volumeInitializationRate": 200, "volumeSize": "1Ti",
                "volumeType": "gp3",
            }}],
            "capacityReservationSelectorTerms":
                [{"instanceMatchCriteria": "targeted", "ownerID": "123456789012", "tags": {"team": "*"}}],
            "connectionTracking": {"tcpEstablishedTimeout": 60, "udpStreamTimeout": 180, "udpTimeout": 30},
            "context": "reserved",
            "cpuOptions": {"nestedVirtualization": "disabled"},
            "detailedMonitoring": true,
            "enclaveOptions": {"enabled": false},
            "instanceProfile": "nodes",
            "instanceStorePolicy": "RAID0",
            "ipPrefixCount": 0,
            "kubelet": {"evictionHard": {"memory.available": "5%"}, "maxPods": 110},
            "networkInterfaces": [{"deviceIndex": 0, "interfaceType": "interface", "networkCardIndex": 0}],
            "placementGroupSelector": {"id": "pg-0a1"},
            "tags": {"team": "ml"},
        })
    );
}

#[test]
fn a_custom_image_gets_all_that_a_node_needs_to_join() {
    let rendered = changed(|options| {
        options.ami_family = Some("Custom".to_owned());
        options.ami_selector_terms = by_id("ami-0123456789abcdef0");
        options.cluster = Some(cluster());
    })
    .unwrap();
    let spec = &rendered.objects[0]["spec"];
    let mut node_config = NodeConfig::full(&sliced(), cluster());
    node_config.taints.push(Taint {
        key: "karpenter.sh/unregistered".to_owned(),
        value: String::new(),
        effect: "NoExecute".to_owned(),
    });
    let boot = BootOptions {
        node_config: Some(node_config),
        ..BootOptions::default()
    };
    assert_eq!(spec["userData"], boot::user_data(&sliced(), &boot).unwrap().text);
    assert_eq!(spec.get("blockDeviceMappings"), None);
    assert_eq!(
        warning_paths(&rendered.warnings),
        ["ami_selector_terms", "ami_family"]
    );
    refused("node_config", |options| {
        options.ami_family = Some("Custom".to_owned())
    });
    refused("node_config", |options| options.cluster = Some(cluster()));
}

#[test]
fn bottlerocket_gets_settings() {
    let single =
        layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"}));
    let mut bottlerocket = options();
    bottlerocket.ami_selector_terms = alias("bottlerocket@v1.68.0");
    let rendered = NodeClass::render(&single, &bottlerocket, Catalog::builtin()).unwrap();
    let spec = &rendered.objects[0]["spec"];
    let settings = boot::bottlerocket_settings(&single, Catalog::builtin()).unwrap();
    assert_eq!(spec["userData"], settings);
    let devices = |spec: &Value| -> Vec<String> {
        let disks = spec["blockDeviceMappings"].as_array().unwrap().iter();
        disks
            .map(|disk| format!("{} {}", disk["deviceName"], disk["ebs"]["volumeSize"]))
            .collect()
    };
    assert_eq!(devices(spec), [r#""/dev/xvda" "6Gi""#, r#""/dev/xvdb" "200Gi""#]);
    refused("layout.strategy", |options| {
        options.ami_selector_terms = alias("bottlerocket@v1.68.0")
    });
    bottlerocket.ami_selector_terms = alias("bottlerocket@v1.33.0");
    let faults = NodeClass::render(&single, &bottlerocket, Catalog::builtin()).unwrap_err();
    assert_eq!(fault_paths(&faults), ["ami_selector_terms[0].alias"]);
    bottlerocket.ami_selector_terms = alias("bottlerocket@v1.34.0");
    bottlerocket.on_failure = OnFailure::Terminate;
    bottlerocket.parts_after = vec![UserPart {
        content_type: "text/x-shellscript".to_owned(),
        text: "#!/bin/sh\n".to_owned(),
    }];
    bottlerocket.kubelet = BTreeMap::from([
        ("podsPerCore".to_owned(), json!(4)),
        ("maxPods".to_owned(), json!(4)),
    ]);
    let faults = NodeClass::render(&single, &bottlerocket, Catalog::builtin()).unwrap_err();
    assert_eq!(
        fault_paths(&faults),
        [r#"kubelet["podsPerCore"]"#, "extra_user_data", "on_failure"]
    );
}

#[test]
fn a_node_never_joins_uncut() {
    let fault = refused("on_failure", |options| {
        options.on_failure = OnFailure::JoinTainted
    });
    assert!(
        fault.summary().contains("makes Karpenter buy the next one"),
        "{fault}"
    );
    spec(|options| options.on_failure = OnFailure::Terminate);
}

#[test]
fn images_by_alias() {
    let latest = changed(|options| options.ami_selector_terms = alias("al2023@latest")).unwrap();
    assert_eq!(warning_paths(&latest.warnings), ["ami_selector_terms[0].alias"]);
    assert!(
        latest.warnings[0]
            .detail()
            .contains("Pin a release, for example al2023@v20261003")
    );
    for wrong in [
        "al2023",
        "al2023@",
        "@latest",
        "al2023@v1 2",
        "al2@v20250101",
        "windows2022@latest",
        "ubuntu@latest",
    ] {
        let faults = changed(|options| options.ami_selector_terms = alias(wrong)).unwrap_err();
        assert_eq!(fault_paths(&faults), ["ami_selector_terms[0].alias"], "{wrong}");
    }
    let long = format!("al2023@v{}", "1".repeat(23));
    refused("ami_selector_terms[0].alias", |options| {
        options.ami_selector_terms = alias(&long)
    });
    refused("ami_selector_terms", |options| {
        options.ami_selector_terms.extend(by_id("ami-1"))
    });
    refused("ami_selector_terms[0]", |options| {
        options.ami_selector_terms[0].id = Some("ami-1".to_owned());
    });
    refused("ami_family", |options| {
        options.ami_family = Some("Bottlerocket".to_owned())
    });
    refused("ami_family", |options| {
        options.ami_family = Some("AL2".to_owned())
    });
}

#[test]
fn images_by_other_means_are_not_known_to_have_a_driver() {
    let others = [
        AmiSelectorTerm {
            id: Some("ami-1".to_owned()),
            ..AmiSelectorTerm::default()
        },
        AmiSelectorTerm {
            ssm_parameter: Some("/mig/ami".to_owned()),
            ..AmiSelectorTerm::default()
        },
        AmiSelectorTerm {
            name: Some("gpu-*".to_owned()),
            owner: Some("self".to_owned()),
            tags: tags("driver", "580"),
            ..AmiSelectorTerm::default()
        },
    ];
    let rendered = changed(|options| {
        options.ami_selector_terms = others.to_vec();
        options.ami_family = Some("AL2023".to_owned());
    })
    .unwrap();
    assert_eq!(warning_paths(&rendered.warnings), ["ami_selector_terms"]);
    refused("ami_family", |options| {
        options.ami_selector_terms = others.to_vec()
    });
    for (path, change) in [
        (
            "ami_selector_terms[0].id",
            AmiSelectorTerm {
                id: Some("i-1".to_owned()),
                ..others[0].clone()
            },
        ),
        (
            "ami_selector_terms[0]",
            AmiSelectorTerm {
                owner: Some("self".to_owned()),
                ..others[0].clone()
            },
        ),
        (
            "ami_selector_terms[0]",
            AmiSelectorTerm {
                name: Some("x".to_owned()),
                ..others[1].clone()
            },
        ),
        (
            "ami_selector_terms[0].tags[\"\"]",
            AmiSelectorTerm {
                tags: tags("", "x"),
                ..others[2].clone()
            },
        ),
        (
            "ami_selector_terms[0]",
            AmiSelectorTerm {
                owner: Some("self".to_owned()),
                ..AmiSelectorTerm::default()
            },
        ),
    ] {
        refused(path, |options| {
            options.ami_selector_terms = vec![change];
            options.ami_family = Some("AL2023".to_owned());
        });
    }
}

#[test]
fn everything_that_is_wrong_comes_at_once() {
    let faults = changed(|options| {
        *options = NodeClassOptions {
            name: "Small_Slices".to_owned(),
            deadline_seconds: 10,
            ami_family: Some("AL2023".to_owned()),
            ..NodeClassOptions::default()
        };
    })
    .unwrap_err();
    assert_eq!(
        fault_paths(&faults),
        [
            "name",
            "ami_selector_terms",
            "subnet_selector_terms",
            "security_group_selector_terms",
            "role",
            "partition_timeout",
        ]
    );
}

#[test]
fn user_data_faults_have_the_names_that_users_write() {
    let part = |text: &str| UserPart {
        content_type: "text/x-shellscript".to_owned(),
        text: text.to_owned(),
    };
    refused("extra_user_data.before[0].content", |options| {
        options.parts_before = vec![part("--//\n")]
    });
    refused("extra_user_data.after[1].content_type", |options| {
        options.parts_after = vec![part("#!/bin/sh\n"), part("#!/bin/sh\n")];
        options.parts_after[1].content_type = "text/x-shellscript; base64".to_owned();
    });
    refused("extra_user_data.before[0].content", |options| {
        options.parts_before = vec![part("[not: a NodeConfig")];
        options.parts_before[0].content_type = "application/node.eks.aws".to_owned();
    });
    let large = refused("extra_user_data", |options| {
        options.parts_after = vec![part(&format!("#!{}", "#".repeat(12_288)))]
    });
    assert!(large.summary().contains("12288 are allowed"), "{large}");
}

#[test]
fn selectors_by_id_or_by_others() {
    let subnet = |id: Option<&str>, tags| SubnetSelectorTerm {
        id: id.map(str::to_owned),
        tags,
    };
    refused("subnet_selector_terms[0]", |options| {
        options.subnet_selector_terms = vec![subnet(Some("subnet-1"), tags("a", "b"))];
    });
    refused("subnet_selector_terms[0].id", |options| {
        options.subnet_selector_terms = vec![subnet(Some("sg-1"), BTreeMap::new())];
    });
    refused("subnet_selector_terms[1]", |options| {
        options.subnet_selector_terms.push(subnet(None, BTreeMap::new()))
    });
    let group = |id: Option<&str>, name: Option<&str>, tags| SecurityGroupSelectorTerm {
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        tags,
    };
    for term in [
        group(Some("sg-1"), Some("nodes"), BTreeMap::new()),
        group(None, Some("nodes"), tags("a", "b")),
        group(None, None, BTreeMap::new()),
    ] {
        refused("security_group_selector_terms[0]", |options| {
            options.security_group_selector_terms = vec![term];
        });
    }
    refused("subnet_selector_terms", |options| {
        options.subnet_selector_terms = vec![subnet(Some("subnet-1"), BTreeMap::new()); 31];
    });
}

#[test]
fn small_rules() {
    refused("instance_profile", |options| {
        options.instance_profile = Some("nodes".to_owned())
    });
    refused("role", |options| options.role = Some(String::new()));
    refused("metadata_options.http_endpoint", |options| {
        options.metadata_options.http_endpoint = "disabled".to_owned();
    });
    refused("metadata_options.http_put_response_hop_limit", |options| {
        options.metadata_options.http_put_response_hop_limit = 65;
    });
    refused("instance_store_policy", |options| {
        options.instance_store_policy = Some("RAID10".to_owned())
    });
    refused("ip_prefix_count", |options| options.ip_prefix_count = Some(-1));
    refused("connection_tracking", |options| {
        options.connection_tracking = Some(ConnectionTracking::default())
    });
    refused("placement_group_selector", |options| {
        options.placement_group_selector = Some(PlacementGroupSelector::default());
    });
    for key in [
        "eks:eks-cluster-name",
        "kubernetes.io/cluster/prod",
        "karpenter.sh/nodepool",
        "aws:x",
        "",
    ] {
        refused(&format!("tags[{key:?}]"), |options| options.tags = tags(key, "x"));
    }
    refused("block_device_mappings[0].ebs", |options| {
        options.block_device_mappings = Some(vec![BlockDeviceMapping {
            device_name: Some("/dev/xvda".to_owned()),
            ebs: Some(Ebs::default()),
            root_volume: None,
        }]);
    });
    let efa = NetworkInterface {
        network_card_index: 1,
        device_index: 1,
        interface_type: "efa-only".to_owned(),
    };
    refused("network_interfaces", |options| {
        options.network_interfaces = vec![efa.clone()]
    });
}

#[test]
fn kubelet_settings_of_the_wrong_kind() {
    for (key, value, path) in [
        ("maxPods", json!("many"), r#"kubelet["maxPods"]"#),
        ("maxPods", json!(-1), r#"kubelet["maxPods"]"#),
        ("maxpods", json!(1), r#"kubelet["maxpods"]"#),
        ("clusterDNS", json!("10.0.0.10"), r#"kubelet["clusterDNS"]"#),
        ("cpuCFSQuota", json!("true"), r#"kubelet["cpuCFSQuota"]"#),
        (
            "shutdownGracePeriod",
            json!("soon"),
            r#"kubelet["shutdownGracePeriod"]"#,
        ),
        (
            "registerWithTaints",
            json!([]),
            r#"kubelet["registerWithTaints"]"#,
        ),
        (
            "evictionHard",
            json!({"memory": "5%"}),
            r#"kubelet["evictionHard"]["memory"]"#,
        ),
        (
            "evictionHard",
            json!({"memory.available": "105%"}),
            r#"kubelet["evictionHard"]["memory.available"]"#,
        ),
        (
            "evictionSoft",
            json!({"memory.available": "5%"}),
            r#"kubelet["evictionSoft"]["memory.available"]"#,
        ),
        (
            "kubeReserved",
            json!({"cpu": "vcpus * 10"}),
            r#"kubelet["kubeReserved"]["cpu"]"#,
        ),
        (
            "systemReserved",
            json!({"gpu": "1"}),
            r#"kubelet["systemReserved"]["gpu"]"#,
        ),
        (
            "imageGCHighThresholdPercent",
            json!(101),
            r#"kubelet["imageGCHighThresholdPercent"]"#,
        ),
    ] {
        refused(path, |options| {
            options.kubelet = BTreeMap::from([(key.to_owned(), value.clone())])
        });
    }
    let unknown =
        changed(|options| options.kubelet = BTreeMap::from([("newField".to_owned(), json!(1))])).unwrap();
    assert_eq!(warning_paths(&unknown.warnings), [r#"kubelet["newField"]"#]);
}

#[test]
fn a_pinned_image_whose_driver_is_too_old_is_warned_of() {
    let sliced = layout(json!({"instance_types": ["p6-b300.48xlarge"], "slices": {"1g": 7}}));
    let old = NodeClassOptions {
        ami_selector_terms: alias("al2023@v20251007"),
        ..options()
    };
    let warnings = NodeClass::render(&sliced, &old, Catalog::builtin())
        .unwrap()
        .warnings;
    assert_eq!(warning_paths(&warnings), ["ami_selector_terms[0].alias"]);
    assert!(warnings[0].detail().contains("Pin al2023@v20260917 or later"));
}
