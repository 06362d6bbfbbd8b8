use serde_json::{Value, json};

use super::*;

const US: &str = "terraform-provider-mig";

/// A DaemonSet as kube-apiserver 1.34 gives it back: we applied it, the server defaulted it, the
/// controller wrote its status, and somebody set an annotation.
fn live() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {
            "name": "plugin", "namespace": "gpu", "uid": "1", "generation": 1,
            "annotations": {"deprecated.daemonset.template.generation": "1", "note": "theirs"},
            "labels": {"app.kubernetes.io/name": "plugin"},
            "managedFields": [
                {"manager": US, "operation": "Apply", "fieldsType": "FieldsV1", "fieldsV1": {
                    "f:metadata": {"f:labels": {"f:app.kubernetes.io/name": {}}},
                    "f:spec": {
                        "f:selector": {},
                        "f:template": {"f:spec": {
                            "f:containers": {"k:{\"name\":\"ctr\"}": {
                                ".": {}, "f:name": {}, "f:image": {},
                                "f:env": {"k:{\"name\":\"A\"}": {".": {}, "f:name": {}, "f:value": {}}},
                                "f:resources": {"f:limits": {"f:cpu": {}}},
                                "f:securityContext": {},
                            }},
                            "f:nodeSelector": {},
                            "f:tolerations": {},
                        }},
                    },
                }},
                {"manager": "kubectl", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": {
                    "f:metadata": {"f:annotations": {"f:note": {}}},
                    "f:spec": {"f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"ctr\"}": {
                        "f:securityContext": {"f:privileged": {}},
                    }}}}},
                }},
            ],
        },
        "spec": {
            "revisionHistoryLimit": 10,
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"spec": {
                "containers": [
                    {"name": "sidecar", "image": "x"},
                    {
                        "name": "ctr", "image": "img:1", "imagePullPolicy": "IfNotPresent",
                        "env": [{"name": "A", "value": "1"}, {"name": "INJECTED", "value": "2"}],
                        "resources": {"limits": {"cpu": "1"}},
                        "securityContext": {"privileged": true},
                    },
                ],
                "nodeSelector": {"pool": "gpu"},
                "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
            }},
        },
        "status": {"numberAvailable": 1},
    })
}

fn desired() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": {"name": "plugin", "namespace": "gpu", "labels": {"app.kubernetes.io/name": "plugin"}},
        "spec": {
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"spec": {
                "containers": [{
                    "name": "ctr", "image": "img:1",
                    "env": [{"name": "A", "value": "1"}],
                    "resources": {"limits": {"cpu": "1000m"}},
                    "securityContext": {},
                }],
                "nodeSelector": {"pool": "gpu"},
                "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
            }},
        },
    })
}

fn paths(found: &[FieldDiff]) -> Vec<&str> {
    found.iter().map(|diff| diff.path.as_str()).collect()
}

const CTR: &str = "/spec/template/spec/containers/1";

#[test]
fn owned_is_what_we_applied() {
    let kept = owned(&live(), US);
    let mut expected = desired();
    *expected
        .pointer_mut("/spec/template/spec/containers/0/resources/limits/cpu")
        .unwrap() = json!("1");
    assert_eq!(kept, expected);
}

