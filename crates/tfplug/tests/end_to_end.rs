//! The protocol's corners, with real Terraform and OpenTofu at the other end.

mod cases;
mod newer;
mod provider;

pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    [cases::all(), newer::all()].concat()
}

pub(crate) use provider::main as provider;
