//! Node classes, and what Karpenter makes of their user data.

use counterparts::kube::{is_true, object_path};

use super::objects::{node_class, user_data};
use super::{LIMIT, STACK};

#[test]
fn a_node_class_becomes_ready_and_karpenter_adds_its_own_part_last() {
    let command = "echo 'ours: $HOME \\n'\t";
    let class = node_class("merged", STACK.kube.cluster(), &user_data(command));
    STACK.kube.apply_object(&class).unwrap();
    let path = object_path(&class);
    let ready = STACK.kube.wait_until(&path, LIMIT, |found| {
        is_true(found, "Ready").map_err(|why| format!("{why}\n{}", STACK.karpenter.last_words()))?;
        Ok(found.clone())
    });
    let status = ready.unwrap()["status"].clone();
    assert_eq!(
        status["subnets"].as_array().unwrap().len(),
        STACK.account.subnets.len()
    );
    assert_eq!(
        status["securityGroups"][0]["id"],
        STACK.account.security_group.as_str()
    );
    // AL2023 standard and NVIDIA, each for two architectures.
    assert_eq!(status["amis"].as_array().unwrap().len(), 4, "{status}");

    let merged = STACK.merged_user_data("merged").unwrap();
    let parts: Vec<&str> = merged.split("--//").collect();
    let [_, ours, script, theirs, end] = parts.as_slice() else {
        panic!("{merged}")
    };
    assert!(ours.contains("spec: {}"), "{ours}");
    assert!(
        script.contains(&format!("#!/bin/bash\n{command}\n")),
        "{script:?}"
    );
    assert!(theirs.contains("# Karpenter Generated NodeConfig"), "{theirs}");
    assert!(
        theirs.contains(&format!("name: {}", STACK.kube.cluster())),
        "{theirs}"
    );
    assert!(theirs.contains(STACK.kube.url()), "{theirs}");
    assert_eq!(end.trim(), "--");
}
