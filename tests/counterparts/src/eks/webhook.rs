//! The token webhook that an API server asks, as EKS runs one in front of every cluster.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::authenticator::{AccessEntry, Authenticator, Refusal, User};
use super::{ADMIN, STRANGER};
use crate::background::{Body, Dropped, Server};
use crate::error::Result;
use crate::http_client::HttpClient;
use crate::moto::{IssuedCredentials, issued_credentials};

/// What the webhook made of one token.
pub type Decision = std::result::Result<User, Refusal>;

#[derive(Debug)]
struct State {
    authenticator: Authenticator,
    issuer: Option<String>,
    decisions: Vec<Decision>,
}

/// A running webhook; dropping it stops it.
#[derive(Debug)]
pub struct Webhook {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl Webhook {
    /// Starts the webhook of one cluster: [`ADMIN`] is in `system:masters`, [`STRANGER`] is known to AWS only.
    ///
    /// # Errors
    /// No port can be listened on.
    pub fn start(cluster: &str) -> Result<Self> {
        let mut authenticator = Authenticator::new(cluster);
        authenticator.add_key(&ADMIN);
        authenticator.add_key(&STRANGER);
        let groups = vec!["system:masters".to_owned()];
        authenticator.grant(
            ADMIN.arn,
            AccessEntry {
                username: ADMIN.arn.to_owned(),
                groups,
            },
        );
        let state = Arc::new(Mutex::new(State {
            authenticator,
            issuer: None,
            decisions: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| review(request, Arc::clone(&shared)))?;
        Ok(Self { server, state })
    }

    /// The address for the API server's webhook configuration.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/authenticate", self.server.url())
    }

    /// Takes keys that the moto server at `url` has handed out (AssumeRole, CreateAccessKey) for AWS's own.
    pub fn trust_issuer(&self, url: &str) {
        self.lock().issuer = Some(url.to_owned());
    }

    /// Changes keys and access entries while the cluster runs.
    pub fn configure(&self, change: impl FnOnce(&mut Authenticator)) {
        change(&mut self.lock().authenticator);
    }

    /// Everything decided so far, oldest first.
    #[must_use]
    pub fn decisions(&self) -> Vec<Decision> {
        self.lock().decisions.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn review(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> std::result::Result<Response<Body>, Dropped> {
    let body = request
        .into_body()
        .collect()
        .await
        .map_err(|_| Dropped)?
        .to_bytes();
    // Asking moto for a key blocks, and must not block the runtime that serves the answer to it.
    let status = tokio::task::spawn_blocking(move || decide(&body, &state))
        .await
        .map_err(|_| Dropped)?;
    let answer = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status });
    let response = Response::builder().header("content-type", "application/json");
    response
        .body(Body::new(Bytes::from(answer.to_string())))
        .map_err(|_| Dropped)
}

/// The `status` of a TokenReview.
fn decide(body: &[u8], state: &Mutex<State>) -> Value {
    let review: Value = serde_json::from_slice(body).unwrap_or_default();
    let token = review["spec"]["token"].as_str().unwrap_or_default();
    let (authenticator, issuer) = {
        let state = lock(state);
        (state.authenticator.clone(), state.issuer.clone())
    };
    let decision = authenticator.authenticate(token, OffsetDateTime::now_utc(), |key| issued(issuer, key));
    lock(state).decisions.push(decision.clone());
    match decision {
        Ok(user) => json!({
            "authenticated": true,
            "user": {
                "username": user.username,
                "uid": format!("aws-iam-authenticator:{}", user.arn),
                "groups": user.groups,
                "extra": { "accessKeyId": [user.access_key_id], "arn": [user.arn] },
            },
        }),
        Err(refusal) => json!({ "authenticated": false, "error": refusal.to_string() }),
    }
}

fn issued(issuer: Option<String>, key: &str) -> Option<IssuedCredentials> {
    // An issuer that does not answer is an issuer that does not know the key.
    issued_credentials(&HttpClient::plain(), &issuer?, key)
        .ok()
        .flatten()
}
