//! Names of AWS regions.

/// Checks the form of a region's name. New regions of that form pass: AWS opens some every year.
///
/// # Errors
/// What is wrong, with the name that is probably meant.
pub fn check(name: &str) -> Result<(), String> {
    if is_region(name) {
        return Ok(());
    }
    let meant = meant(name).map_or_else(
        || "Give the region's code, such as \"us-east-1\".".to_owned(),
        |(region, why)| format!("{why}Did you mean \"{region}\"?"),
    );
    Err(format!("{name:?} is not the name of an AWS region. {meant}"))
}

/// `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`: words, then a number, between dashes.
fn is_region(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let Some((number, words)) = parts.split_last() else {
        return false;
    };
    let is_word = |word: &&str| word.len() >= 2 && word.bytes().all(|b| b.is_ascii_lowercase());
    words.len() >= 2
        && words.iter().all(is_word)
        && !number.is_empty()
        && number.len() <= 2
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// The region that a name comes close to, and what it is instead.
fn meant(name: &str) -> Option<(String, &'static str)> {
    let plain = name.trim().to_lowercase().replace([' ', '_'], "-");
    if is_region(&plain) {
        return Some((plain, ""));
    }
    // A zone ends with a letter.
    let zone = plain
        .strip_suffix(|c: char| c.is_ascii_lowercase())
        .filter(|rest| is_region(rest));
    if let Some(region) = zone {
        return Some((region.to_owned(), "It is an availability zone. "));
    }
    let digits = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    let dashed = format!("{}-{}", digits.trim_end_matches('-'), &plain[digits.len()..]);
    if is_region(&dashed) {
        return Some((dashed, ""));
    }
    let first = format!("{plain}-1");
    is_region(&first).then_some((first, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_every_partition_and_of_later_pass() {
        for name in [
            "us-east-1",
            "ap-southeast-7",
            "cn-north-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eusc-de-east-1",
            "xy-north-12",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_comes_close_is_named() {
        for (name, meant) in [
            ("us-east1", "us-east-1"),
            ("us-east-1a", "us-east-1"),
            ("US-EAST-1", "us-east-1"),
            (" us-east-1 ", "us-east-1"),
            ("us_east_1", "us-east-1"),
            ("us east 1", "us-east-1"),
            ("eu-west", "eu-west-1"),
            ("eu-central1b", "such as"),
            ("Frankfurt", "such as"),
            ("useast1", "such as"),
            ("", "such as"),
        ] {
            let said = check(name).unwrap_err();
            assert!(said.contains(meant), "{name}: {said}");
        }
    }
}
