//! A way to a server that counts connections.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::{IoContext, Result};

/// A running relay. It hands bytes on, so that TLS and what is spoken inside of it are the server's own. Its threads end
/// with the process.
#[derive(Debug)]
pub struct Relay {
    url: String,
    opened: Arc<AtomicUsize>,
}

impl Relay {
    /// A relay to `upstream`, `https://HOST:PORT`.
    ///
    /// # Errors
    /// No port can be listened on.
    pub fn start(upstream: &str) -> Result<Self> {
        let listening = || "listen on 127.0.0.1".to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context(listening)?;
        let url = format!("https://{}", listener.local_addr().context(listening)?);
        let opened = Arc::new(AtomicUsize::new(0));
        let (counter, server) = (
            Arc::clone(&opened),
            upstream.trim_start_matches("https://").to_owned(),
        );
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                // A server that does not answer is one whose connections end at once.
                let _ = connect(client, &server);
            }
        });
        Ok(Self { url, opened })
    }

    /// `https://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many connections were opened since the last call.
    #[must_use]
    pub fn take_opened(&self) -> usize {
        self.opened.swap(0, Ordering::SeqCst)
    }
}

fn connect(client: TcpStream, server: &str) -> io::Result<()> {
    let server = TcpStream::connect(server)?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || hand_on(from_client, to_server));
    thread::spawn(move || hand_on(server, client));
    Ok(())
}

fn hand_on(mut from: TcpStream, mut to: TcpStream) {
    // Either side may go away whenever it likes.
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn bytes_go_both_ways_and_connections_are_counted() {
        let echo = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = echo.local_addr().unwrap();
        thread::spawn(move || {
            for stream in echo.incoming().flatten() {
                hand_on(stream.try_clone().unwrap(), stream);
            }
        });
        let relay = Relay::start(&format!("https://{address}")).unwrap();
        for _ in 0..2 {
            let mut stream = TcpStream::connect(relay.url().trim_start_matches("https://")).unwrap();
            stream.write_all(b"hello").unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert_eq!(answer, "hello");
        }
        assert_eq!((relay.take_opened(), relay.take_opened()), (2, 0));
    }
}
