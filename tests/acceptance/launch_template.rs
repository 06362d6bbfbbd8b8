//! `mig_launch_template`.

mod bottlerocket;
mod drift;
mod faults;
mod handed_on;
mod imports;
mod interrupt;
mod lifecycle;
mod moved;
mod offline;
mod other_settings;
mod secrets;
mod tags;
mod unknowns;

/// A layout that most tests use.
const LAYOUT: &str = "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }";

/// A template `this` of a name, with further arguments.
fn template(name: &str, arguments: &str) -> String {
    format!(
        "resource \"mig_launch_template\" \"this\" {{\n  name   = \"{name}\"\n  layout = {LAYOUT}\n{arguments}\n}}\n"
    )
}
