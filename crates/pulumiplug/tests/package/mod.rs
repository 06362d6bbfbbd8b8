//! The package schema of an example provider: what is in it, byte for byte, and what Pulumi itself says of it.

mod declarations;
mod faults;
mod golden;
mod injective;
mod pulumi;
