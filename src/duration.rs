//! Lengths of time as users write them: `90s`, `10m`, `1h30m`.

use std::time::Duration;

use tfplug::Value;
use tfplug::schema::Validator;

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

/// A check of a time from `least` to `most`, both as users write them.
pub fn between(least: &'static str, most: &'static str) -> Validator {
    let seconds = |text| parse(text).unwrap_or_default().as_secs();
    let allowed = seconds(least)..=seconds(most);
    let description = format!("A time from `{least}` to `{most}`, in `s`, `m` or `h`.");
    Validator::string(description, move |text| match parse(text) {
        Some(time) if allowed.contains(&time.as_secs()) => Ok(()),
        Some(time) => Err(format!(
            "It is {} seconds; allowed are {} to {}.",
            time.as_secs(),
            allowed.start(),
            allowed.end()
        )),
        None => Err(format!(
            "Found {text:?}; write a whole number and s, m or h, such as 10m or 1m30s."
        )),
    })
}

/// Whether two writings of a time mean the same.
pub fn same(a: &Value, b: &Value) -> bool {
    let read = |v: &Value| v.as_str().and_then(parse);
    read(a).is_some() && read(a) == read(b)
}

#[cfg(test)]
mod tests {
    use tfplug::{Diagnostics, Path};

    use super::*;

    #[test]
    fn a_time_is_between_two() {
        let check = |text: &str| {
            let mut diags = Diagnostics::new();
            between("1m", "14m").run(&text.into(), &Path::attr("t"), &mut diags);
            diags.into_iter().map(|diag| diag.detail).collect::<Vec<_>>()
        };
        assert!(check("1m").is_empty() && check("14m").is_empty() && check("90s").is_empty());
        assert_eq!(check("59s"), ["It is 59 seconds; allowed are 60 to 840."]);
        assert_eq!(check("15m"), ["It is 900 seconds; allowed are 60 to 840."]);
        assert!(check("soon")[0].starts_with("Found \"soon\"; write a whole number"));
        assert_eq!(
            between("1m", "14m").description,
            "A time from `1m` to `14m`, in `s`, `m` or `h`."
        );
    }

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
