//! What resources on AWS share. One file per noun:
//!
//! | file | what |
//! |---|---|
//! | `attributes.rs` | attributes to the SDK's types, and back |
//! | `surroundings.rs` | the provider block's region and default tags, as far as a plan knows them |
//! | `tags.rs` | which tags are the object's own, which changed |
//! | `names.rs` | unique names, import IDs, import blocks |
//! | `moved.rs` | state of the AWS provider that a `moved` block gives to ours |
//! | `apply.rs`, `apply/` | connections, failures as users see them, creates whose answer was lost |

pub(super) mod apply;
pub(super) mod attributes;
pub(super) mod moved;
pub(super) mod names;
pub(super) mod surroundings;
pub(super) mod tags;
