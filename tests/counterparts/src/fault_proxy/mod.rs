//! A reverse proxy in front of moto that delays, refuses or loses chosen requests, and counts all of them.

mod call;
mod forward;
mod rule;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;

pub use call::{Call, Outcome};
pub use rule::{Fault, Matcher, Rule};

use crate::background::{Body, Dropped, Server};
use crate::error::Result;
use forward::Upstream;

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    calls: Vec<Call>,
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
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, upstream) = (Arc::clone(&state), Arc::new(Upstream::new(upstream)));
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

    /// Removes all rules; the calls stay.
    pub fn clear_rules(&self) {
        lock(&self.state).rules.clear();
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
        let fault = state.rules.iter_mut().find_map(|rule| rule.take(&call));
        state.calls.push(call);
        (state.calls.len() - 1, fault)
    };
    let note = |outcome: Outcome| {
        // The list may have been cleared meanwhile.
        if let Some(call) = lock(&state).calls.get_mut(index) {
            call.outcome = outcome;
        }
    };
    carry_out(fault, Request::from_parts(head, Body::new(body)), &upstream, note).await
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
        }) => {
            note(Outcome::Answered(*status));
            return rule::answer(*status, content_type, body);
        }
        Some(Fault::DropBefore) => {
            note(Outcome::Dropped);
            return Err(Dropped);
        }
        Some(Fault::DelayBefore(delay)) => (*delay, Duration::ZERO),
        Some(Fault::DelayAfter(delay)) => (Duration::ZERO, *delay),
        Some(Fault::DropAfter) | None => (Duration::ZERO, Duration::ZERO),
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
