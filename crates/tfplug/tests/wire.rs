//! The transport as Terraform meets it: this program starts itself as a provider, and speaks to it as a host does.

mod calls;
mod host;
mod peer;
mod transport;

use std::process::ExitCode;

/// Whether this process is the provider at the other end.
pub(crate) fn is_peer() -> bool {
    std::env::var_os(peer::ROLE).is_some()
}

/// Serves as the provider at the other end.
pub(crate) fn peer() -> ExitCode {
    peer::main()
}

pub(crate) fn tests() -> Vec<crate::Test> {
    transport::tests().into_iter().chain(calls::tests()).collect()
}
