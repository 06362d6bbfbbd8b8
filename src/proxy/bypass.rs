//! `NO_PROXY`: which servers are reached without a proxy.

use std::net::IpAddr;

/// The entries of `NO_PROXY`. What cannot be read is passed by, as everything else does that reads this variable.
#[derive(Debug, Clone, Default)]
pub(super) struct NoProxy {
    everything: bool,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
enum Entry {
    Address(IpAddr, Option<u16>),
    Network(IpAddr, u32),
    /// `.example.com`: names below it, and the name itself where `whole`.
    Domain {
        suffix: String,
        whole: bool,
        port: Option<u16>,
    },
}

impl NoProxy {
    pub(super) fn read(text: &str) -> Self {
        let entries: Vec<String> = text.split(',').map(|entry| entry.trim().to_lowercase()).collect();
        Self {
            everything: entries.iter().any(|entry| entry == "*"),
            entries: entries.iter().filter_map(|entry| Entry::read(entry)).collect(),
        }
    }

    /// The entries that count at a port, this machine's own names among them.
    pub(super) fn at_port(&self, port: u16) -> Vec<String> {
        let own = ["localhost", "127.0.0.0/8", "::1"].map(str::to_owned);
        let everything = self.everything.then(|| "*".to_owned());
        let entries = self.entries.iter().filter_map(|entry| entry.at_port(port));
        own.into_iter().chain(everything).chain(entries).collect()
    }

    /// Whether a server is reached without a proxy; this machine always is.
    pub(super) fn covers(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').to_lowercase();
        let host = host.trim_end_matches('.');
        let address = host.parse::<IpAddr>().ok();
        if host == "localhost" || address.is_some_and(|address| unmapped(address).is_loopback()) {
            return true;
        }
        self.everything || self.entries.iter().any(|entry| entry.covers(host, address, port))
    }
}

fn unmapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

impl Entry {
    fn read(text: &str) -> Option<Self> {
        if let Some((address, length)) = text.split_once('/') {
            let address: IpAddr = address.parse().ok()?;
            let length: u32 = length.parse().ok()?;
            let longest = if address.is_ipv4() { 32 } else { 128 };
            return (length <= longest).then_some(Self::Network(address, length));
        }
        let (host, port) = with_port(text)?;
        if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse() {
            return Some(Self::Address(address, port));
        }
        let host = host
            .strip_prefix('*')
            .filter(|rest| rest.starts_with('.'))
            .unwrap_or(host);
        let whole = !host.starts_with('.');
        let suffix = if whole {
            format!(".{host}")
        } else {
            host.to_owned()
        };
        (suffix.len() > 1).then_some(Self::Domain { suffix, whole, port })
    }

    fn at_port(&self, port: u16) -> Option<String> {
        match self {
            Self::Address(address, of_port) => at(*of_port, port).then(|| address.to_string()),
            Self::Network(network, length) => Some(format!("{network}/{length}")),
            Self::Domain {
                suffix,
                whole,
                port: of_port,
            } => at(*of_port, port).then(|| suffix[usize::from(*whole)..].to_owned()),
        }
    }

    fn covers(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        match self {
            Self::Address(own, of_port) => {
                address.is_some_and(|address| unmapped(address) == unmapped(*own)) && at(*of_port, port)
            }
            Self::Network(network, length) => {
                address.is_some_and(|address| within(address, *network, *length))
            }
            Self::Domain {
                suffix,
                whole,
                port: of_port,
            } => (host.ends_with(suffix) || (*whole && *host == suffix[1..])) && at(*of_port, port),
        }
    }
}

fn at(of_port: Option<u16>, port: u16) -> bool {
    of_port.is_none_or(|of_port| of_port == port)
}

/// `host:443`, `[::1]:443`, or a host alone. `None` where nothing is before the port.
fn with_port(text: &str) -> Option<(&str, Option<u16>)> {
    let bracketed = text.starts_with('[') && text.contains("]:");
    let one_colon = text.matches(':').count() == 1;
    if !(bracketed || one_colon) {
        return (!text.is_empty()).then_some((text, None));
    }
    let (host, port) = text.rsplit_once(':')?;
    // A port that is no number matches no server.
    let port = (!port.is_empty()).then(|| port.parse().unwrap_or(0));
    (!host.is_empty()).then_some((host, port))
}

fn within(address: IpAddr, network: IpAddr, length: u32) -> bool {
    let (address, network) = match network {
        IpAddr::V4(_) => (unmapped(address), network),
        IpAddr::V6(_) => (address, network),
    };
    let prefix = |bits: u128, width: u32| bits.checked_shr(width - length).unwrap_or(0);
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => {
            prefix(u128::from(a.to_bits()), 32) == prefix(u128::from(n.to_bits()), 32)
        }
        (IpAddr::V6(a), IpAddr::V6(n)) => prefix(a.to_bits(), 128) == prefix(n.to_bits(), 128),
        _ => false,
    }
}
