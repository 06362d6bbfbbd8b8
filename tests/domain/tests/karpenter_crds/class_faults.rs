//! Node classes that are wrong in one way, each with what the server says.

use mig::boot::{OnFailure, UserPart};
use mig::manifests::karpenter::NodeClassOptions;
use serde_json::{Value, json};

use super::karpenter_options::class;
use super::server::apply_all;
use super::verdicts::{class_of, generate, place};

/// Bases that each fault is put into.
const BASES: usize = 3;

/// Where our fault is, whether the server refuses too, what is wrong.
type Fault = (&'static str, bool, fn(&mut NodeClassOptions));

/// Gives a field of the spec, or leaves it out.
fn set(options: &mut NodeClassOptions, field: &str, value: Value) {
    options.object["spec"][field] = value;
}

fn alias(options: &mut NodeClassOptions, alias: &str, family: Option<&str>) {
    set(options, "amiSelectorTerms", json!([{"alias": alias}]));
    set(options, "amiFamily", json!(family));
    options.cluster = None;
}

fn image(options: &mut NodeClassOptions, term: Value) {
    alias(options, "al2023@v1", Some("AL2023"));
    set(options, "amiSelectorTerms", json!([term]));
}

fn subnet(options: &mut NodeClassOptions, term: Value) {
    set(options, "subnetSelectorTerms", json!([term]));
}

fn group(options: &mut NodeClassOptions, term: Value) {
    set(options, "securityGroupSelectorTerms", json!([term]));
}

fn identity(options: &mut NodeClassOptions, role: Option<&str>, profile: Option<&str>) {
    set(options, "role", json!(role));
    set(options, "instanceProfile", json!(profile));
}

fn metadata(options: &mut NodeClassOptions, field: &str, value: Value) {
    options.object["spec"]["metadataOptions"][field] = value;
}

fn disk(options: &mut NodeClassOptions, ebs: Value) {
    let disks = json!([{"deviceName": "/dev/xvda", "ebs": ebs}]);
    set(options, "blockDeviceMappings", disks);
}

fn interfaces(options: &mut NodeClassOptions, interfaces: &[(i64, i64, &str)]) {
    let interface = |(card, device, kind): &(i64, i64, &str)| json!({"networkCardIndex": card, "deviceIndex": device, "interfaceType": kind});
    let interfaces: Vec<Value> = interfaces.iter().map(interface).collect();
    set(options, "networkInterfaces", interfaces.into());
}

fn kubelet(options: &mut NodeClassOptions, key: &str, value: Value) {
    alias(options, "al2023@v1", None);
    set(options, "kubelet", json!({key: value}));
}

fn reservation(options: &mut NodeClassOptions, term: Value) {
    set(options, "capacityReservationSelectorTerms", json!([term]));
}

fn part(options: &mut NodeClassOptions, text: &str) {
    alias(options, "al2023@v1", None);
    options.parts_before = vec![UserPart {
        content_type: "text/x-shellscript".to_owned(),
        text: text.to_owned(),
    }];
}

const SELECTORS: &[Fault] = &[
    ("spec.amiSelectorTerms[0].alias", true, |o| {
        alias(o, "al2023", None)
    }),
    ("spec.amiSelectorTerms[0].alias", true, |o| {
        alias(o, "ubuntu@v1", None)
    }),
    ("spec.amiSelectorTerms[0].alias", true, |o| {
        alias(o, "windows2022@v1", None)
    }),
    ("spec.amiSelectorTerms[0].alias", true, |o| {
        alias(o, "al2023@v1234567890123456789012345", None)
    }),
    ("spec.amiSelectorTerms[0].alias", false, |o| {
        alias(o, "al2@v20250101", None)
    }),
    ("spec.amiFamily", true, |o| {
        alias(o, "al2023@v1", Some("Bottlerocket"))
    }),
    ("spec.amiFamily", true, |o| alias(o, "al2023@v1", Some("Ubuntu"))),
    ("spec.amiFamily", true, |o| {
        image(o, json!({"id": "ami-1"}));
        set(o, "amiFamily", Value::Null);
    }),
    ("spec.amiFamily", false, |o| {
        image(o, json!({"id": "ami-1"}));
        set(o, "amiFamily", json!("AL2"));
    }),
    ("spec.amiSelectorTerms[0]", true, |o| image(o, json!({}))),
    ("spec.amiSelectorTerms[0]", true, |o| {
        image(o, json!({"id": "ami-1", "name": "x"}))
    }),
    ("spec.amiSelectorTerms[0]", false, |o| {
        image(o, json!({"id": "ami-1", "ssmParameter": "x"}))
    }),
    ("spec.amiSelectorTerms[0].id", true, |o| {
        image(o, json!({"id": "i-1"}))
    }),
    ("spec.amiSelectorTerms[0].tags[\"x\"]", true, |o| {
        image(o, json!({"tags": {"x": ""}}))
    }),
    ("spec.amiSelectorTerms", true, |o| {
        alias(o, "al2023@v1", None);
        set(
            o,
            "amiSelectorTerms",
            json!([{"alias": "al2023@v1"}, {"id": "ami-1"}]),
        );
    }),
    ("spec.subnetSelectorTerms", true, |o| {
        set(o, "subnetSelectorTerms", json!([]))
    }),
    ("spec.subnetSelectorTerms[0]", true, |o| subnet(o, json!({}))),
    ("spec.subnetSelectorTerms[0]", true, |o| {
        subnet(o, json!({"id": "subnet-1", "tags": {"a": "b"}}))
    }),
    ("spec.subnetSelectorTerms[0].id", true, |o| {
        subnet(o, json!({"id": "sg-1"}))
    }),
    ("spec.securityGroupSelectorTerms", true, |o| {
        set(o, "securityGroupSelectorTerms", json!([]))
    }),
    ("spec.securityGroupSelectorTerms[0]", true, |o| {
        group(o, json!({}))
    }),
    ("spec.securityGroupSelectorTerms[0]", true, |o| {
        group(o, json!({"id": "sg-1", "name": "x"}))
    }),
    ("spec.securityGroupSelectorTerms[0]", true, |o| {
        group(o, json!({"name": "x", "tags": {"a": "b"}}))
    }),
    ("spec.securityGroupSelectorTerms[0].name", false, |o| {
        group(o, json!({"name": ""}))
    }),
    ("spec.capacityReservationSelectorTerms[0]", true, |o| {
        reservation(o, json!({}))
    }),
    ("spec.capacityReservationSelectorTerms[0].id", true, |o| {
        reservation(o, json!({"id": "x"}))
    }),
    ("spec.capacityReservationSelectorTerms[0].ownerID", true, |o| {
        reservation(o, json!({"ownerID": "me", "tags": {"a": "b"}}))
    }),
    ("spec.placementGroupSelector", true, |o| {
        set(o, "placementGroupSelector", json!({}))
    }),
    ("spec.placementGroupSelector", true, |o| {
        set(o, "placementGroupSelector", json!({"id": "pg-1", "name": "x"}))
    }),
];

const NODE: &[Fault] = &[
    ("metadata.name", true, |o| {
        o.object["metadata"]["name"] = json!("Upper")
    }),
    ("metadata.labels[\"a b\"]", true, |o| {
        o.object["metadata"]["labels"] = json!({"a b": "x"})
    }),
    ("spec.role", true, |o| identity(o, None, None)),
    ("spec.instanceProfile", true, |o| {
        identity(o, Some("a"), Some("b"))
    }),
    ("spec.role", true, |o| identity(o, Some(""), None)),
    ("on_failure", false, |o| {
        alias(o, "al2023@v1", None);
        o.on_failure = OnFailure::JoinTainted;
    }),
    ("spec.metadataOptions.httpTokens", true, |o| {
        metadata(o, "httpTokens", json!("maybe"))
    }),
    ("spec.metadataOptions.httpPutResponseHopLimit", true, |o| {
        metadata(o, "httpPutResponseHopLimit", json!(65))
    }),
    ("spec.metadataOptions.httpEndpoint", false, |o| {
        metadata(o, "httpEndpoint", json!("disabled"))
    }),
    ("spec.instanceStorePolicy", true, |o| {
        set(o, "instanceStorePolicy", json!("RAID10"))
    }),
    ("spec.ipPrefixCount", true, |o| set(o, "ipPrefixCount", json!(-1))),
    ("spec.cpuOptions.nestedVirtualization", true, |o| {
        set(o, "cpuOptions", json!({"nestedVirtualization": "on"}))
    }),
    ("spec.connectionTracking", true, |o| {
        set(o, "connectionTracking", json!({}))
    }),
    ("spec.connectionTracking.udpTimeout", true, |o| {
        set(o, "connectionTracking", json!({"udpTimeout": 61}))
    }),
    ("spec.networkInterfaces", true, |o| {
        interfaces(o, &[(1, 0, "interface")])
    }),
    ("spec.networkInterfaces[1]", true, |o| {
        interfaces(o, &[(0, 0, "interface"), (0, 0, "interface")])
    }),
    ("spec.networkInterfaces[2]", true, |o| {
        interfaces(o, &[(0, 0, "interface"), (1, 0, "efa-only"), (1, 1, "efa-only")])
    }),
    ("spec.networkInterfaces[1].interfaceType", true, |o| {
        interfaces(o, &[(0, 0, "interface"), (1, 0, "efa")])
    }),
    ("spec.tags[\"karpenter.sh/nodepool\"]", true, |o| {
        set(o, "tags", json!({"karpenter.sh/nodepool": "x"}))
    }),
    ("spec.tags[\"kubernetes.io/cluster/prod\"]", true, |o| {
        set(o, "tags", json!({"kubernetes.io/cluster/prod": "owned"}))
    }),
    ("spec.tags[\"aws:x\"]", false, |o| {
        set(o, "tags", json!({"aws:x": "y"}))
    }),
    ("spec.blockDeviceMappings[0].ebs", true, |o| disk(o, json!({}))),
    ("spec.blockDeviceMappings[0].ebs.volumeSize", true, |o| {
        disk(o, json!({"volumeSize": "200"}))
    }),
    ("spec.blockDeviceMappings[0].ebs.volumeSize", true, |o| {
        disk(o, json!({"volumeSize": "18Ti"}))
    }),
    ("spec.blockDeviceMappings[0].ebs.volumeType", true, |o| {
        disk(o, json!({"volumeSize": "1Gi", "volumeType": "gp4"}))
    }),
    (
        "spec.blockDeviceMappings[0].ebs.volumeInitializationRate",
        true,
        |o| disk(o, json!({"volumeSize": "1Gi", "volumeInitializationRate": 100})),
    ),
    ("spec.blockDeviceMappings[0].ebs.iops", false, |o| {
        disk(
            o,
            json!({"volumeSize": "200Gi", "volumeType": "st1", "iops": 100}),
        )
    }),
    ("spec.blockDeviceMappings[0].ebs.kmsKeyID", false, |o| {
        disk(o, json!({"volumeSize": "1Gi", "kmsKeyID": "alias/x"}))
    }),
    ("spec.kubelet[\"maxPods\"]", false, |o| {
        kubelet(o, "maxPods", json!("many"))
    }),
    ("spec.kubelet[\"maxpods\"]", false, |o| {
        kubelet(o, "maxpods", json!(10))
    }),
    ("spec.kubelet[\"registerWithTaints\"]", false, |o| {
        kubelet(o, "registerWithTaints", json!([]))
    }),
    ("spec.kubelet[\"evictionHard\"][\"memory\"]", false, |o| {
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
