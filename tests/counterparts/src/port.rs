//! Free TCP ports that parallel tests do not take from one another.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::process;

use crate::cache::Cache;
use crate::error::{Error, IoContext, Result};

/// Below Linux's range for outgoing connections (32768..60999), so that no client socket sits on one of them.
const RANGE: std::ops::RangeInclusive<u16> = 20_000..=29_999;

/// A TCP port on 127.0.0.1, reserved among all processes that use this crate until dropped.
#[derive(Debug)]
pub struct Port {
    number: u16,
    lock: File,
}

impl Port {
    /// Reserves a port that nothing listens on.
    ///
    /// # Errors
    /// [`Error::NoPort`], or the lock folder cannot be written.
    pub fn reserve() -> Result<Self> {
        let locks = Cache::open()?.subdir("ports")?;
        let width = RANGE.end() - RANGE.start() + 1;
        let start = u16::try_from(process::id() * 97 % u32::from(width)).unwrap_or(0);
        for step in 0..width {
            let number = RANGE.start() + (start + step) % width;
            let path = locks.join(number.to_string());
            let lock = File::create(&path).context(|| format!("open {}", path.display()))?;
            let port = Self { number, lock };
            if port.lock.try_lock().is_ok() && port.is_free() {
                return Ok(port);
            }
        }
        Err(Error::NoPort {
            from: *RANGE.start(),
            to: *RANGE.end(),
        })
    }

    /// Whether nothing listens on it.
    #[must_use]
    pub fn is_free(&self) -> bool {
        TcpListener::bind((Ipv4Addr::LOCALHOST, self.number)).is_ok()
    }

    /// The port number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_reservations_differ_and_both_can_be_bound() {
        let (one, two) = (Port::reserve().unwrap(), Port::reserve().unwrap());
        assert_ne!(one.number(), two.number());
        for port in [&one, &two] {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).unwrap();
        }
    }
}
