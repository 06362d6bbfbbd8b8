//! Kubernetes quantities: `1000m`, `1`, `1e3`, `1Ki` and their like, compared by what they mean.
//! Grammar: apimachinery `resource.Quantity`.

use bigdecimal::BigDecimal;
use serde_json::Value;

/// The exact number that a quantity stands for; `None` where it is not one.
pub fn parse(text: &str) -> Option<BigDecimal> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &text[digits.len()..];
    // "1e3" ends in a digit; only "1E" ends in the letter that means 10^18.
    if digits.is_empty() || digits.ends_with(['e', 'E']) {
        return None;
    }
    let number: BigDecimal = digits.parse().ok()?;
    Some(number * factor(suffix)?)
}

fn factor(suffix: &str) -> Option<BigDecimal> {
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const DECIMAL: [(&str, i64); 10] = [
        ("n", -9),
        ("u", -6),
        ("m", -3),
        ("", 0),
        ("k", 3),
        ("M", 6),
        ("G", 9),
        ("T", 12),
        ("P", 15),
        ("E", 18),
    ];
    if let Some(power) = BINARY.iter().position(|known| *known == suffix) {
        return Some(BigDecimal::from(1_u64 << (10 * (power + 1))));
    }
    let (_, power) = DECIMAL.iter().find(|(known, _)| *known == suffix)?;
    Some(BigDecimal::new(1.into(), -power))
}

/// Whether two values are the same quantity; a JSON number counts like its text.
pub fn same(one: &Value, other: &Value) -> bool {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn number(value: &Value) -> Option<BigDecimal> {
    match value {
        Value::String(text) => parse(text),
        Value::Number(number) => parse(&number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_quantities() {
        let table = [
            (json!("1000m"), json!("1")),
            (json!("1"), json!(1)),
            (json!("1Ki"), json!("1024")),
            (json!("1e3"), json!("1k")),
            (json!("1E"), json!("1e18")),
            (json!("0.5Gi"), json!("512Mi")),
            (json!("100n"), json!("0.1u")),
            (json!("1Ei"), json!("1152921504606846976")),
        ];
        for (one, other) in table {
            assert!(same(&one, &other), "{one} {other}");
        }
    }

    #[test]
    fn unequal_quantities_and_other_texts() {
        let table = [
            ("1000m", "2"),
            ("1Ki", "1k"),
            ("", ""),
            ("abc", "abc"),
            ("1Kib", "1Kib"),
            ("1 Gi", "1Gi"),
        ];
        for (one, other) in table {
            assert!(!same(&json!(one), &json!(other)), "{one} {other}");
        }
    }
}
