//! A table of verdicts: what Terraform 1.16 says of a plan, a result or a read, case by case. The numbers P, A and R
//! are the rules of [`tfplug::unstable::oracle::Rule`].
#![allow(missing_docs, unreachable_pub, clippy::panic, clippy::unwrap_used)]

mod plans;
mod plans_nested;
mod proposals;
mod results;
mod short;
mod whole;
