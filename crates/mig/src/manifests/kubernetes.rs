//! Kubernetes' own rules for names and small values, so that a plan needs no API server to know them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{Collector, FieldPath};

/// What a taint does to pods that do not tolerate it.
pub const TAINT_EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// How a toleration compares.
pub const TOLERATION_OPERATORS: [&str; 2] = ["Equal", "Exists"];

/// When an image is pulled.
pub const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];

/// A pod's toleration, with Kubernetes' words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toleration {
    /// The taint's key; none tolerates every key and needs the operator `Exists`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// `Equal` (default) or `Exists`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The taint's value, under `Equal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`; none tolerates all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
}

/// A container's requests and limits: quantity by resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRequirements {
    /// What it is scheduled by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requests: BTreeMap<String, String>,
    /// What it may use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<String, String>,
}

impl Toleration {
    /// Tolerates a taint of that key whatever its value.
    pub fn exists(key: &str, effect: Option<&str>) -> Self {
        Self {
            key: Some(key.to_owned()),
            operator: Some("Exists".to_owned()),
            value: None,
            effect: effect.map(str::to_owned),
        }
    }

    /// Tolerates every taint.
    pub fn everything() -> Self {
        Self {
            key: None,
            operator: Some("Exists".to_owned()),
            value: None,
            effect: None,
        }
    }

    fn fault(&self) -> Option<String> {
        let operator = self.operator.as_deref().unwrap_or("Equal");
        let effect = self.effect.as_deref();
        if !TOLERATION_OPERATORS.contains(&operator) {
            return Some(format!("operator is \"Equal\" or \"Exists\", not {operator:?}"));
        }
        if effect.is_some_and(|effect| !TAINT_EFFECTS.contains(&effect)) {
            let found = effect.unwrap_or_default();
            return Some(format!(
                "effect is \"NoSchedule\", \"PreferNoSchedule\" or \"NoExecute\", not {found:?}"
            ));
        }
        if operator == "Exists" && self.value.as_ref().is_some_and(|value| !value.is_empty()) {
            return Some("the operator \"Exists\" accepts no value".to_owned());
        }
        match &self.key {
            None if operator != "Exists" => Some("without a key the operator must be \"Exists\"".to_owned()),
            Some(key) if !is_qualified_name(key) => Some(format!("{key:?} is not a taint key")),
            _ => None,
        }
    }
}

impl Collector {
    /// Labels of an object, or of a node.
    pub(crate) fn labels(&mut self, place: impl Into<FieldPath>, labels: &BTreeMap<String, String>) {
        let place = place.into();
        for (key, value) in labels {
            if !is_qualified_name(key) {
                let detail = "It is NAME or PREFIX/NAME: NAME up to 63 letters, digits, '-', '_', '.', PREFIX a domain.";
                self.fault(place.key(key), format!("{key:?} is not a label key"), detail);
            }
            if !value.is_empty() && !is_name_part(value) {
                let detail = "It has up to 63 letters, digits, '-', '_', '.', and begins and ends with a letter or digit.";
                self.fault(place.key(key), format!("{value:?} is not a label value"), detail);
            }
        }
    }

    /// Annotations of an object, or of a node.
    pub(super) fn annotations(
        &mut self,
        place: impl Into<FieldPath>,
        annotations: &BTreeMap<String, String>,
    ) {
        let place = place.into();
        for key in annotations.keys().filter(|key| !is_qualified_name(key)) {
            let summary = format!("{key:?} is not an annotation key");
            self.fault(
                place.key(key),
                summary,
                "It is NAME or PREFIX/NAME, like a label's key.",
            );
        }
    }

    pub(super) fn dns_label(&mut self, attribute: &str, value: &str, longest: usize) {
        if !is_dns_label(value) || value.len() > longest {
            let detail = format!(
                "It consists of 1 to {longest} lower case letters, digits and '-', and begins and ends with a letter \
                 or digit (DNS-1123 label)."
            );
            self.fault(
                attribute,
                format!("{value:?} is not a name that Kubernetes accepts"),
                detail,
            );
        }
    }

