//! The socket, and the connections that come in through it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::either::Either;
use tonic::transport::server::Connected;

use super::handshake::Address;
use super::host::Host;

#[cfg(not(unix))]
use tcp::{Listener, SocketFile};
#[cfg(unix)]
use unix::{Listener, SocketFile};

#[cfg(unix)]
type Stream = tokio::net::UnixStream;
#[cfg(not(unix))]
type Stream = tokio::net::TcpStream;

/// Connections whose TLS handshake is done but that are not served yet.
const BACKLOG: usize = 16;

#[cfg(unix)]
mod unix {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::path::Path;

    use nix::unistd::{Gid, Group};
    use tempfile::TempPath;
    use tokio::net::{UnixListener, UnixStream};

    use super::{Address, Host, Socket, io};

    pub(in super::super) struct Listener(UnixListener);

    /// Removes the socket's file when it goes.
    pub(in super::super) type SocketFile = TempPath;

    /// Opens a socket under a random name.
    pub(super) fn open(host: &Host) -> io::Result<Socket> {
        let dir = host.socket_dir.clone().unwrap_or_else(std::env::temp_dir);
        let make = |path: &Path| UnixListener::bind(path);
        let (listener, file) = tempfile::Builder::new()
            .prefix("plugin")
            .make_in(dir, make)?
            .into_parts();
        restrict(&file, host.socket_group.as_deref())?;
        let place = file
            .to_str()
            .ok_or_else(|| io::Error::other("the socket's path is not UTF-8"))?
            .to_owned();
        Ok(Socket {
            listener: Listener(listener),
            address: Address {
                network: "unix",
                place,
            },
            file,
        })
    }

    impl Listener {
        pub(super) async fn accept(&self) -> io::Result<UnixStream> {
            self.0.accept().await.map(|(stream, _)| stream)
        }
    }

    /// Lets the owner connect, and a group if the host names one.
    fn restrict(path: &Path, group: Option<&str>) -> io::Result<()> {
        let Some(group) = group else {
            return std::fs::set_permissions(path, Permissions::from_mode(0o600));
        };
        chown(path, None, Some(group_id(group)?.as_raw()))?;
        std::fs::set_permissions(path, Permissions::from_mode(0o660))
    }

    fn group_id(group: &str) -> io::Result<Gid> {
        if let Ok(number) = group.parse() {
            return Ok(Gid::from_raw(number));
        }
        let found = Group::from_name(group)?.map(|g| g.gid);
        found
            .ok_or_else(|| io::Error::other(format!("PLUGIN_UNIX_SOCKET_GROUP: there is no group {group:?}")))
    }
}

#[cfg(not(unix))]
mod tcp {
    use std::net::{Ipv4Addr, TcpListener as StdListener};

    use tokio::net::{TcpListener, TcpStream};

    use super::{Address, Host, Socket, io};

    pub(in super::super) struct Listener(TcpListener);

    /// A port leaves nothing behind.
    pub(in super::super) type SocketFile = ();

    /// Opens a port of the loopback interface.
    pub(super) fn open(host: &Host) -> io::Result<Socket> {
        let free = host
            .ports
            .clone()
            .find_map(|port| StdListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
        let listener =
            free.ok_or_else(|| io::Error::other(format!("no port of {:?} is free", host.ports)))?;
        listener.set_nonblocking(true)?;
        let address = Address {
            network: "tcp",
            place: listener.local_addr()?.to_string(),
        };
        Ok(Socket {
            listener: Listener(TcpListener::from_std(listener)?),
            address,
            file: (),
        })
    }

    impl Listener {
        pub(super) async fn accept(&self) -> io::Result<TcpStream> {
            self.0.accept().await.map(|(stream, _)| stream)
        }
    }
}

/// A socket that listens.
pub(super) struct Socket {
    pub(super) listener: Listener,
    pub(super) address: Address,
    /// To be kept until the end.
    pub(super) file: SocketFile,
}

impl Socket {
    /// Opens one as the host wants it.
    pub(super) fn open(host: &Host) -> io::Result<Self> {
        #[cfg(unix)]
        return unix::open(host);
        #[cfg(not(unix))]
        return tcp::open(host);
    }
}

/// The connections of a socket, as they come. A client that fails TLS is dropped and holds up nobody.
pub(super) fn connections(
    listener: Listener,
    tls: Option<TlsAcceptor>,
) -> ReceiverStream<io::Result<Connection>> {
    let (sender, receiver) = mpsc::channel(BACKLOG);
    tokio::spawn(async move {
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => accepted,
                () = sender.closed() => return,
            };
            match stream {
                Ok(stream) => {
                    tokio::spawn(greet(stream, tls.clone(), sender.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    // Out of file descriptors, for instance: some may come free meanwhile.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    });
    ReceiverStream::new(receiver)
}

async fn greet(stream: Stream, tls: Option<TlsAcceptor>, sender: mpsc::Sender<io::Result<Connection>>) {
    let connection = match tls {
        None => Connection(Either::Left(stream)),
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => Connection(Either::Right(Box::new(stream))),
            Err(error) => {
                tracing::warn!(%error, "refused a connection: it is not from the program that started this provider");
                return;
            }
        },
    };
    // The server only stops to receive when it ends, and then wants no connection.
    let _ = sender.send(Ok(connection)).await;
}

/// One connection, with TLS or without.
pub(super) struct Connection(Either<Stream, Box<TlsStream<Stream>>>);

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
