//! What a user's own NodeConfig part may not say: what the layout, Karpenter or EKS sets.

use yaml_rust2::Yaml;

use super::{BootOptions, NodeConfig};
use crate::finding::Advice;
use crate::layout::{DEVICE_MANAGER_LABEL, Layout};

/// Summary and advice of a fault.
pub(super) type Fault = (String, Advice);

/// What stands around the parts of a user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    layout: &'a Layout,
    node_config: Option<&'a NodeConfig>,
    /// Whether the part stands after ours.
    after: bool,
    /// Whether a part handler among the user's parts may know further types.
    pub(super) handlers: bool,
}

/// Who says the rest of what nodeadm reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Karpenter,
    /// A managed node group, or one that is not known: labels are ours, and the cluster is not named.
    Group,
    /// Our own NodeConfig, which names the cluster.
    Ours,
}

impl<'a> Around<'a> {
    pub(super) fn new(layout: &'a Layout, options: &'a BootOptions, after: bool) -> Self {
        Self {
            layout,
            node_config: options.node_config.as_ref(),
            after,
            handlers: options
                .parts_before
                .iter()
                .chain(&options.parts_after)
                .any(|part| part.media_type() == "text/part-handler"),
        }
    }

    fn rest(self) -> Rest {
        match self.node_config {
            None => Rest::Karpenter,
            Some(config) if config.cluster.is_none() => Rest::Group,
            Some(_) => Rest::Ours,
        }
    }

    /// Whether the layout's taints reach kubelet beside these.
    fn keeps_taints(self, said: &str, as_flag: bool) -> bool {
        let ours = self.node_config.map(|config| config.taints.as_slice());
        let ours = ours.unwrap_or_default();
        let named = ours.iter().all(|taint| said.contains(taint.key.as_str()));
        self.rest() == Rest::Ours && (ours.is_empty() || named && (as_flag || self.after))
    }
}

/// What is wrong with a part of the type `application/node.eks.aws`.
pub(super) fn faults(documents: &[Yaml], around: Around<'_>) -> Vec<Fault> {
    let [document] = documents else {
        let summary = format!("The part has {} YAML documents", documents.len());
        return vec![(summary, "nodeadm reads one NodeConfig from each part.".into())];
    };
    let (version, kind) = (document["apiVersion"].as_str(), document["kind"].as_str());
    if (version, kind) != (Some("node.eks.aws/v1alpha1"), Some("NodeConfig")) {
        let detail = "nodeadm reads apiVersion: node.eks.aws/v1alpha1 and kind: NodeConfig; with anything else the node does \
                      not join.";
        return vec![("The part is not a NodeConfig".to_owned(), detail.into())];
    }
    let spec = &document["spec"];
    let mut faults: Vec<_> = cluster(&spec["cluster"], around).into_iter().collect();
    faults.extend(config(&spec["kubelet"]["config"], around));
    faults.extend(flags(&spec["kubelet"]["flags"], around));
    faults
}

fn cluster(cluster: &Yaml, around: Around<'_>) -> Option<Fault> {
    if cluster.as_hash().is_none_or(|fields| fields.is_empty()) {
        return None;
    }
    let detail = match around.rest() {
        Rest::Karpenter => "Karpenter adds the cluster's details. Leave spec.cluster out.",
        Rest::Ours => "node_config names it. Leave spec.cluster out.",
        Rest::Group => return None,
    };
    Some(("Two would name the cluster".to_owned(), detail.into()))
}

fn config(config: &Yaml, around: Around<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let list = config["registerWithTaints"].as_vec();
    if let Some(list) = list.filter(|list| !list.is_empty()) {
        let keys: Vec<_> = list.iter().filter_map(|taint| taint["key"].as_str()).collect();
        if !around.keeps_taints(&keys.join(" "), false) {
            faults.push(taints("registerWithTaints", around));
        }
    }
    if !config["maxPods"].is_badvalue() && around.rest() == Rest::Karpenter {
        let detail = "Karpenter counts pods by the class, so that it would plan other nodes than it gets. Give maxPods to the \
                      class's kubelet.";
        faults.push(("maxPods cannot be set".to_owned(), detail.into()));
    }
    faults
}

fn taints(field: &str, around: Around<'_>) -> Fault {
    let detail = match around.rest() {
        Rest::Karpenter => "Karpenter sets it from the pool's taints. Give the taints to the pool.".to_owned(),
        Rest::Group => "EKS sets it from the group's taints, and one would replace the other. Give the taints to the node \
                        group."
            .to_owned(),
        Rest::Ours => {
            let ours = around.node_config.map(|config| config.taints.as_slice());
            let keys: Vec<_> = ours.unwrap_or_default().iter().map(|taint| taint.key.as_str()).collect();
            format!(
                "node_config gives the node the taint {}, and one list replaces the other. Name it in yours as well, in a \
                 part of extra_user_data.after.",
                keys.join(" and ")
            )
        }
    };
    (format!("{field} cannot be set"), detail.into())
}

fn flags(flags: &Yaml, around: Around<'_>) -> Vec<Fault> {
    let all: Vec<_> = flags
        .as_vec()
        .into_iter()
        .flatten()
        .filter_map(Yaml::as_str)
        .collect();
    let mut faults = Vec::new();
    for (index, flag) in all.iter().enumerate() {
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, value),
            None => (*flag, all.get(index + 1).copied().unwrap_or_default()),
        };
        match name.trim().trim_start_matches('-') {
            "register-with-taints" if !around.keeps_taints(value, true) => {
                faults.push(taints("--register-with-taints", around));
            }
            "node-labels" => faults.extend(labels(value, around.layout)),
            "kubeconfig" => {
                let detail = "nodeadm writes the file, and the boot script holds kubelet back by this flag until the GPUs are \
                              cut. Leave it out.";
                faults.push(("--kubeconfig cannot be set".to_owned(), detail.into()));
            }
            _ => {}
        }
    }
    faults
}

/// Labels add up; only those of the layout have one value.
fn labels(value: &str, layout: &Layout) -> Option<Fault> {
    let ours = layout.labels();
    let key = value
        .split(',')
        .map(|label| label.split('=').next().unwrap_or_default().trim())
        .find(|key| *key == DEVICE_MANAGER_LABEL || ours.contains_key(*key))?;
    let detail = "The layout sets it, and the device plugin goes by it. Leave it out of --node-labels.";
    Some((format!("The label {key} cannot be set"), detail.into()))
}
