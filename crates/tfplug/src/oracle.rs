//! Terraform's own judgement of what a provider answers, as pure functions over schemas and values.
//!
//! Terraform checks every plan, every result and every read, and calls a breach "a bug in the provider". Run over a
//! provider's answers in a test, these functions say the same before Terraform does. They give Terraform 1.16's
//! verdicts, also where it lets pass what a provider had better not send; a provider should aim higher than that.
//!
//! Two faults of Terraform are left out: it crashes on a known planned map of blocks whose result is unknown, and
//! on a null element of a nested list or map that has write-only attributes. Not covered, because
//! [`Schema`](crate::schema::Schema) does not have them: computed blocks, and dynamic types inside repeated blocks.
//! The rewriting of values from the legacy SDK is left out too, since it concerns only providers that ask for it.
//!
//! Rules are cited as P (plan), A (apply) and R (read), each with a number; see [`Rule`].

mod at;
mod compatible;
mod conform;
mod correlate;
mod equality;
mod judge;
mod order;
mod plan_valid;
mod proposed;
mod range;
mod replace;
mod required;
mod rule;
mod shape;
mod write_only;

pub use compatible::assert_object_compatible;
pub use conform::{assert_conforms, assert_wholly_known, conforms};
pub use equality::same;
pub use judge::{Judged, judge_apply, judge_final_plan, judge_plan, judge_read, judge_unchanged};
pub use plan_valid::assert_plan_valid;
pub use proposed::proposed_new;
pub use replace::{Action, action, assert_replace_paths, effective_replacements, resolve};
pub use required::assert_required_given;
pub use rule::{Rule, Violation};
pub use write_only::assert_write_only_null;
