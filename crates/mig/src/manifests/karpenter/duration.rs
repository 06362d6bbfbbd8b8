//! Durations as Karpenter's CRDs take them: whole numbers of s, m and h. Days are not among them.

use super::place::{Findings, Place};

/// Seconds of a duration such as `1h30m`; none where it has another form.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut digits = String::new();
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let unit = match letter {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return None,
        };
        let number: u64 = digits.parse().ok()?;
        total = total.checked_add(number.checked_mul(unit)?)?;
        digits.clear();
    }
    // Go counts nanoseconds in 64 bits: 292 years.
    let fits = total < 9_223_372_036;
    (digits.is_empty() && !text.is_empty() && fits).then_some(total)
}

/// Says what is wrong with a duration; gives its seconds, or none for `Never` and wrong ones.
pub(super) fn check(findings: &mut Findings, place: &Place, text: &str, never: bool) -> Option<u64> {
    if never && text == "Never" {
        return None;
    }
    let found = seconds(text);
    if found.is_none() {
        let allowed = if never { ", or \"Never\"" } else { "" };
        let days = text.strip_suffix('d').and_then(|days| days.parse::<u64>().ok());
        let instead = days.map_or(String::new(), |days| {
            format!(" Write \"{}h\".", days.saturating_mul(24))
        });
        findings.fault(
            place,
            format!("{text:?} is not a duration that Karpenter accepts"),
            format!("It is made of whole numbers with s, m or h, for example 1h30m{allowed}; days are unknown.{instead}"),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_crds_take() {
        for (text, expected) in [
            ("0s", Some(0)),
            ("1h30m", Some(5400)),
            ("30m1h", Some(5400)),
            ("720h", Some(2_592_000)),
            ("", None),
            ("30d", None),
            ("1.5h", None),
            ("-1h", None),
            ("10", None),
            ("h", None),
            ("5m ", None),
            ("99999999999999999999h", None),
            ("9999999h", None),
        ] {
            assert_eq!(seconds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn days_are_told_in_hours() {
        let mut findings = Findings::default();
        check(&mut findings, &Place::of("expire_after"), "30d", true);
        let fault = &findings.faults[0];
        assert!(fault.detail().contains("Write \"720h\""), "{fault}");
        assert_eq!(
            check(&mut findings, &Place::of("expire_after"), "Never", true),
            None
        );
        assert_eq!(findings.faults.len(), 1);
        check(
            &mut findings,
            &Place::of("termination_grace_period"),
            "Never",
            false,
        );
        assert_eq!(findings.faults.len(), 2);
    }
}
