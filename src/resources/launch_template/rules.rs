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
}
