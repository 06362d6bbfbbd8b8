//! Whether the pods of somebody else's DaemonSet would run on a node, by Kubernetes' own rules of node selectors, required
//! node affinity and taints.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::layout::Taint;

/// Whether a pod of this spec may run on a node with these labels and taints. A label that is not among them is taken to be
/// absent.
pub fn runs_on(pod: &Value, labels: &BTreeMap<String, String>, taints: &[Taint]) -> bool {
    let selected = pod
        .get("nodeSelector")
        .and_then(Value::as_object)
        .is_none_or(|selector| {
            selector
                .iter()
                .all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
        });
    selected && affine(pod, labels) && taints.iter().all(|taint| tolerates(pod, taint))
}

/// Terms are alternatives, expressions of a term are not.
fn affine(pod: &Value, labels: &BTreeMap<String, String>) -> bool {
    let terms = pod
        .pointer("/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms")
        .and_then(Value::as_array);
    let fits = |term: &Value| {
        let expressions = term.get("matchExpressions").and_then(Value::as_array);
        // Fields are the node's name: of one node, and not of ours.
        term.get("matchFields").is_none()
            && expressions
                .into_iter()
                .flatten()
                .all(|expression| holds(expression, labels))
    };
    terms.is_none_or(|terms| terms.iter().any(fits))
}

fn holds(expression: &Value, labels: &BTreeMap<String, String>) -> bool {
    let text = |name: &str| expression.get(name).and_then(Value::as_str).unwrap_or_default();
    let label = labels.get(text("key"));
    let values = expression.get("values").and_then(Value::as_array);
    let among = || {
        let mut values = values.into_iter().flatten().filter_map(Value::as_str);
        label.is_some_and(|label| values.any(|value| value == label))
    };
    match text("operator") {
        "In" => among(),
        "NotIn" => !among(),
        "Exists" => label.is_some(),
        "DoesNotExist" => label.is_none(),
        // Gt and Lt compare numbers, of which our labels have none.
        _ => false,
    }
}

fn tolerates(pod: &Value, taint: &Taint) -> bool {
    let tolerations = pod.get("tolerations").and_then(Value::as_array);
    tolerations.into_iter().flatten().any(|toleration| {
        let text = |name: &str| toleration.get(name).and_then(Value::as_str).unwrap_or_default();
        let exists = text("operator") == "Exists";
        let effect = text("effect").is_empty() || text("effect") == taint.effect;
        let key = text("key") == taint.key || (exists && text("key").is_empty());
        key && effect && (exists || text("value") == taint.value)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node() -> (BTreeMap<String, String>, Vec<Taint>) {
        let labels = [
            ("nvidia.com/gpu.present", "true"),
            ("mig.eks/device-plugin", "mixed"),
            ("mig.eks/device-manager", "device-plugin"),
        ];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let taint = Taint {
            key: "nvidia.com/gpu".to_owned(),
            value: "present".to_owned(),
            effect: "NoSchedule".to_owned(),
        };
        (BTreeMap::from(labels), vec![taint])
    }

    fn runs(mut pod: Value) -> bool {
        let (labels, taints) = node();
        if pod.get("tolerations").is_none() {
            pod["tolerations"] =
                json!([{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]);
        }
        runs_on(&pod, &labels, &taints)
    }

    fn affinity(terms: Value) -> Value {
        let required = json!({"nodeSelectorTerms": terms});
        json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}})
    }

    #[test]
    fn selectors() {
        assert!(runs(json!({})));
        assert!(runs(json!({"nodeSelector": {"nvidia.com/gpu.present": "true"}})));
        assert!(!runs(json!({"nodeSelector": {"pool": "whole-gpus"}})));
        assert!(!runs(json!({"nodeSelector": {"mig.eks/device-manager": "dra"}})));
    }

    /// The first is the default of NVIDIA's charts, the last the way to keep them off.
    #[test]
    fn affinities() {
        let present = json!({"matchExpressions": [{"key": "nvidia.com/gpu.present", "operator": "In", "values": ["true"]}]});
        let pci = json!({"matchExpressions": [{"key": "feature.node.kubernetes.io/pci-10de.present", "operator": "In", "values": ["true"]}]});
        assert!(runs(affinity(json!([pci, present]))));
        assert!(!runs(affinity(json!([pci]))));
        for (operator, values, expected) in [
            ("NotIn", json!(["device-plugin"]), false),
            ("NotIn", json!(["dra"]), true),
            ("Exists", json!([]), true),
            ("DoesNotExist", json!([]), false),
        ] {
            let expression = json!({"key": "mig.eks/device-manager", "operator": operator, "values": values});
            assert_eq!(
                runs(affinity(json!([{"matchExpressions": [expression]}]))),
                expected,
                "{operator}"
            );
        }
        assert!(!runs(affinity(
            json!([{"matchFields": [{"key": "metadata.name"}]}])
        )));
    }

    #[test]
    fn tolerations() {
        assert!(!runs(json!({"tolerations": []})));
        assert!(runs(json!({"tolerations": [{"operator": "Exists"}]})));
        assert!(runs(
            json!({"tolerations": [{"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}]})
        ));
        assert!(!runs(
            json!({"tolerations": [{"key": "nvidia.com/gpu", "value": "true"}]})
        ));
        assert!(!runs(
            json!({"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoExecute"}]})
        ));
    }
}
