//! Checks of single attributes.

use tfplug::schema::Validator;

use crate::duration;

/// A time from a second to a day.
pub(super) fn timeout() -> Validator {
    Validator::string(
        "A time from `1s` to `24h`, in `s`, `m` or `h`.",
        |text| match duration::parse(text) {
            Some(time) if (1..=86_400).contains(&time.as_secs()) => Ok(()),
            Some(time) => Err(format!(
                "It is {} seconds; allowed are 1 to 86400.",
                time.as_secs()
            )),
            None => Err(format!(
                "Found {text:?}; write a whole number and s, m or h, such as 10m or 1m30s."
            )),
        },
    )
}
