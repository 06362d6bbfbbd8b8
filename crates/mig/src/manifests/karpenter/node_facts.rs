//! The labels that Karpenter gives the instance types of a layout, as far as the catalog knows them.

use std::collections::BTreeMap;

use super::labels::{ARCH, GPU_NAME, INSTANCE_TYPE, OS};
use crate::catalog::{Catalog, InstanceType};
use crate::layout::Layout;

/// The labels of one instance type, by key. A key that is missing is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeFacts {
    pub(super) instance_type: String,
    pub(super) labels: BTreeMap<&'static str, String>,
}

/// The facts of every type of a layout, by its name.
pub(super) fn of_layout(layout: &Layout, catalog: &Catalog) -> Vec<NodeFacts> {
    let types = layout
        .nodes()
        .filter_map(|node| catalog.instance_type(node.instance_type()));
    types.map(facts).collect()
}

fn facts(instance_type: &InstanceType) -> NodeFacts {
    let mut labels = BTreeMap::from([
        (INSTANCE_TYPE, instance_type.name.clone()),
        (ARCH, instance_type.architecture.clone()),
        (OS, "linux".to_owned()),
    ]);
    let mut add = |key, value: Option<String>| {
        if let Some(value) = value {
            labels.insert(key, value);
        }
    };
    let (family, size) = instance_type
        .name
        .split_once('.')
        .unwrap_or((&instance_type.name, ""));
    let (category, generation) = category_and_generation(family);
    add("karpenter.k8s.aws/instance-family", Some(family.to_owned()));
    add("karpenter.k8s.aws/instance-size", Some(size.to_owned()));
    add("karpenter.k8s.aws/instance-category", Some(category.to_owned()));
    add(
        "karpenter.k8s.aws/instance-generation",
        Some(generation.to_owned()),
    );
    add(
        "karpenter.k8s.aws/instance-cpu",
        instance_type.vcpu.map(|count| count.to_string()),
    );
    add(
        "karpenter.k8s.aws/instance-memory",
        instance_type.memory_mib.map(|size| size.to_string()),
    );
    let gpu = &instance_type.gpu;
    // Of a fraction of a GPU Karpenter may say anything or nothing.
    if gpu.karpenter_gpu_count > 0 {
        add(GPU_NAME, gpu.karpenter_gpu_name.clone());
        add(
            "karpenter.k8s.aws/instance-gpu-manufacturer",
            Some("nvidia".to_owned()),
        );
        add(
            "karpenter.k8s.aws/instance-gpu-count",
            Some(gpu.karpenter_gpu_count.to_string()),
        );
        add(
            "karpenter.k8s.aws/instance-gpu-memory",
            gpu.memory_mib.map(|size| size.to_string()),
        );
    }
    NodeFacts {
        instance_type: instance_type.name.clone(),
        labels,
    }
}

/// `p6-b200` is of category p, generation 6.
fn category_and_generation(family: &str) -> (&str, &str) {
    let first = family
        .find(|letter: char| letter.is_ascii_digit())
        .unwrap_or(family.len());
    let (category, rest) = family.split_at(first);
    let end = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    (category, &rest[..end])
}
