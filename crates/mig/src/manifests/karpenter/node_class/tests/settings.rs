//! Fields with small rules of their own, and kubelet's configuration.

use serde_json::json;

use super::*;

#[test]
fn small_rules() {
    refused("instanceProfile", json!({"instanceProfile": "nodes"}));
    refused("role", json!({"role": ""}));
    refused(
        "metadataOptions.httpEndpoint",
        json!({"metadataOptions": {"httpEndpoint": "disabled"}}),
    );
    refused(
        "metadataOptions.httpPutResponseHopLimit",
        json!({"metadataOptions": {"httpPutResponseHopLimit": 65}}),
    );
    refused(
        "metadataOptions.httpProtocolIPv6",
        json!({"metadataOptions": {"httpProtocolIPv6": "on"}}),
    );
    refused("instanceStorePolicy", json!({"instanceStorePolicy": "RAID10"}));
    refused("ipPrefixCount", json!({"ipPrefixCount": -1}));
    refused("connectionTracking", json!({"connectionTracking": {}}));
    refused("placementGroupSelector", json!({"placementGroupSelector": {}}));
    for key in [
        "eks:eks-cluster-name",
        "kubernetes.io/cluster/prod",
        "karpenter.sh/nodepool",
        "aws:x",
        "",
    ] {
        refused(&format!("tags[{key:?}]"), json!({"tags": {key: "x"}}));
    }
    let disk = |ebs: Value| json!({"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": ebs}]});
    refused("blockDeviceMappings[0].ebs", disk(json!({})));
    refused(
        "blockDeviceMappings[0].ebs.kmsKeyID",
        disk(json!({"volumeSize": "1Gi", "kmsKeyID": "alias/x"})),
    );
    let efa = json!({"networkCardIndex": 1, "deviceIndex": 1, "interfaceType": "efa-only"});
    refused("networkInterfaces", json!({"networkInterfaces": [efa]}));
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
        refused(path, json!({"kubelet": {key: value}}));
    }
    let unknown = rendered_with(json!({"kubelet": {"newField": 1}})).unwrap();
    assert_eq!(warning_paths(&unknown.warnings), [r#"spec.kubelet["newField"]"#]);
}
