//! A budget's schedule. The CRD's pattern accepts nearly any five words; Karpenter's parser (robfig/cron) then refuses them,
//! and a budget that cannot be read allows no disruption at all.

use std::ops::RangeInclusive;

const MACROS: [&str; 7] = [
    "@annually",
    "@daily",
    "@hourly",
    "@midnight",
    "@monthly",
    "@weekly",
    "@yearly",
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// What is wrong with a schedule, if anything is.
pub(super) fn fault(schedule: &str) -> Option<String> {
    if MACROS.contains(&schedule) {
        return None;
    }
    let fields: Vec<&str> = schedule.split_ascii_whitespace().collect();
    let &[minute, hour, day, month, weekday] = fields.as_slice() else {
        return Some(format!("It has {} fields.", fields.len()));
    };
    let fields: [(&str, &str, RangeInclusive<usize>, &[&str]); 5] = [
        ("minute", minute, 0..=59, &[]),
        ("hour", hour, 0..=23, &[]),
        ("day of the month", day, 1..=31, &[]),
        ("month", month, 1..=12, &MONTHS),
        ("day of the week", weekday, 0..=6, &DAYS),
    ];
    let wrong = fields
        .iter()
        .find(|(_, field, range, names)| !field.split(',').all(|part| is_part(part, range, names)));
    wrong.map(|(name, field, range, _)| {
        format!(
            "{field:?} is no {name} from {} to {}.",
            range.start(),
            range.end()
        )
    })
}

/// `*`, `5`, `1-5`, `mon-fri`, each perhaps with `/15`.
fn is_part(part: &str, range: &RangeInclusive<usize>, names: &[&str]) -> bool {
    let (span, step) = part
        .split_once('/')
        .map_or((part, None), |(span, step)| (span, Some(step)));
    let step_fits = step.is_none_or(|step| number(step).is_some_and(|step| step > 0));
    let value = |word: &str| {
        let lower = word.to_ascii_lowercase();
        let named = names.iter().position(|name| *name == lower);
        named
            .map(|index| index + range.start())
            .or_else(|| number(word))
            .filter(|value| range.contains(value))
    };
    let span_fits = match span.split_once('-') {
        _ if span == "*" || span == "?" => true,
        Some((first, last)) => value(first)
            .zip(value(last))
            .is_some_and(|(first, last)| first <= last),
        None => value(span).is_some(),
    };
    step_fits && span_fits
}

fn number(word: &str) -> Option<usize> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| word.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn schedules_that_cron_reads() {
        for schedule in [
            "@daily",
            "0 9 * * mon-fri",
            "*/15 * * * *",
            "0 0 1,15 JAN-MAR ?",
            "5-50/5 22 31 12 6",
        ] {
            assert_eq!(fault(schedule), None, "{schedule}");
        }
    }

    #[test]
    fn schedules_that_it_does_not() {
        for schedule in [
            "",
            "@never",
            "@every 1h",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "a b c d e",
            "*/0 * * * *",
            "5-1 * * * *",
            "0 9 * * mon-fri UTC",
            "1, * * * *",
            "-1 * * * *",
        ] {
            assert!(fault(schedule).is_some(), "{schedule}");
        }
    }
}
