//! Names that a misspelt one may have meant.

const OFFERED: usize = 3;

/// Up to three candidates, the likeliest first; none where nothing is similar. Equal likelihood: as they come.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let name = spelt_out(&name.trim().to_lowercase());
    let limit = (name.chars().count() / 3).clamp(2, 6);
    let mut scored: Vec<(usize, &str)> = candidates
        .map(|candidate| (likeness(&name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    scored.sort_by_key(|(distance, _)| *distance);
    scored
        .into_iter()
        .take(OFFERED)
        .map(|(_, candidate)| candidate)
        .collect()
}

/// `; did you mean a, b or c?`, or nothing.
pub fn did_you_mean(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("; did you mean {only}?"),
        [others @ .., last] => format!("; did you mean {} or {last}?", others.join(", ")),
    }
}

/// `48xl` is how people say `48xlarge`.
fn spelt_out(name: &str) -> String {
    match name.strip_suffix("xl") {
        Some(size) => format!("{size}xlarge"),
        None => name.to_owned(),
    }
}

/// Edits between two names; a bare family (`p5`, `p6-b200`, `h100`) is one edit from its members, and a size that a family
/// does not have is two from those that it has.
fn likeness(name: &str, candidate: &str) -> usize {
    let is_family = candidate
        .strip_prefix(name)
        .is_some_and(|rest| rest.starts_with(['.', '-']));
    let same_family =
        name.split_once('.').map(|(family, _)| family) == candidate.split_once('.').map(|(family, _)| family);
    match edits(name, candidate) {
        _ if is_family => 1,
        distance if same_family && name.contains('.') => distance.min(2),
        distance => distance,
    }
}

/// Levenshtein's distance, one row at a time.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, left) in from.chars().enumerate() {
        let mut diagonal = line;
        row[0] = line + 1;
        for (column, right) in to.iter().enumerate() {
            let substituted = diagonal + usize::from(left != *right);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: [&str; 5] = [
        "g5.48xlarge",
        "p5.4xlarge",
        "p5.48xlarge",
        "p5e.48xlarge",
        "p4d.24xlarge",
    ];

    #[test]
    fn a_slip_finds_what_was_meant() {
        assert_eq!(nearest("p5.48xlrge", TYPES.into_iter())[0], "p5.48xlarge");
        assert_eq!(nearest("P5.48XLARGE", TYPES.into_iter())[0], "p5.48xlarge");
        assert_eq!(nearest("p5", TYPES.into_iter()), ["p5.4xlarge", "p5.48xlarge"]);
        assert_eq!(nearest("p5.48xl", TYPES.into_iter())[0], "p5.48xlarge");
        assert_eq!(nearest("p5.xl", TYPES.into_iter())[0], "p5.4xlarge");
        assert_eq!(nearest("p5e", TYPES.into_iter()), ["p5e.48xlarge"]);
        let blackwell = ["p6-b200.48xlarge", "p6-b300.48xlarge"];
        assert_eq!(nearest("p6-b200", blackwell.into_iter())[0], "p6-b200.48xlarge");
        assert!(nearest("c7i.metal-24xl", TYPES.into_iter()).is_empty());
    }

    #[test]
    fn distance() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("abc", ""), 3);
    }
}
