//! From a pending pod that asks for a slice to the pod that runs on it.

use std::collections::BTreeMap;

use counterparts::karpenter::Pod;
use counterparts::kube::is_true;

use super::objects::{SLICE, node_class, node_overlay, node_pool, user_data};
use super::{LIMIT, STACK, brings_up_nothing};

#[test]
fn a_slice_pod_brings_up_a_node_that_has_the_slice() {
    let kube = &STACK.kube;
    for object in [
        node_class("whole-way", kube.cluster(), &user_data("true")),
        node_pool("whole-way"),
        node_overlay("whole-way"),
        Pod::asking(SLICE, 1).on_pool("whole-way").manifest("whole-way"),
    ] {
        kube.apply_object(&object).unwrap();
    }
    let claims = kube
        .launched_claims("whole-way", 1, LIMIT)
        .map_err(|error| STACK.explain(&error))
        .unwrap();
    let claim = &claims[0];
    assert_eq!(claim["status"]["capacity"][SLICE], "56");
    assert_eq!(
        claim["status"]["capacity"]["nvidia.com/gpu"],
        serde_json::Value::Null
    );

    let id = claim["status"]["providerID"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    let instance = STACK
        .ec2(&[("Action", "DescribeInstances"), ("InstanceId.1", id)])
        .unwrap();
    assert_eq!(
        instance.elements("instanceType"),
        ["p5.48xlarge"],
        "{}",
        instance.body
    );
    assert!(
        instance
            .elements("groupId")
            .contains(&STACK.account.security_group.as_str())
    );

    let node = kube
        .join(claim, &BTreeMap::from([(SLICE.to_owned(), 56)]))
        .unwrap();
    let path = format!(
        "/apis/karpenter.sh/v1/nodeclaims/{}",
        claim["metadata"]["name"].as_str().unwrap()
    );
    for condition in ["Registered", "Initialized"] {
        kube.wait_until(&path, LIMIT, |found| is_true(found, condition))
            .unwrap();
    }
    let pod = kube.wait_until("/api/v1/namespaces/default/pods/whole-way", LIMIT, |pod| {
        (pod["status"]["phase"] == "Running")
            .then(|| pod.clone())
            .ok_or_else(|| pod["status"].to_string())
    });
    assert_eq!(pod.unwrap()["spec"]["nodeName"], node.as_str());
    // The launch was judged right: without its security group the claim would have drifted at once.
    let claim = kube.get(&path).unwrap().unwrap();
    assert!(is_true(&claim, "Drifted").is_err(), "{claim}");
}

#[test]
fn without_an_overlay_a_slice_pod_brings_up_nothing() {
    let kube = &STACK.kube;
    for object in [
        node_class("bare", kube.cluster(), &user_data("true")),
        node_pool("bare"),
        Pod::asking(SLICE, 1).on_pool("bare").manifest("bare"),
    ] {
        kube.apply_object(&object).unwrap();
    }
    brings_up_nothing(kube, "bare", "bare");
}
