//! What is in EC2, in EKS and in the cluster.

use serde_json::{Map, Value, json};

use super::every_resource::Wish;
use crate::support::{ec2, eks, karpenter, kube};

/// What a server makes up, by the field's name.
const OWN: [&str; 10] = [
    "createdAt",
    "creationTimestamp",
    "finalizers",
    "generation",
    "managedFields",
    "modifiedAt",
    "nodegroupArn",
    "observedGeneration",
    "resourceVersion",
    "uid",
];

/// All objects of a wish by what they are, as text without what is each one's own.
pub(super) fn objects(wish: Wish<'_>) -> String {
    let (name, object) = (wish.name, wish.object());
    let template = ec2::template(&object);
    let mut all = Map::new();
    all.insert("template".into(), json!(ec2::latest_data(&object)));
    all.insert("template tags".into(), json!(template.tags()));
    let group = eks::group(name, &object).unwrap();
    let scaling = group["resources"]["autoScalingGroups"][0]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    all.insert("group".into(), group);
    all.insert("group's tags".into(), json!(eks::tags(&scaling)));
    all.insert("tags".into(), json!(eks::tags(name)));
    for (kind, name) in [
        ("EC2NodeClass", &object),
        ("NodePool", &object),
        ("NodeOverlay", &wish.overlay()),
    ] {
        let live = karpenter::live(kind, name);
        all.insert(
            kind.into(),
            live.unwrap_or_else(|| panic!("there is no {kind} {name}")),
        );
    }
    for object in kube::objects(name) {
        let live = kube::live(name, &object).unwrap();
        all.insert(object, live);
    }
    let mut all = Value::Object(all);
    forget(&mut all);
    let text = serde_json::to_string_pretty(&all).unwrap();
    text.replace(&template.id, "TEMPLATE")
        .replace(&scaling, "SCALING")
        .replace(name, "NAME")
}

/// Asserts that two wishes' objects are the same; says where they are not.
pub(super) fn assert_same(theirs: &str, ours: &str) {
    let lines = theirs.lines().zip(ours.lines());
    let other: Vec<_> = lines.filter(|(theirs, ours)| theirs != ours).collect();
    assert!(other.is_empty(), "{other:#?}");
    assert_eq!(theirs.lines().count(), ours.lines().count());
}

/// Takes away what is each object's own.
fn forget(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !OWN.contains(&name.as_str()));
            fields.values_mut().for_each(forget);
        }
        Value::Array(elements) => elements.iter_mut().for_each(forget),
        _ => {}
    }
}

/// What counts the changes of each object.
pub(super) fn versions(wish: Wish<'_>) -> Vec<String> {
    let object = wish.object();
    let karpenter = |kind, name: &str| karpenter::live(kind, name).unwrap();
    let mut all = vec![
        karpenter("EC2NodeClass", &object),
        karpenter("NodePool", &object),
        karpenter("NodeOverlay", &wish.overlay()),
    ];
    let own = kube::objects(wish.name);
    all.extend(own.iter().map(|object| kube::live(wish.name, object).unwrap()));
    let versions = all.iter().map(|live| live["metadata"]["generation"].to_string());
    let template = ec2::template(&object).latest_version.to_string();
    versions.chain([template]).collect()
}
