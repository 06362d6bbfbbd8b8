//! Whole answers, judged in the order in which Terraform does it: the first kind of breach hides the later ones.

use super::at::Findings;
use super::compatible::assert_object_compatible;
use super::conform::{assert_conforms, assert_wholly_known};
use super::equality::same;
use super::plan_valid::assert_plan_valid;
use super::replace::{Action, assert_replace_paths, assert_same_action};
use super::required::assert_required_given;
use super::rule::{Rule, Violation};
use super::write_only::assert_write_only_null;
use crate::path::Path;
use crate::schema::Schema;
use crate::value::Value;

/// A plan's outcome, for the comparison of the two plans of one apply.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// What Terraform makes of the plan, see [`action`](super::action).
    pub action: Action,
    /// The planned object.
    pub planned: &'a Value,
}

/// Judges the answer to a plan (P1 to P8, P10, P13). `config` is null for a deletion.
pub fn judge_plan(
    schema: &Schema,
    prior: &Value,
    config: &Value,
    planned: &Value,
    requires_replace: &[Path],
) -> Vec<Violation> {
    first_of([
        &|| assert_write_only_null(schema, planned),
        &|| assert_conforms(schema, planned),
        &|| assert_plan_valid(schema, prior, config, planned),
        &|| assert_replace_paths(prior, planned, requires_replace),
        &|| assert_required_given(schema, config),
    ])
}

/// Judges the second plan of an apply, made with all of the configuration known, against the first (P11).
pub fn judge_final_plan(schema: &Schema, initial: Judged<'_>, last: Judged<'_>) -> Vec<Violation> {
    let mut found = Findings::default();
    assert_same_action(initial.action, last.action, &mut found);
    found
        .0
        .extend(assert_object_compatible(schema, initial.planned, last.planned));
    found.0
}

/// Judges the answer to an apply (A1, A2, A4, A5). With an error diagnostic in the answer (`failed`) only the form
/// of the state is judged; that it holds whatever exists (A3), Terraform cannot know.
pub fn judge_apply(schema: &Schema, planned: &Value, actual: &Value, failed: bool) -> Vec<Violation> {
    first_of([
        &|| assert_conforms(schema, actual),
        &|| assert_write_only_null(schema, actual),
        &|| assert_wholly_known(actual),
        &|| match (planned.is_null(), actual.is_null()) {
            _ if failed => Vec::new(),
            (true, false) => vec![at_root(Rule::NotDeleted)],
            (false, true) => vec![at_root(Rule::NoObject)],
            _ => assert_object_compatible(schema, planned, actual),
        },
    ])
}

/// Judges the object that a read, an import, an upgrade or a move gives (R1).
pub fn judge_read(schema: &Schema, actual: &Value) -> Vec<Violation> {
    first_of([
        &|| assert_wholly_known(actual),
        &|| assert_conforms(schema, actual),
        &|| assert_write_only_null(schema, actual),
    ])
}

/// Judges a plan for which neither configuration nor the object has changed (P12).
pub fn judge_unchanged(prior: &Value, planned: &Value, requires_replace: &[Path]) -> Vec<Violation> {
    if same(prior, planned) && requires_replace.is_empty() {
        return Vec::new();
    }
    vec![at_root(Rule::NotPrior)]
}

fn at_root(rule: Rule) -> Violation {
    Violation {
        path: Path::root(),
        rule,
    }
}

fn first_of<const N: usize>(stages: [&dyn Fn() -> Vec<Violation>; N]) -> Vec<Violation> {
    stages
        .into_iter()
        .map(|stage| stage())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}
