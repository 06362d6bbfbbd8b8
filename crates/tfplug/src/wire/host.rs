//! What the host, Terraform or OpenTofu, asks of its plugin: a set of environment variables.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The protocol version that is served here.
pub(super) const PROTOCOL_VERSION: u32 = 6;

/// Variable that Terraform and OpenTofu set for the plugins that they start.
pub const COOKIE_NAME: &str = "TF_PLUGIN_MAGIC_COOKIE";
/// The variable's value. No secret: it only tells a start by Terraform from a start by hand.
pub const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
/// The range that Terraform names when it names one.
const PORTS: RangeInclusive<u16> = 10_000..=25_000;

/// The host's wishes.
#[derive(Debug)]
pub(super) struct Host {
    /// Where to put the socket; the temporary directory if not said.
    pub(super) socket_dir: Option<PathBuf>,
    /// A group, by name or number, that may use the socket as well.
    pub(super) socket_group: Option<String>,
    /// Where no unix socket can be used: the ports to choose from.
    #[cfg_attr(unix, allow(dead_code))]
    pub(super) ports: RangeInclusive<u16>,
    /// The certificate that the host will show. Without it the host wants no TLS: the user turned it off by
    /// `TF_DISABLE_PLUGIN_TLS`, or the provider runs by itself for debugging.
    pub(super) certificate: Option<CertificateDer<'static>>,
    /// Whether the host wants to be told if one connection can carry several brokered ones.
    pub(super) asks_multiplexing: bool,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            socket_dir: None,
            socket_group: None,
            ports: PORTS,
            certificate: None,
            asks_multiplexing: false,
        }
    }
}

/// Why there is nobody to serve.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HostError {
    /// Neither Terraform nor OpenTofu started this process.
    #[error("started by hand")]
    ByHand,
    /// The host speaks other protocol versions only.
    #[error(
        "this provider speaks plugin protocol 6, but was offered {offered}; use Terraform 1.0 or later, or OpenTofu"
    )]
    Version {
        /// The offer, as it came.
        offered: String,
    },
    /// The certificate is none.
    #[error(
        "PLUGIN_CLIENT_CERT holds no readable certificate ({reason}); it is set by Terraform, not by hand"
    )]
    Certificate {
        /// What is wrong with it.
        reason: String,
    },
}

impl Host {
    /// Reads the variables; `env` gives one by name.
    pub(super) fn from_env(env: impl Fn(&str) -> Option<String>) -> Result<Self, HostError> {
        if env(COOKIE_NAME).as_deref() != Some(COOKIE) {
            return Err(HostError::ByHand);
        }
        check_version(env("PLUGIN_PROTOCOL_VERSIONS").unwrap_or_default())?;
        let filled = |name: &str| env(name).filter(|value| !value.is_empty());
        let port = |name: &str| filled(name).and_then(|port| port.parse().ok());
        Ok(Self {
            socket_dir: filled("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            socket_group: filled("PLUGIN_UNIX_SOCKET_GROUP"),
            ports: port("PLUGIN_MIN_PORT").unwrap_or(*PORTS.start())
                ..=port("PLUGIN_MAX_PORT").unwrap_or(*PORTS.end()),
            certificate: filled("PLUGIN_CLIENT_CERT")
                .map(|pem| certificate(&pem))
                .transpose()?,
            asks_multiplexing: filled("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }
}

/// A host that offers nothing takes what it gets.
fn check_version(offered: String) -> Result<(), HostError> {
    let mut versions = offered
        .split(',')
        .map(str::trim)
        .filter(|v| !v.is_empty())
        .peekable();
    if versions.peek().is_none() || versions.any(|v| v.parse() == Ok(PROTOCOL_VERSION)) {
        return Ok(());
    }
    Err(HostError::Version { offered })
}

fn certificate(pem: &str) -> Result<CertificateDer<'static>, HostError> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|e| HostError::Certificate {
        reason: e.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(vars: &[(&str, &str)]) -> Result<Host, HostError> {
        Host::from_env(|name| {
            let cookie = [(COOKIE_NAME, COOKIE)];
            vars.iter()
                .chain(&cookie)
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn a_start_by_hand_is_seen() {
        assert_eq!(Host::from_env(|_| None).unwrap_err(), HostError::ByHand);
        assert_eq!(host(&[(COOKIE_NAME, "biscuit")]).unwrap_err(), HostError::ByHand);
    }

    #[test]
    fn six_is_chosen_wherever_it_stands() {
        for offer in ["6", "5,6", "6,5", " 6 , 7", ""] {
            assert!(host(&[("PLUGIN_PROTOCOL_VERSIONS", offer)]).is_ok(), "{offer}");
        }
        let refused = host(&[("PLUGIN_PROTOCOL_VERSIONS", "4,5")]).unwrap_err();
        assert_eq!(
            refused,
            HostError::Version {
                offered: "4,5".into()
            }
        );
    }

    #[test]
    fn a_broken_certificate_is_not_taken_for_none() {
        assert!(matches!(
            host(&[("PLUGIN_CLIENT_CERT", "x")]),
            Err(HostError::Certificate { .. })
        ));
        assert!(host(&[("PLUGIN_CLIENT_CERT", "")]).unwrap().certificate.is_none());
    }

    #[test]
    fn ports_and_directory_are_taken_over() {
        let host = host(&[("PLUGIN_MIN_PORT", "11000"), ("PLUGIN_UNIX_SOCKET_DIR", "/run/x")]).unwrap();
        assert_eq!(host.ports, 11_000..=25_000);
        assert_eq!(host.socket_dir, Some(PathBuf::from("/run/x")));
    }
}
