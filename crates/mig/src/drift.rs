//! What has drifted from what was declared: a pure report over facts that a caller has read.
//!
//! The way through it is: one detector of [`detect`] per kind of thing gives a [`Section`]; [`Report::new`] joins sections and
//! applies the ignore rules and an earlier report ([`Filters`]); a function of [`format`] writes it, and
//! [`Report::exit_code`] is the verdict.
//!
//! What could not be read is never in sync: it is a [`NotChecked`]. What is on its way, such as a node that boots or a
//! rollout, is no drift. A thing that exists zero times is unknown, never drift.

mod baseline;
mod class;
mod date;
pub mod detect;
mod finding;
pub mod format;
mod group;
mod ignore;
mod report;
mod section;

pub use baseline::{Baseline, BaselineError};
pub use class::{DriftClass, Severity};
pub use date::Date;
pub use finding::{Drift, Object, Place};
pub use group::Group;
pub use ignore::{IgnoreFile, IgnoreRule};
pub use report::{Filters, Finding, Ignored, Report, RuleNote, RuleState};
pub use section::{NodeAt, NotChecked, Section, WhyNot};