#[test]
fn owned_by_a_stranger_is_the_name_alone() {
    let name = json!({"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "plugin", "namespace": "gpu"}});
    assert_eq!(owned(&live(), "nobody"), name);
}

#[test]
fn sets_and_indexes_are_known() {
    let object = json!({
        "metadata": {
            "finalizers": ["ours", "theirs"],
            "managedFields": [{"manager": US, "operation": "Apply", "fieldsV1": {
                "f:metadata": {"f:finalizers": {"v:\"ours\"": {}}}, "f:list": {"i:1": {}},
            }}],
        },
        "list": [1, 2],
    });
    let kept = owned(&object, US);
    assert_eq!(kept.pointer("/metadata/finalizers"), Some(&json!(["ours"])));
    assert_eq!(kept["list"], json!([2]));
}

#[test]
fn defaults_and_fields_of_others_are_no_drift() {
    assert_eq!(drift(&desired(), &live(), US), vec![]);
}

#[test]
fn a_changed_field_shows_with_its_live_value_even_when_it_is_no_longer_ours() {
    let mut object = live();
    object.pointer_mut(CTR).unwrap()["image"] = json!("img:evil");
    object
        .pointer_mut("/metadata/managedFields/0/fieldsV1/f:spec/f:template/f:spec/f:containers")
        .unwrap()["k:{\"name\":\"ctr\"}"]
        .as_object_mut()
        .unwrap()
        .remove("f:image");
    let found = drift(&desired(), &object, US);
    assert_eq!(
        paths(&found),
        ["spec.template.spec.containers[name=\"ctr\"].image"]
    );
    assert_eq!(
        found[0].to_string(),
        r#"spec.template.spec.containers[name="ctr"].image: "img:evil" -> "img:1""#
    );
}

#[test]
fn a_removed_field_and_an_added_toleration_show() {
    let mut object = live();
    let spec = object.pointer_mut("/spec/template/spec").unwrap();
    spec["tolerations"]
        .as_array_mut()
        .unwrap()
        .push(json!({"operator": "Exists"}));
    spec["containers"][1].as_object_mut().unwrap().remove("env");
    let found = drift(&desired(), &object, US);
    assert_eq!(
        paths(&found),
        [
            "spec.template.spec.containers[name=\"ctr\"].env",
            "spec.template.spec.tolerations[1]"
        ]
    );
    assert_eq!(found[0].old, None);
    assert_eq!(found[1].new, None);
}

#[test]
fn a_field_that_we_hold_and_want_no_more_shows() {
    let mut wanted = desired();
    wanted
        .pointer_mut("/spec/template/spec")
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove("nodeSelector");
    let found = drift(&wanted, &live(), US);
    assert_eq!(paths(&found), ["spec.template.spec.nodeSelector"]);
    assert_eq!(found[0].new, None);
}

#[test]
fn quantities_are_compared_by_meaning_only_where_they_are_quantities() {
    let wanted = json!({"limits": {"cpu": "1000m", "memory": "1Gi"}, "data": {"cpu": "1000m"}});
    let there = json!({"limits": {"cpu": 1, "memory": "1024Mi"}, "data": {"cpu": "1"}});
    assert_eq!(paths(&diff(&wanted, &there)), ["data.cpu"]);
}

#[test]
fn keyed_lists_have_no_order_and_defaults_in_their_keys() {
    let wanted = json!({"ports": [{"containerPort": 1}, {"containerPort": 2, "name": "b"}]});
    let there = json!({"ports": [{"containerPort": 2, "name": "c", "protocol": "TCP"}, {"containerPort": 1, "protocol": "TCP"}]});
    let observed = compare::along(&wanted, &there);
    assert_eq!(
        paths(&diff(&wanted, &observed)),
        [r#"ports[containerPort=2,protocol="TCP"].name"#]
    );
}

#[test]
fn diff_is_ordered_and_quotes_odd_names() {
    let wanted = json!({"metadata": {"labels": {"z": "1", "nvidia.com/mig": "1"}}, "data": {"a": "1"}});
    let found = diff(&wanted, &json!({}));
    assert_eq!(paths(&found), ["data", "metadata"]);
    let found = diff(&wanted, &json!({"metadata": {"labels": {"z": "2"}}, "data": {}}));
    assert_eq!(
        paths(&found),
        [
            "data.a",
            "metadata.labels[\"nvidia.com/mig\"]",
            "metadata.labels.z"
        ]
    );
}

#[test]
fn empty_and_missing_are_the_same() {
    let wanted = json!({"metadata": {"labels": {}}, "list": [], "none": null});
    assert_eq!(diff(&wanted, &json!({"metadata": {}})), vec![]);
    assert_eq!(diff(&json!({}), &wanted), vec![]);
}
