//! A reverse proxy in front of moto or an API server that delays, refuses, rewrites or loses chosen requests, and counts
//! all of them.

mod call;
mod forward;
mod rule;

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Request, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;

pub use call::{Call, Outcome};
pub use rule::{Fault, Matcher, Rule};

use crate::background::{Body, Dropped, Server};
use crate::error::Result;
use crate::kube::KubeApiServer;
use forward::Upstream;

/// Says by method and path, query included, what happens to a request.
type Judge = Box<dyn FnMut(&str, &str) -> Option<Fault> + Send>;

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    judge: Option<Judge>,
    calls: Vec<Call>,
}

impl State {
    /// What happens to a call: the judge's verdict, else that of the first rule that matches.
    fn verdict(&mut self, call: &Call) -> Option<Fault> {
        let judged = self.judge.as_mut();
        let judged = judged.and_then(|judge| judge(&call.method, &call.target));
        judged.or_else(|| self.rules.iter_mut().find_map(|rule| rule.take(call)))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = out.debug_struct("State");
        out.field("rules", &self.rules).field("calls", &self.calls);
        out.finish_non_exhaustive()
    }
}

/// A running proxy; dropping it closes its connections.
#[derive(Debug)]
pub struct FaultProxy {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl FaultProxy {
    /// Starts a proxy to `upstream` (`http://host:port`) that lets everything through.
    ///
    /// # Errors
    /// No port can be listened on.
    pub fn start(upstream: &str) -> Result<Self> {
        Self::before(Upstream::http(upstream))
    }

    /// Starts a proxy to the API server that `kube` gives, with the tokens of its clients, that lets everything through. It
    /// speaks plain HTTP, and ends each connection with its answer: a lost one takes no other request along.
    ///
    /// # Errors
    /// No port can be listened on.
    pub fn to_kube<K: Deref<Target = KubeApiServer>>(
        kube: impl Fn() -> K + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::before(Upstream::kube(kube))
    }

    fn before(upstream: Upstream) -> Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, upstream) = (Arc::clone(&state), Arc::new(upstream));
        let server =
            Server::start(move |request| handle(request, Arc::clone(&upstream), Arc::clone(&shared)))?;
        Ok(Self { server, state })
    }

    /// `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL` or the provider's `endpoints`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Adds a rule; of several that match a request, the oldest that is not used up counts.
    pub fn add(&self, rule: Rule) {
        lock(&self.state).rules.push(rule);
    }

    /// Lets `judge` say by method and path, query included, what happens to each request from now on; rules count for
    /// those of which it says nothing.
    pub fn judge(&self, judge: impl FnMut(&str, &str) -> Option<Fault> + Send + 'static) {
        lock(&self.state).judge = Some(Box::new(judge));
    }

    /// Removes all rules and the judge; the calls stay.
    pub fn clear_rules(&self) {
        let mut state = lock(&self.state);
        state.rules.clear();
        state.judge = None;
    }

    /// Every request so far, in the order in which they came.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state).calls.clone()
    }

    /// How many requests of an action came so far, whatever was done with them.
    #[must_use]
    pub fn count(&self, action: &str) -> usize {
        lock(&self.state)
            .calls
            .iter()
            .filter(|call| call.action == action)
            .count()
    }

    /// How many requests of an action reached the server behind.
    #[must_use]
    pub fn forwarded(&self, action: &str) -> usize {
        let state = lock(&self.state);
        state
            .calls
            .iter()
            .filter(|call| call.action == action && call.reached_server())
            .count()
    }

    /// Forgets the calls so far, for counting anew.
    pub fn clear_calls(&self) {
        lock(&self.state).calls.clear();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn handle(
    request: Request<Incoming>,
    upstream: Arc<Upstream>,
    state: Arc<Mutex<State>>,
) -> std::result::Result<Response<Body>, Dropped> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let call = Call::of(&head, &body);
    let (index, fault) = {
        let mut state = lock(&state);
        let fault = state.verdict(&call);
        state.calls.push(call);
        (state.calls.len() - 1, fault)
    };
    let note = |outcome: Outcome| {
        // The list may have been cleared meanwhile.
        if let Some(call) = lock(&state).calls.get_mut(index) {
            call.outcome = outcome;
        }
    };
    let (mut head, mut body) = (head, body);
    if let Some(Fault::Rewrite { from, to }) = &fault {
        body = String::from_utf8_lossy(&body).replace(from, to).into();
        head.headers.remove(header::CONTENT_LENGTH);
    }
    let answer = carry_out(fault, Request::from_parts(head, Body::new(body)), &upstream, note).await;
    answer.map(|answer| upstream.with_end(answer))
}

/// Does to one request what its fault says; `note` is told before anything leaves, so that a test that sees an
/// object also sees the call that made it.
async fn carry_out(
    fault: Option<Fault>,
    request: Request<Body>,
    upstream: &Upstream,
    note: impl Fn(Outcome),
) -> std::result::Result<Response<Body>, Dropped> {
    let (before, after) = match &fault {
        Some(Fault::Answer {
            status,
            content_type,
            body,
            retry_after_seconds,
        }) => {
            note(Outcome::Answered(*status));
            return rule::answer(*status, content_type, body, *retry_after_seconds);
        }
        Some(Fault::DropBefore) => {
            note(Outcome::Dropped);
            return Err(Dropped);
        }
        Some(Fault::DelayBefore(delay)) => (*delay, Duration::ZERO),
        Some(Fault::DelayAfter(delay)) => (Duration::ZERO, *delay),
        Some(Fault::DropAfter | Fault::Rewrite { .. }) | None => (Duration::ZERO, Duration::ZERO),
    };
    tokio::time::sleep(before).await;
    note(Outcome::Forwarded);
    let answer = upstream.send(request).await?;
    tokio::time::sleep(after).await;
    if fault == Some(Fault::DropAfter) {
        Err(Dropped)
    } else {
        Ok(answer)
    }
}
