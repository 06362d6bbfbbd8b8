//! Rules of disruption: policy, delay, budgets.

use std::collections::BTreeSet;

use super::cron;
use super::model::{Budget, Disruption};
use crate::manifests::karpenter::place::{Findings, Place};
use crate::manifests::karpenter::{choices, duration};

const MOST_BUDGETS: usize = 50;

pub(super) fn check(findings: &mut Findings, disruption: &Disruption) {
    let place = Place::of("disruption");
    findings.word(
        &place.attr("consolidation_policy"),
        Some(&disruption.consolidation_policy),
        &choices::CONSOLIDATION_POLICIES,
    );
    duration::check(
        findings,
        &place.attr("consolidate_after"),
        &disruption.consolidate_after,
        true,
    );
    let place = place.attr("budgets");
    findings.at_most(&place, disruption.budgets.len(), MOST_BUDGETS);
    for (index, budget) in disruption.budgets.iter().enumerate() {
        check_budget(findings, &place.index(index), budget);
    }
}

fn check_budget(findings: &mut Findings, place: &Place, budget: &Budget) {
    if !is_count(&budget.nodes) {
        findings.fault(
            place.attr("nodes"),
            format!("{:?} is not a number of nodes", budget.nodes),
            "It is a whole number, or 0% to 100%.",
        );
    }
    let mut seen = BTreeSet::new();
    for (index, reason) in budget.reasons.iter().enumerate() {
        let at = place.attr("reasons").index(index);
        findings.word(&at, Some(reason), &choices::DISRUPTION_REASONS);
        if !seen.insert(reason) {
            findings.fault(&at, format!("{reason} is there twice"), "Name each reason once.");
        }
    }
    if budget.schedule.is_some() != budget.duration.is_some() {
        findings.fault(
            place,
            "schedule and duration go together",
            "A budget holds always, or for a duration from each time of its schedule.",
        );
    }
    if let Some(fact) = budget.schedule.as_deref().and_then(cron::fault) {
        findings.fault(
            place.attr("schedule"),
            format!(
                "{:?} is not a schedule",
                budget.schedule.as_deref().unwrap_or_default()
            ),
            format!("{fact} It is @daily and the like, or five fields of cron in UTC: 0 9 * * mon-fri."),
        );
    }
    if let Some(duration) = budget.duration.as_ref().filter(|duration| !is_window(duration)) {
        findings.fault(
            place.attr("duration"),
            format!("{duration:?} is not a budget's duration"),
            "It is made of hours, then minutes: 8h, 45m, 1h30m.",
        );
    }
}

fn is_count(text: &str) -> bool {
    let (digits, percent) = text
        .strip_suffix('%')
        .map_or((text, false), |digits| (digits, true));
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u32>().is_ok();
    plain && (!percent || digits.len() <= 2 || digits == "100")
}

/// `NhMm`, either part alone, perhaps with a closing `0s`.
fn is_window(text: &str) -> bool {
    let text = match text.strip_suffix("0s") {
        Some(rest) if rest.ends_with(['h', 'm']) => rest,
        _ => text,
    };
    let units: String = text.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    ["h", "m", "hm"].contains(&units.as_str()) && duration::seconds(text).is_some_and(|seconds| seconds > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_windows_are_those_of_the_crd() {
        for text in ["0", "1", "10%", "0%", "100%", "250"] {
            assert!(is_count(text), "{text}");
        }
        for text in ["", "%", "101%", "-1", "+1", "1.5", "ten", "1 0", "010%", "000%"] {
            assert!(!is_count(text), "{text}");
        }
        for text in ["8h", "45m", "1h30m", "8h0m0s", "45m0s"] {
            assert!(is_window(text), "{text}");
        }
        for text in ["", "30s", "1d", "30m1h", "0h", "8h30s", "1h30m5s", "10s", "h"] {
            assert!(!is_window(text), "{text}");
        }
    }
}
