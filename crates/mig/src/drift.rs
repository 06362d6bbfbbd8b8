//! What has drifted from what was declared: a pure report over facts that a caller has read.
//!
//! The way through it is: one detector of [`detect`] per kind of thing gives a [`Section`]; [`Report::new`] joins sections and
//! applies the ignore rules and an earlier report ([`Filters`]); a function of [`mod@format`] writes it, and
//! [`Report::exit_code`] is the verdict.
//!
//! ```
//! use mig::drift::{Date, Filters, IgnoreFile, Place, Report, detect, format};
//! use mig::node_status::{Expected, NodeFacts};
//!
//! # let (layouts, nodes): (std::collections::BTreeMap<String, mig::Layout>, Vec<NodeFacts>) = Default::default();
//! let now = 1_800_000_000;
//! let prod = Place::cluster("prod").in_region("eu-west-1");
//! let sections = [detect::nodes(&prod, &nodes, &Expected::new(&layouts, now))];
//! let filters = Filters {
//!     ignore: &IgnoreFile::default(),
//!     baseline: None,
//!     today: Date::of_seconds(now),
//! };
//! let report = Report::new(sections, &filters);
//! print!("{}", format::text(&report));
//! // There are no nodes: nothing is known, and nothing has drifted.
//! assert_eq!((report.not_checked().len(), report.exit_code(true)), (1, 0));
//! ```
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
