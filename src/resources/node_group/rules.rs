//! What EKS would refuse, checked at validation: names and closed sets.

use mig::node_group::{AmiType, CapacityType, TaintEffect};
use tfplug::schema::Validator;
use tfplug::schema::validators::declared_one_of;

/// EKS' rule for names of clusters.
pub(super) fn cluster_name() -> Validator {
    let rule = "1 to 100 letters, digits, `-` and `_`, of which the first is a letter or a digit.";
    Validator::string(rule, |name| fits(name, 100))
}

/// EKS' rule for names of node groups.
pub(super) fn name() -> Validator {
    let rule = "1 to 63 letters, digits, `-` and `_`, of which the first is a letter or a digit.";
    Validator::string(rule, |name| fits(name, 63))
}

/// A prefix leaves room for what makes the name unique.
pub(super) fn name_prefix() -> Validator {
    let rule = "1 to 37 letters, digits, `-` and `_`, of which the first is a letter or a digit.";
    Validator::string(rule, |name| fits(name, 37))
}

fn fits(name: &str, greatest: usize) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if let Some(other) = name.chars().find(|c| !allowed(*c)) {
        return Err(format!(
            "Found {other:?} in it; EKS allows letters, digits, - and _ only."
        ));
    }
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err("It begins with neither a letter nor a digit.".to_owned());
    }
    if name.len() > greatest {
        return Err(format!(
            "It has {} characters; allowed are 1 to {greatest}.",
            name.len()
        ));
    }
    Ok(())
}

/// EKS' NVIDIA images, and one of the user's own.
pub(super) fn ami_type() -> Validator {
    declared_one_of(&AmiType::ALL.map(AmiType::as_str))
}

/// How EKS buys instances.
pub(super) fn capacity_type() -> Validator {
    declared_one_of(&CapacityType::ALL.map(CapacityType::as_str))
}

/// EKS' words; Kubernetes has others.
pub(super) fn taint_effect() -> Validator {
    declared_one_of(&TaintEffect::ALL.map(TaintEffect::eks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(fits("mig-small_1", 63), Ok(()));
        for wrong in ["", "-a", "_a", "a.b", "a b", &"a".repeat(64)] {
            assert!(fits(wrong, 63).is_err(), "{wrong:?}");
        }
    }
}
