//! Every field of Karpenter's own definitions has its attribute.

use serde_json::Value;

use crate::support::karpenter::know_karpenter;
use crate::support::kube::KUBE;

const SCHEMAS: &str = include_str!("../../../schemas/terraform.json");

/// Fields that are called otherwise here, by what their paths below `spec` begin with.
const RENAMED: &[(&str, &str)] = &[
    ("template.metadata.labels", "node_labels"),
    ("template.metadata.annotations", "node_annotations"),
    ("template.spec.nodeClassRef", "nodeclass"),
    ("template.spec.", ""),
];

/// Fields without an attribute, and why.
const NOT_SET: &[(&str, &str)] = &[
    // Made of the layout, extra_user_data and node_config.
    ("EC2NodeClass", "userData"),
    // When Kubernetes put a taint on a node: nothing that a template could know.
    ("NodePool", "template.spec.startupTaints.timeAdded"),
    ("NodePool", "template.spec.taints.timeAdded"),
];

/// The fields below a definition, by their paths; those of the elements of a list as those of one.
fn fields(schema: &Value, path: &str, found: &mut Vec<String>) {
    let schema = schema.get("items").unwrap_or(schema);
    let properties = schema["properties"].as_object();
    for (name, field) in properties.into_iter().flatten() {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        found.push(path.clone());
        fields(field, &path, found);
    }
}

/// The same of what can be set by a resource's schema.
fn attributes(block: &Value, path: &str, found: &mut Vec<String>) {
    for (name, attribute) in block["attributes"].as_object().into_iter().flatten() {
        if attribute["optional"] != true && attribute["required"] != true {
            continue;
        }
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        found.push(path.clone());
        attributes(&attribute["nested_type"], &path, found);
    }
}

fn renamed(field: &str) -> String {
    let rule = RENAMED.iter().find(|(begin, _)| field.starts_with(begin));
    rule.map_or_else(
        || field.to_owned(),
        |(begin, name)| format!("{name}{}", &field[begin.len()..]),
    )
}

/// `ipPrefixCount` and `ip_prefix_count` are one word, and so are `httpProtocolIPv6` and `http_protocol_ipv6`.
fn word(path: &str) -> String {
    path.replace('_', "").to_lowercase()
}

#[test]
fn every_field_of_the_definitions_has_its_attribute() {
    let schemas: Value = serde_json::from_str(SCHEMAS).unwrap();
    let providers = schemas["provider_schemas"].as_object().unwrap();
    let resources = &providers.values().next().unwrap()["resource_schemas"];
    know_karpenter();
    let kinds = [
        (
            "EC2NodeClass",
            "ec2nodeclasses.karpenter.k8s.aws",
            "mig_karpenter_nodeclass",
        ),
        ("NodePool", "nodepools.karpenter.sh", "mig_karpenter_nodepool"),
        (
            "NodeOverlay",
            "nodeoverlays.karpenter.sh",
            "mig_karpenter_nodeoverlay",
        ),
    ];
    for (kind, name, resource) in kinds {
        let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
        let definition = KUBE.get(&path).unwrap().unwrap();
        let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";
        let spec = definition.pointer(spec).unwrap();
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        fields(spec, "", &mut theirs);
        attributes(&resources[resource]["block"], "", &mut ours);
        let ours: Vec<String> = ours.iter().map(|path| word(path)).collect();
        // What is above a field that was renamed is no field of its own.
        let above = |field: &str| ["template", "template.metadata", "template.spec"].contains(&field);
        let missing: Vec<(&str, &str)> = theirs
            .iter()
            .filter(|field| !above(field) && !ours.contains(&word(&renamed(field))))
            .map(|field| (kind, field.as_str()))
            .collect();
        let expected: Vec<_> = NOT_SET.iter().filter(|(of, _)| *of == kind).copied().collect();
        assert!(theirs.len() > 5, "{theirs:?}");
        assert_eq!(missing, expected);
    }
}
