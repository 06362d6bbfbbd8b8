//! Dates of the calendar, without a clock.

use std::fmt;

use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400;

/// A day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: i64,
    month: u8,
    day: u8,
}

impl Date {
    /// The day of a time in seconds since 1970.
    pub fn of_seconds(seconds: i64) -> Self {
        let mut days = seconds.div_euclid(DAY);
        let mut year = 1970 + days.div_euclid(146_097) * 400;
        days = days.rem_euclid(146_097);
        while days >= days_of_year(year) {
            days -= days_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while days >= i64::from(days_of_month(year, month)) {
            days -= i64::from(days_of_month(year, month));
            month += 1;
        }
        let day = u8::try_from(days + 1).unwrap_or(1);
        Self { year, month, day }
    }

    /// `YYYY-MM-DD`, or nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
        let digits = |part: &str, count: usize| {
            let plain = part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten()
        };
        let year = i64::from(digits(year, 4)?);
        let month = u8::try_from(digits(month, 2)?).ok()?;
        let day = u8::try_from(digits(day, 2)?).ok()?;
        let right = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
        right.then_some(Self { year, month, day })
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_year(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: i64, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is not a day. Write it as YYYY-MM-DD."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_a_day() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_796_515_200, "2026-12-06"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(Date::of_seconds(seconds).to_string(), day, "{seconds}");
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_read() {
        for right in ["2026-11-29", "2024-02-29", "2000-02-29"] {
            assert_eq!(Date::parse(right).unwrap().to_string(), right);
        }
        for wrong in [
            "",
            "2026-11",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "26-01-01",
            "2026-1-01",
            "2026-01-01T00:00:00Z",
            "+026-01-01",
        ] {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
    }
}
