//! Requirements of pools and overlays: their form, and what of the layout is left by them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::choices;
use super::labels::{self, Object};
use super::node_facts::NodeFacts;
use super::place::{Findings, Place};
use crate::manifests::kubernetes::is_name_part;

/// Most requirements of one object.
const MOST: usize = 100;

/// A condition on a node's labels, with Karpenter's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    /// The label's key.
    pub key: String,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Gte`, `Lt` or `Lte`.
    pub operator: String,
    /// One or more values under `In` and `NotIn`, one whole number under `Gt`, `Gte`, `Lt`, `Lte`, otherwise none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// At least so many different values must remain to choose from, 1 to 50. Alpha in Karpenter; pools only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_values: Option<i64>,
}

impl Requirement {
    /// `key In values`.
    pub fn is_in<T: Into<String>>(key: &str, values: impl IntoIterator<Item = T>) -> Self {
        Self {
            key: key.to_owned(),
            operator: "In".to_owned(),
            values: values.into_iter().map(Into::into).collect(),
            min_values: None,
        }
    }

    /// Whether a node with that label value meets it.
    fn is_met_by(&self, value: &str) -> bool {
        let contains = self.values.iter().any(|allowed| allowed == value);
        let bound = self.values.first().and_then(|bound| bound.parse::<i64>().ok());
        let compared = value.parse::<i64>().ok().zip(bound);
        match self.operator.as_str() {
            "In" => contains,
            "NotIn" => !contains,
            "DoesNotExist" => false,
            "Gt" => compared.is_some_and(|(value, bound)| value > bound),
            "Gte" => compared.is_some_and(|(value, bound)| value >= bound),
            "Lt" => compared.is_some_and(|(value, bound)| value < bound),
            "Lte" => compared.is_some_and(|(value, bound)| value <= bound),
            _ => true,
        }
    }

    /// Whether a node meets it; a label that is not known may.
    fn may_be_met(&self, node: &NodeFacts) -> bool {
        node.labels
            .get(labels::normal(&self.key))
            .is_none_or(|value| self.is_met_by(value))
    }
}

/// Checks the user's own requirements; `nodes` are the layout's.
pub(super) fn check(
    findings: &mut Findings,
    place: &Place,
    requirements: &[Requirement],
    nodes: &[NodeFacts],
    object: Object,
) {
    findings.at_most(place, requirements.len(), MOST - 10);
    let before = findings.faults.len();
    for (index, requirement) in requirements.iter().enumerate() {
        check_one(findings, &place.index(index), requirement, object);
    }
    if findings.faults.len() > before || nodes.is_empty() {
        return;
    }
    for (index, requirement) in requirements.iter().enumerate() {
        check_against_nodes(findings, &place.index(index), requirement, nodes);
    }
    let meets_all = |node: &NodeFacts| {
        requirements
            .iter()
            .all(|requirement| requirement.may_be_met(node))
    };
    if findings.faults.len() == before && !nodes.iter().any(meets_all) {
        findings.fault(
            place,
            "Together the requirements leave no instance type of the layout",
            format!(
                "Each leaves some, but no type meets all of them, and Karpenter would never launch a node. The layout has {}.",
                names(nodes)
            ),
        );
    }
}

fn check_one(findings: &mut Findings, place: &Place, requirement: &Requirement, object: Object) {
    labels::check_key(findings, &place.attr("key"), &requirement.key, object);
    findings.word(
        &place.attr("operator"),
        Some(&requirement.operator),
        &choices::OPERATORS,
    );
    check_values(findings, &place.attr("values"), requirement);
    let min_values = place.attr("min_values");
    findings.range(&min_values, requirement.min_values, choices::MIN_VALUES);
    let different: BTreeSet<&String> = requirement.values.iter().collect();
    if requirement.operator == "In"
        && requirement
            .min_values
            .is_some_and(|least| least > different.len() as i64)
    {
        findings.fault(
            &min_values,
            "min_values asks for more values than there are",
            format!("{} different values are given.", different.len()),
        );
    }
    if object == Object::Overlay && requirement.min_values.is_some() {
        findings.fault(
            &min_values,
            "An overlay has no min_values",
            "Leave it out; it belongs to a pool.",
        );
    }
}

fn check_values(findings: &mut Findings, place: &Place, requirement: &Requirement) {
    let values = &requirement.values;
    let operator = requirement.operator.as_str();
    match operator {
        "In" | "NotIn" if values.is_empty() => findings.fault(
            place,
            format!("{operator} needs values"),
            "Without a value it says nothing, and Karpenter refuses it.",
        ),
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            findings.fault(
                place,
                format!("{operator} accepts no values"),
                "Leave them out, or use In or NotIn.",
            );
        }
        "Gt" | "Gte" | "Lt" | "Lte" if !is_one_number(values) => findings.fault(
            place,
            format!("{operator} needs exactly one whole number"),
            "It is compared with a label such as karpenter.k8s.aws/instance-gpu-count, and not negative.",
        ),
        _ => {}
    }
    for (index, value) in values.iter().enumerate() {
        if !value.is_empty() && !is_name_part(value) {
            findings.fault(
                place.index(index),
                format!("{value:?} is not a label value"),
                "It has up to 63 letters, digits, '-', '_', '.', and begins and ends with a letter or digit.",
            );
        }
    }
}

fn is_one_number(values: &[String]) -> bool {
    let [value] = values else { return false };
    value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<i64>().is_ok()
}

fn check_against_nodes(
    findings: &mut Findings,
    place: &Place,
    requirement: &Requirement,
    nodes: &[NodeFacts],
) {
    let key = labels::normal(&requirement.key);
    if check_case(findings, &place.attr("values"), requirement, key, nodes) {
        return;
    }
    if !nodes.iter().any(|node| requirement.may_be_met(node)) {
        let shown =
            |node: &NodeFacts| Some(format!("{} has {:?}", node.instance_type, node.labels.get(key)?));
        let shown: BTreeSet<String> = nodes.iter().filter_map(shown).collect();
        let attribute = if requirement.values.is_empty() {
            "operator"
        } else {
            "values"
        };
        findings.fault(
            place.attr(attribute),
            format!("No instance type of the layout meets the requirement on {key}"),
            format!(
                "Karpenter would accept it and never launch a node. {}.",
                Vec::from_iter(shown).join(", ")
            ),
        );
        return;
    }
    let values: Option<BTreeSet<&String>> = nodes
        .iter()
        .filter(|node| requirement.may_be_met(node))
        .map(|node| node.labels.get(key))
        .collect();
    if let Some((values, least)) = values.zip(requirement.min_values)
        && least > values.len() as i64
    {
        findings.fault(
                place.attr("min_values"),
                format!("The layout's types have {} different values of {key}", values.len()),
                format!("{least} are asked for, so Karpenter would never launch a node. Lower it, or add instance types."),
            );
    }
}

/// A value in the wrong case is never meant: case distinguishes labels.
fn check_case(
    findings: &mut Findings,
    place: &Place,
    requirement: &Requirement,
    key: &str,
    nodes: &[NodeFacts],
) -> bool {
    let known: BTreeSet<&String> = nodes.iter().filter_map(|node| node.labels.get(key)).collect();
    let before = findings.faults.len();
    for (index, value) in requirement.values.iter().enumerate() {
        let meant = known.iter().find(|found| found.eq_ignore_ascii_case(value));
        if let Some(meant) = meant.filter(|meant| **meant != value && !known.contains(value)) {
            findings.fault(
                place.index(index),
                format!("No node has the label {key}={value}"),
                format!("It is written {meant:?}; labels are told apart by upper and lower case."),
            );
        }
    }
    findings.faults.len() > before
}

fn names(nodes: &[NodeFacts]) -> String {
    let names: Vec<&str> = nodes.iter().map(|node| node.instance_type.as_str()).collect();
    names.join(", ")
}