    pub(super) fn dns_subdomain(&mut self, attribute: &str, value: &str) {
        if !is_dns_subdomain(value) {
            let summary = format!("{value:?} is not a name that Kubernetes accepts");
            self.fault(
                attribute,
                summary,
                "It is a DNS-1123 subdomain: lower case letters, digits, '-' and '.'.",
            );
        }
    }

    pub(super) fn tolerations(&mut self, tolerations: &[Toleration]) {
        for (index, toleration) in tolerations.iter().enumerate() {
            if let Some(fact) = toleration.fault() {
                self.fault(
                    FieldPath::of("tolerations").index(index),
                    "The toleration contradicts itself",
                    format!("In a toleration {fact}."),
                );
            }
        }
    }

    pub(super) fn image(&mut self, image: &str) {
        let plain = image.bytes().all(|byte| byte.is_ascii_graphic());
        let name = image.rsplit('/').next().unwrap_or_default();
        let pinned = match image.split_once('@') {
            Some((_, digest)) => digest.strip_prefix("sha256:").is_some_and(is_sha256),
            None => name
                .split_once(':')
                .is_some_and(|(name, tag)| !name.is_empty() && !tag.is_empty()),
        };
        if !plain || !pinned {
            let detail = "Give a tag or a digest, for example nvcr.io/nvidia/k8s-device-plugin:v0.20.1; without one \
                every node may run another version.";
            self.fault(
                "image",
                format!("{image:?} does not name one version of an image"),
                detail,
            );
        }
    }

    pub(super) fn quantities(&mut self, resources: &ResourceRequirements) {
        for (kind, quantities) in [("requests", &resources.requests), ("limits", &resources.limits)] {
            for (name, quantity) in quantities.iter().filter(|(_, quantity)| !is_quantity(quantity)) {
                let path = FieldPath::of("resources").attr(kind).key(name);
                let summary = format!("{quantity:?} is not a quantity");
                self.fault(
                    path,
                    summary,
                    "A quantity is a number with an optional unit: 100m, 0.5, 64Mi, 1Gi.",
                );
            }
        }
    }
}

fn is_sha256(hex: &str) -> bool {
    hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

pub(super) fn is_dns_label(text: &str) -> bool {
    let inner = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    !text.is_empty() && text.len() <= 63 && inner && !text.starts_with('-') && !text.ends_with('-')
}

pub(super) fn is_dns_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_dns_label)
}

pub(crate) fn is_name_part(text: &str) -> bool {
    let inner = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    text.len() <= 63 && inner && edge(text.as_bytes().first()) && edge(text.as_bytes().last())
}

pub(crate) fn is_qualified_name(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_name_part(name),
        None => is_name_part(key),
    }
}

pub(super) fn is_env_name(name: &str) -> bool {
    let inner = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    inner && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}

/// Whether a text is a quantity that is not negative: a number, perhaps with a unit or an exponent (`ParseQuantity` of
/// Kubernetes' `apimachinery`).
pub(crate) fn is_quantity(text: &str) -> bool {
    const UNITS: [&str; 16] = [
        "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
    ];
    let letter = text.find(|letter: char| letter.is_ascii_alphabetic());
    let (number, unit) = text.split_at(letter.unwrap_or(text.len()));
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let numeric = digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty());
    let exponent = || {
        let power = unit.strip_prefix(['e', 'E'])?;
        let power = power.strip_prefix(['-', '+']).unwrap_or(power);
        Some(!power.is_empty() && digits(power))
    };
    numeric && (UNITS.contains(&unit) || exponent() == Some(true))
}

#[cfg(test)]
mod tests {
    use super::is_quantity;

    #[test]
    fn quantities() {
        for text in [
            "0", "56", "1.5", "5.", ".5", "100m", "64Mi", "1E", "1e3", "2E6", "1e-3",
        ] {
            assert!(is_quantity(text), "{text}");
        }
        for text in [
            "",
            ".",
            "Gi",
            "-1",
            "+1",
            "1 Gi",
            "64MB",
            "1e",
            "1e+",
            "1.2.3",
            "1e3Gi",
            "fifty-six",
            "٣",
        ] {
            assert!(!is_quantity(text), "{text}");
        }
    }
}
