//! Wall and processor time of whole commands.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use counterparts::Project;
use nix::sys::resource::{UsageWho, getrusage};

use crate::Failure;
use crate::usage::processor_time;

/// Exit code 0 of `plan -detailed-exitcode`: nothing to change. Anything else would not be a no-op.
const NO_OP_PLAN: [&str; 5] = [
    "plan",
    "-no-color",
    "-input=false",
    "-detailed-exitcode",
    "-lock=false",
];

/// Tells what is going on; standard output is for the table.
pub(crate) fn say(text: &str) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What a command took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// From start to end.
    pub(crate) wall: Duration,
    /// Processor time of the command and of all that it started.
    pub(crate) processor: Duration,
}

/// One plan that changes nothing, by wall time.
pub(crate) fn no_op_plan(project: &Project) -> Result<Duration, Failure> {
    no_op_plan_cost(project).map(|cost| cost.wall)
}

/// The same without refreshing: what it takes without a call to an API.
pub(crate) fn unrefreshed_plan(project: &Project) -> Result<Duration, Failure> {
    let unrefreshed = [&NO_OP_PLAN[..], &["-refresh=false"]].concat();
    cost(project, &unrefreshed).map(|cost| cost.wall)
}

/// One plan that changes nothing.
pub(crate) fn no_op_plan_cost(project: &Project) -> Result<Cost, Failure> {
    cost(project, &NO_OP_PLAN)
}

fn cost(project: &Project, arguments: &[&str]) -> Result<Cost, Failure> {
    let mut command = project.command(arguments);
    let spent = || getrusage(UsageWho::RUSAGE_CHILDREN).map(|usage| processor_time(&usage));
    let (start, before) = (Instant::now(), spent()?);
    let output = command.stdin(Stdio::null()).output()?;
    let cost = Cost {
        wall: start.elapsed(),
        processor: spent()?.saturating_sub(before),
    };
    if output.status.success() {
        return Ok(cost);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "a plan that should change nothing ended with {}: {text}{errors}",
        output.status
    )
    .into())
}

/// The median of `runs` turns of several measurements, taken in turn so that a busy moment hits all of them.
///
/// # Errors
/// One of them fails.
pub(crate) fn medians(
    runs: usize,
    subjects: &mut [&mut dyn FnMut() -> Result<Duration, Failure>],
) -> Result<Vec<Duration>, Failure> {
    let mut taken = vec![Vec::with_capacity(runs); subjects.len()];
    for _ in 0..runs {
        for (subject, taken) in subjects.iter_mut().zip(&mut taken) {
            taken.push(subject()?);
        }
    }
    Ok(taken.into_iter().map(median).collect())
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// How often one is contained in the other.
pub(crate) fn ratio(of: Duration, to: Duration) -> f64 {
    of.as_secs_f64() / to.as_secs_f64()
}

/// Milliseconds, for the table.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_does_not_move_the_median() {
        let times = [5, 1, 900].map(Duration::from_millis).to_vec();
        assert_eq!(median(times), Duration::from_millis(5));
    }
}
