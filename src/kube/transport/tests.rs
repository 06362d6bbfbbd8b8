use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use futures::future::join_all;
use hyper::rt::ReadBufCursor;
use hyper_util::client::legacy::connect::Connected;
use hyper_util::rt::TokioIo;

use super::*;

/// A server that reads what comes first, up to an empty line or the end, and hangs up.
fn rude() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, heard) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            if seen.send(head.join("\n")).is_err() {
                return;
            }
        }
    });
    (address, heard)
}

async fn ask(proxy: &str, times: usize) -> Vec<BoxError> {
    let config = Config::new(Uri::from_static("https://10.0.0.1:6443"));
    let proxy = Proxy::parse(proxy, "HTTPS_PROXY").unwrap();
    let Opened::Plainly(line) = proxied(&config, Some(&proxy)).unwrap() else {
        panic!("the proxy is spoken to in plain text");
    };
    let request = || Request::get(&config.cluster_url).body(Body::empty()).unwrap();
    let answers = join_all((0..times).map(|_| line.clone().exchange(request()))).await;
    answers.into_iter().map(|answer| answer.unwrap_err()).collect()
}

#[tokio::test]
async fn who_waits_for_the_connection_fails_with_it() {
    let (proxy, heard) = rude();
    let errors = ask(&format!("http://{proxy}"), 8).await;
    assert!(
        errors.iter().all(|error| error.is::<NoConnection>()),
        "{errors:?}"
    );
    assert_eq!(heard.try_iter().count(), 1);
}

#[tokio::test]
async fn a_proxy_gets_its_credentials() {
    let (proxy, heard) = rude();
    let errors = ask(&format!("http://user:p%40ss@{proxy}"), 1).await;
    let head = heard.recv().unwrap().to_ascii_lowercase();
    assert!(head.starts_with("connect 10.0.0.1:6443 "), "{head}");
    // user:p@ss
    assert!(
        head.contains(&"proxy-authorization: Basic dXNlcjpwQHNz".to_ascii_lowercase()),
        "{head}"
    );
    let said = said_of(&errors[0]);
    assert!(
        said.contains(&format!("the proxy {proxy} (HTTPS_PROXY)")),
        "{said}"
    );
    assert!(!said.contains("p%40ss") && !said.contains("p@ss"), "{said}");
}

/// An error and its causes, as a log would have them.
fn said_of(error: &BoxError) -> String {
    let mut text = String::new();
    let mut cause: Option<&(dyn Error + 'static)> = Some(error.as_ref());
    while let Some(next) = cause {
        text += &format!("{next} {next:?} ");
        cause = next.source();
    }
    text
}

/// The first bytes of SOCKS 5 (RFC 1928): version, one way to log in, that with a password.
#[tokio::test]
async fn a_socks_proxy_is_spoken_to_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut first = [0; 3];
        stream.read_exact(&mut first).unwrap();
        first
    });
    let errors = ask(&format!("socks5h://user:secret@{address}"), 1).await;
    assert_eq!(heard.join().unwrap(), [5, 1, 2]);
    assert!(said_of(&errors[0]).contains("the proxy"), "{errors:?}");
}

/// A connection on which HTTP/2 was agreed, without the TLS by which that is done.
struct Http2(TokioIo<tokio::net::TcpStream>);

impl Connection for Http2 {
    fn connected(&self) -> Connected {
        Connected::new().negotiated_h2()
    }
}

impl Read for Http2 {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl Write for Http2 {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
/// Flags of a HEADERS frame that is a whole answer, and its one header: `:status: 200`.
const WHOLE: (u8, &[u8]) = (0x5, &[0x88]);

/// An HTTP/2 frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// Reads frames until that many requests have come.
fn read_requests(stream: &mut TcpStream, requests: usize) {
    stream.read_exact(&mut [0; 24]).unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    let mut seen = 0;
    while seen < requests {
        let mut head = [0; 9];
        stream.read_exact(&mut head).unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        stream.read_exact(&mut vec![0; length as usize]).unwrap();
        seen += usize::from(head[3] == HEADERS);
    }
}

/// A server that answers one request of a connection, and says farewell after it, giving this reason; `early` requests
/// are there by then. Tells how many connections there were.
fn departing(early: usize, reason: Reason) -> (SocketAddr, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (opened, connections) = channel();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            opened.send(()).unwrap();
            let mut stream = stream;
            thread::spawn(move || {
                read_requests(&mut stream, early - number);
                let answer = frame(HEADERS, WHOLE.0, 1, WHOLE.1);
                let last_stream = 1_u32.to_be_bytes();
                let reason = u32::from(reason).to_be_bytes();
                let farewell = frame(GOAWAY, 0, 0, &[last_stream, reason].concat());
                stream.write_all(&[farewell, answer].concat()).unwrap();
                io::copy(&mut stream, &mut io::sink())
            });
        }
    });
    (address, connections)
}

async fn ask_departing(times: usize, reason: Reason) -> (Vec<Result<Response<Body>, BoxError>>, usize) {
    let (server, connections) = departing(times, reason);
    let connector = tower::service_fn(move |_: Uri| async move {
        let stream = tokio::net::TcpStream::connect(server).await?;
        Ok::<_, BoxError>(Http2(TokioIo::new(stream)))
    });
    let line = Http2Client::new(connector);
    let url = format!("https://{server}/api");
    let request = || Request::patch(&url).body(Body::from(b"{}".to_vec())).unwrap();
    let answers = join_all((0..times).map(|_| line.clone().exchange(request())));
    let answers = tokio::time::timeout(ANSWER_TIMEOUT, answers).await.unwrap();
    (answers, connections.try_iter().count())
}

#[tokio::test]
async fn requests_that_cross_a_farewell_are_sent_again() {
    let (answers, connections) = ask_departing(3, Reason::NO_ERROR).await;
    for answer in answers {
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!(connections, 3);
}

#[tokio::test]
async fn a_server_that_says_nothing_but_farewell_is_told() {
    let many = usize::try_from(RETRIES).unwrap() + 2;
    let (mut answers, connections) = ask_departing(many, Reason::NO_ERROR).await;
    answers.retain(Result::is_err);
    assert_eq!(connections, many - 1);
    assert!(is_farewell(answers[0].as_ref().unwrap_err().as_ref()));
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn a_server_that_is_in_trouble_is_asked_once() {
    let (answers, connections) = ask_departing(2, Reason::INTERNAL_ERROR).await;
    assert_eq!(connections, 1);
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
}
