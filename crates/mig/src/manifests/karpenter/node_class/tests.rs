//! What a node class renders, warns of and refuses.

mod extra;
mod images;
mod settings;
mod user_data;

use serde_json::{Value, json};

use super::*;
use crate::boot::{self, BootOptions, OnFailure};
use crate::manifests::karpenter::Rendered;
use crate::manifests::karpenter::testing::{fault_paths, layout, warning_paths};

fn sliced() -> Layout {
    layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}))
}

fn alias(alias: &str) -> Value {
    json!([{"alias": alias}])
}

fn options() -> NodeClassOptions {
    let discovery = json!([{"tags": {"karpenter.sh/discovery": "prod"}}]);
    NodeClassOptions {
        object: json!({
            "metadata": {"name": "mig-small"},
            "spec": {
                "amiSelectorTerms": alias("al2023@v20261003"),
                "role": "KarpenterNodeRole-prod",
                "subnetSelectorTerms": discovery,
                "securityGroupSelectorTerms": discovery,
            },
        }),
        ..NodeClassOptions::default()
    }
}

fn changed(change: impl FnOnce(&mut NodeClassOptions)) -> Result<Rendered, Vec<Finding>> {
    let mut options = options();
    change(&mut options);
    NodeClass::render(&sliced(), &options, Catalog::builtin())
}

/// The same class with these fields of its spec.
fn with(fields: Value) -> NodeClassOptions {
    let mut options = options();
    for (name, value) in fields.as_object().unwrap() {
        options.object["spec"][name] = value.clone();
    }
    options
}

fn rendered_with(fields: Value) -> Result<Rendered, Vec<Finding>> {
    NodeClass::render(&sliced(), &with(fields), Catalog::builtin())
}

/// The one fault, with its place.
#[track_caller]
fn the_fault(path: &str, rendered: Result<Rendered, Vec<Finding>>) -> Finding {
    let faults = rendered.unwrap_err();
    assert_eq!(fault_paths(&faults), [path], "{faults:?}");
    faults[0].clone()
}

/// The one fault of a class with these fields of its spec, below which its place is.
#[track_caller]
fn refused(path: &str, fields: Value) -> Finding {
    the_fault(&format!("spec.{path}"), rendered_with(fields))
}

/// The one fault of other options.
#[track_caller]
fn refused_option(path: &str, change: impl FnOnce(&mut NodeClassOptions)) -> Finding {
    the_fault(path, changed(change))
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
fn what_is_given_reaches_the_object_as_it_is() {
    let given = json!({
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
        "ofALaterVersion": {"field": true},
        "placementGroupSelector": {"id": "pg-0a1"},
        "tags": {"team": "ml"},
    });
    let mut fields = given.clone();
    fields["role"] = Value::Null;
    let spec = rendered_with(fields).unwrap().objects[0]["spec"].clone();
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
    assert_eq!(Value::Object(rest), given);
}

/// A configuration may give them so, and nodes must not roll for it.
#[test]
fn lists_tags_and_kubelet_without_elements_are_left_out() {
    let empty = json!({
        "blockDeviceMappings": [],
        "capacityReservationSelectorTerms": [],
        "kubelet": {},
        "networkInterfaces": [],
        "securityGroupSelectorTerms": [{"id": "sg-1", "tags": {}}],
        "tags": {},
    });
    let spec = rendered_with(empty).unwrap().objects[0]["spec"].clone();
    for field in [
        "blockDeviceMappings",
        "capacityReservationSelectorTerms",
        "kubelet",
        "networkInterfaces",
        "tags",
    ] {
        assert_eq!(spec.get(field), None, "{field}");
    }
    assert_eq!(spec["securityGroupSelectorTerms"], json!([{"id": "sg-1"}]));
}

#[test]
fn everything_that_is_wrong_comes_at_once() {
    let faults = changed(|options| {
        *options = NodeClassOptions {
            object: json!({"metadata": {"name": "Small_Slices"}, "spec": {"amiFamily": "AL2023"}}),
            deadline_seconds: 10,
            ..NodeClassOptions::default()
        };
    })
    .unwrap_err();
    assert_eq!(
        fault_paths(&faults),
        [
            "metadata.name",
            "spec.amiSelectorTerms",
            "spec.subnetSelectorTerms",
            "spec.securityGroupSelectorTerms",
            "spec.role",
            "partition_timeout",
        ]
    );
}

#[test]
fn a_node_never_joins_uncut() {
    let fault = refused_option("on_failure", |options| {
        options.on_failure = OnFailure::JoinTainted
    });
    assert!(
        fault.summary().contains("makes Karpenter buy the next one"),
        "{fault}"
    );
    changed(|options| options.on_failure = OnFailure::Terminate).unwrap();
}
