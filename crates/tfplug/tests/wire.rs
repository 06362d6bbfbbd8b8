//! The transport as Terraform meets it: this program starts itself as a provider, and speaks to it as a host does.

mod calls;
mod ephemerals;
mod host;
mod peer;
mod streamer;
mod streams;
mod transport;

use std::process::ExitCode;

/// Whether this process is the provider at the other end.
pub(crate) fn is_peer() -> bool {
    std::env::var_os(peer::ROLE).is_some()
}

/// Serves as the provider at the other end.
pub(crate) fn peer() -> ExitCode {
    match std::env::var(peer::ROLE).as_deref() {
        Ok(streamer::ROLE) => streamer::main(),
        _ => peer::main(),
    }
}

pub(crate) fn tests() -> Vec<crate::Test> {
    [
        transport::tests(),
        calls::tests(),
        streams::tests(),
        ephemerals::tests(),
    ]
    .concat()
}
