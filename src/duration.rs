//! Lengths of time as users write them: `90s`, `10m`, `1h30m`.

use std::time::Duration;

use tfplug::Value;

/// Reads whole numbers with `h`, `m` or `s` behind them.
pub fn parse(text: &str) -> Option<Duration> {
    let mut seconds = 0u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.get(digits..=digits)? {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

/// Whether two writings of a time mean the same.
pub fn same(a: &Value, b: &Value) -> bool {
    let read = |v: &Value| v.as_str().and_then(parse);
    read(a).is_some() && read(a) == read(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_users_write() {
        assert_eq!(parse("10m"), Some(Duration::from_secs(600)));
        assert_eq!(parse("1h1m1s"), Some(Duration::from_secs(3661)));
        for bad in ["", "10", "m", "10 m", "1d", "99999999999999999999s", "é"] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
        assert!(same(&"10m".into(), &"600s".into()));
        assert!(!same(&"10m".into(), &"11m".into()));
    }
}
