//! The name of a managed node group.

use super::collector;
use crate::finding::Finding;

/// Characters of the longest name.
const LONGEST: usize = 63;

/// What is wrong with the name of a node group, if anything is. Source: `CreateNodegroup` in the EKS API: up to 63 letters,
/// digits, hyphens and underscores, and a letter or a digit at the beginning.
pub fn check_name(name: &str) -> Option<Finding> {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let begins = name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
    if begins && name.bytes().all(inner) && name.len() <= LONGEST {
        return None;
    }
    let length = name.chars().count();
    let found = if length > LONGEST {
        format!("This name has {length}. ")
    } else {
        String::new()
    };
    let detail = format!(
        "It has 1 to {LONGEST} letters, digits, '-' and '_', and begins with a letter or a digit. {found}Choose another."
    );
    let mut findings = collector();
    findings.fault("", format!("{name:?} is not the name of a node group"), detail);
    findings.faults.pop()
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names() {
        for name in ["a", "slices", "Slices_1g-10gb", "0", &"n".repeat(63)] {
            assert_eq!(check_name(name), None, "{name}");
        }
        for name in ["", "-a", "_a", "a.b", "a b", "über", "a/b", &"n".repeat(64)] {
            assert!(check_name(name).is_some(), "{name}");
        }
        let long = check_name(&"n".repeat(64)).unwrap();
        assert!(long.detail().contains("This name has 64"), "{long}");
    }
}
