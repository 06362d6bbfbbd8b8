//! What EC2 would refuse, checked at plan.

use tfplug::schema::Validator;

/// EC2's rule for names of launch templates.
pub(super) fn name() -> Validator {
    Validator::string("3 to 128 letters, digits and `().-/_`.", |name| {
        name_fits(name, 3, 128)
    })
}

/// A prefix leaves room for what makes the name unique.
pub(super) fn name_prefix() -> Validator {
    Validator::string("1 to 102 letters, digits and `().-/_`.", |name| {
        name_fits(name, 1, 102)
    })
}

fn name_fits(name: &str, least: usize, greatest: usize) -> Result<(), String> {
    if let Some(other) = name
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || "().-/_".contains(*c)))
    {
        return Err(format!(
            "Found {other:?} in it; EC2 allows letters, digits and ( ) . - / _ only."
        ));
    }
    if !(least..=greatest).contains(&name.len()) {
        return Err(format!(
            "It has {} characters; allowed are {least} to {greatest}.",
            name.len()
        ));
    }
    Ok(())
}

/// EC2's rules for tags.
pub(super) fn tags() -> Validator {
    Validator::new(
        "Keys of 1 to 128 characters that do not begin with `aws:`, values of up to 256.",
        |value, path, diags| {
            for (key, value) in value.as_map().into_iter().flatten() {
                if let Some(problem) = tag_problem(key, value.as_str().unwrap_or_default()) {
                    diags.error_at(path.key(key), "EC2 refuses this tag", problem);
                }
            }
        },
    )
}

fn tag_problem(key: &str, value: &str) -> Option<String> {
    let (key_length, value_length) = (key.chars().count(), value.chars().count());
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Some("Keys that begin with aws: are reserved; choose another.".into());
    }
    if !(1..=128).contains(&key_length) {
        return Some(format!(
            "The key has {key_length} characters; allowed are 1 to 128."
        ));
    }
    (value_length > 256).then(|| format!("The value has {value_length} characters; allowed are up to 256."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(name_fits("mig-small_(1)/a.b", 3, 128), Ok(()));
        assert!(name_fits("mig small", 3, 128).is_err());
        assert!(name_fits("ab", 3, 128).is_err());
        assert!(name_fits(&"a".repeat(129), 3, 128).is_err());
    }

    #[test]
    fn tags() {
        assert_eq!(tag_problem("a", ""), None);
        assert!(tag_problem("AWS:x", "").is_some());
        assert!(tag_problem("", "").is_some());
        assert!(tag_problem("a", &"v".repeat(257)).is_some());
    }
}
