//! From a checked class to the object: what is given, with what follows from the layout and the defaults.

use serde_json::{Map, Value, json};

use crate::boot::RenderVersion;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::{AWS_GROUP, metadata};

/// The class with its metadata options, whose defaults are written out so that they are ours and not the server's. One hop
/// keeps pods away from the node's role; pods that find their region or credentials there need two.
pub(super) fn with_metadata_options(given: &Value) -> Value {
    let mut object = given.clone();
    let mut options = json!({
        "httpEndpoint": "enabled",
        "httpProtocolIPv6": "disabled",
        "httpPutResponseHopLimit": 1,
        "httpTokens": "required",
    });
    for (name, value) in given
        .pointer("/spec/metadataOptions")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        options[name] = value.clone();
    }
    object["spec"]["metadataOptions"] = options;
    object
}

pub(super) fn object(given: &Value, version: RenderVersion, family: AmiFamily, user_data: &str) -> Value {
    let mut spec = given["spec"].as_object().cloned().unwrap_or_default();
    if !spec.contains_key("blockDeviceMappings") {
        spec.insert("blockDeviceMappings".to_owned(), disks(version, family));
    }
    without_empty(&mut spec);
    spec.insert("userData".to_owned(), json!(user_data));
    json!({
        "apiVersion": format!("{AWS_GROUP}/v1"),
        "kind": "EC2NodeClass",
        "metadata": metadata::of(given),
        "spec": spec,
    })
}

/// Lists, tags and kubelet settings without elements are no fields; nor are tags of a term.
fn without_empty(spec: &mut Map<String, Value>) {
    for term in spec.values_mut().filter_map(Value::as_array_mut).flatten() {
        if let Some(term) = term.as_object_mut() {
            term.retain(|name, value| name != "tags" || *value != json!({}));
        }
    }
    spec.retain(|name, value| match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty() || !["kubelet", "tags"].contains(&name.as_str()),
        other => !other.is_null(),
    });
}

/// The disks of a class that names none. They are part of what Karpenter hashes, so a render version keeps them.
fn disks(version: RenderVersion, family: AmiFamily) -> Value {
    match version {
        RenderVersion::V1 | RenderVersion::V2 | RenderVersion::V3 => disks_v1(family),
    }
}

/// Images with CUDA and a framework have 10 to 30 GB each, and Karpenter's own default of 20 GiB holds none beside the
/// system. 500 MiB/s is what 3,000 operations per second, which a gp3 volume has anyway, can carry twice over the default.
fn disks_v1(family: AmiFamily) -> Value {
    let disk = |device: &str, size: &str| {
        json!({"deviceName": device, "ebs": {
            "deleteOnTermination": true, "encrypted": true, "volumeSize": size, "volumeType": "gp3",
        }})
    };
    let large = |device: &str| {
        let mut disk = disk(device, "200Gi");
        disk["ebs"]["throughput"] = json!(500);
        disk
    };
    match family {
        AmiFamily::Al2023 => json!([large("/dev/xvda")]),
        // The system's disk, as large as Karpenter makes it, and the one for images and containers.
        AmiFamily::Bottlerocket => json!([disk("/dev/xvda", "6Gi"), large("/dev/xvdb")]),
        // Only its maker knows the devices of such an image.
        AmiFamily::Custom => json!([]),
    }
}
