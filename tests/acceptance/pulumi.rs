//! Our objects in Pulumi, by Pulumi's own engine and our own plugin.

mod edits;
mod every_resource;
mod imports;
mod life;
mod objects;
mod parity;
mod reference;
mod refusals;
mod replay;
mod stacks;
mod stops;
pub(crate) mod world;
mod wrong_input;
