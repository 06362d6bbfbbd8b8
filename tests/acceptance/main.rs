//! The provider binary, driven by real Terraform and OpenTofu against real counterparts.

mod data_sources;
mod launch_template;
mod support;
mod wrong_input;
