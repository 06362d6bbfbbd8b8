//! Names, labels and annotations of our objects.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::field::Field;
use super::place::{Findings, Place};
use crate::manifests::MANAGED_BY;
use crate::manifests::kubernetes::is_dns_subdomain;

/// Pools and classes become values of node labels, which have at most so many letters.
const LONGEST_NAME: usize = 63;

/// Name, labels and annotations of an object.
pub(super) fn check(findings: &mut Findings, object: &Value) {
    let metadata = Field::of(object, "metadata");
    let name = metadata.get("name");
    check_name(findings, &name, name.text().unwrap_or_default());
    let labels = metadata.get("labels");
    findings.labels(&labels, &labels.texts());
    let annotations = metadata.get("annotations");
    findings.annotations(&annotations, &annotations.texts());
}

pub(super) fn check_name(findings: &mut Findings, place: impl Into<Place>, name: &str) {
    if !is_dns_subdomain(name) || name.len() > LONGEST_NAME {
        findings.fault(
            place,
            format!("{name:?} is not a name that Karpenter can use"),
            format!(
                "It has 1 to {LONGEST_NAME} lower case letters, digits, '-' and '.', and begins and ends with a letter or \
                 digit: Karpenter makes a label value of it."
            ),
        );
    }
}

/// Metadata of a cluster-wide object that is given with its own.
pub(super) fn of(object: &Value) -> Value {
    let metadata = Field::of(object, "metadata");
    let name = metadata.get("name").text().unwrap_or_default();
    render(
        name,
        &metadata.get("labels").texts(),
        &metadata.get("annotations").texts(),
    )
}

/// Metadata of a cluster-wide object.
pub(super) fn render(
    name: &str,
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
) -> Value {
    let mut all = BTreeMap::from([(MANAGED_BY.to_owned(), "terraform-provider-mig".to_owned())]);
    all.extend(labels.clone());
    let mut metadata = json!({"name": name, "labels": all});
    if !annotations.is_empty() {
        metadata["annotations"] = json!(annotations);
    }
    metadata
}
