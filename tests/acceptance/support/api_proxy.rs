//! A way to the API server that can be made slow, broken or lossy. It speaks plain HTTP to the provider.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use counterparts::KubeApiServer;
use http::Method;
use serde_json::json;

use super::kube::KUBE;

/// What is done to a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ApiFault {
    /// The connection is closed, the API server hears nothing of it.
    DropBefore,
    /// The API server does it, and its answer is lost.
    DropAfter,
    /// Held back for this long, then forwarded.
    Delay(Duration),
    /// The API server does it, and the answer never comes.
    HangAfter,
    /// Answered here with this status.
    Answer(u16),
    /// Forwarded with another text in place of this one, as a mutating webhook has it stored.
    Rewrite(&'static str, &'static str),
    /// Answered here with 429 and the word to come again after so many seconds.
    Busy(u64),
}

type Judge = Box<dyn FnMut(&str, &str) -> Option<ApiFault> + Send>;

/// A running proxy; its thread ends with the test process.
pub(crate) struct ApiProxy {
    url: String,
    judge: Arc<Mutex<Judge>>,
}

struct Request {
    method: String,
    target: String,
    token: String,
    content_type: String,
    body: String,
}

impl ApiProxy {
    /// A proxy that lets everything through.
    pub(crate) fn start() -> Self {
        Self::to(|| &*KUBE)
    }

    /// The same to the API server that `kube` gives.
    pub(crate) fn to<K: Deref<Target = KubeApiServer>>(kube: impl Fn() -> K + Send + Sync + 'static) -> Self {
        let forward = Arc::new(move |request: &Request| forward(&kube(), request));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let judge: Arc<Mutex<Judge>> = Arc::new(Mutex::new(Box::new(|_, _| None)));
        let shared = Arc::clone(&judge);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (judge, forward) = (Arc::clone(&shared), Arc::clone(&forward));
                std::thread::spawn(move || serve(stream, &judge, &*forward));
            }
        });
        Self { url, judge }
    }

    /// `http://127.0.0.1:PORT`, for `host`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets `judge` say by method and path, query included, what happens to each request from now on.
    pub(crate) fn judge(&self, judge: impl FnMut(&str, &str) -> Option<ApiFault> + Send + 'static) {
        *self.judge.lock().unwrap() = Box::new(judge);
    }

    /// Lets everything through again.
    pub(crate) fn heal(&self) {
        self.judge(|_, _| None);
    }
}

/// Whether a request changes something; a dry run does not.
pub(crate) fn is_change(method: &str, target: &str) -> bool {
    method != "GET" && !target.contains("dryRun=")
}

/// One request per connection: a lost answer must not take another request along.
fn serve(stream: TcpStream, judge: &Mutex<Judge>, forward: &dyn Fn(&Request) -> Option<(u16, String)>) {
    let Some(mut request) = read(&stream) else { return };
    let fault = judge.lock().unwrap()(&request.method, &request.target);
    let mut again = String::new();
    let answer = match fault {
        Some(ApiFault::DropBefore) => return,
        Some(ApiFault::Answer(status)) => Some((status, failure(status))),
        Some(ApiFault::Busy(seconds)) => {
            again = format!("retry-after: {seconds}\r\n");
            Some((429, failure(429)))
        }
        Some(ApiFault::DropAfter) => return drop(forward(&request)),
        Some(ApiFault::HangAfter) => {
            forward(&request);
            std::thread::sleep(Duration::from_secs(3600));
            return;
        }
        Some(ApiFault::Delay(delay)) => {
            std::thread::sleep(delay);
            forward(&request)
        }
        Some(ApiFault::Rewrite(from, to)) => {
            request.body = request.body.replace(from, to);
            forward(&request)
        }
        None => forward(&request),
    };
    // A server that is gone answers nobody.
    let Some((status, body)) = answer else { return };
    let head = format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\n{again}content-length: {}\r\nconnection: \
         close\r\n\r\n",
        body.len()
    );
    // A client that went away meanwhile is part of the tests.
    let _ = (&stream).write_all(format!("{head}{body}").as_bytes());
}

/// A refusal as API servers word it.
fn failure(status: u16) -> String {
    let failure = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "message": "broken on purpose",
    });
    failure.to_string()
}

fn forward(kube: &KubeApiServer, request: &Request) -> Option<(u16, String)> {
    let method = Method::from_bytes(request.method.as_bytes()).unwrap();
    let Request {
        token,
        target,
        content_type,
        body,
        ..
    } = request;
    let answer = kube.request_as(token, method, target, content_type, body).ok()?;
    Some((answer.status, answer.body))
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end() {
            "" => break,
            text => lines.push(text.to_owned()),
        }
    }
    let header = |name: &str| {
        let fields = lines.iter().filter_map(|line| line.split_once(':'));
        let mut values = fields.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.trim().to_owned())
    };
    let length = header("content-length").and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let mut start = lines.first()?.split(' ');
    Some(Request {
        method: start.next()?.to_owned(),
        target: start.next()?.to_owned(),
        token: header("authorization").unwrap_or_default().replace("Bearer ", ""),
        content_type: header("content-type").unwrap_or_default(),
        body: String::from_utf8(body).ok()?,
    })
}
