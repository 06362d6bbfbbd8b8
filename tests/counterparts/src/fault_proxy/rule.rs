//! Which requests go wrong, how, and how often.

use std::time::Duration;

use http::Response;
use hyper::body::Bytes;
use serde_json::json;

use super::call::Call;
use crate::background::{Body, Dropped};

/// What is done to a request that a rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is held back for this long, then forwarded: a slow network.
    DelayBefore(Duration),
    /// It is forwarded at once and its answer held back: a slow service, whose object exists already.
    DelayAfter(Duration),
    /// It is answered here and never forwarded.
    Answer {
        /// The status code.
        status: u16,
        /// The content type.
        content_type: String,
        /// The body.
        body: String,
        /// After how many seconds the client may come again: the header `Retry-After`.
        retry_after_seconds: Option<u64>,
    },
    /// Another text stands in the body in place of this one when it is forwarded: a mutating webhook.
    Rewrite {
        /// The text that is replaced.
        from: String,
        /// The text in its place.
        to: String,
    },
    /// The connection is closed before anything is forwarded.
    DropBefore,
    /// It is forwarded, then the connection is closed: the object is made, its answer is lost.
    DropAfter,
}

impl Fault {
    /// An error as EC2 words it.
    #[must_use]
    pub fn ec2_error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>fault-proxy</RequestID></Response>"
        );
        Self::Answer {
            status,
            content_type: "text/xml;charset=UTF-8".to_owned(),
            body,
            retry_after_seconds: None,
        }
    }

    /// An error as STS, IAM and Auto Scaling word it.
    #[must_use]
    pub fn query_error(status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>fault-proxy</RequestId></ErrorResponse>"
        );
        Self::Answer {
            status,
            content_type: "text/xml".to_owned(),
            body,
            retry_after_seconds: None,
        }
    }

    /// An error as EKS and SSM word it.
    #[must_use]
    pub fn json_error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({ "__type": code, "message": message }).to_string();
        Self::Answer {
            status,
            content_type: "application/json".to_owned(),
            body,
            retry_after_seconds: None,
        }
    }

    /// A refusal as API servers of Kubernetes word it.
    #[must_use]
    pub fn kube_error(status: u16) -> Self {
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "message": "broken on purpose",
        });
        Self::Answer {
            status,
            content_type: "application/json".to_owned(),
            body: body.to_string(),
            retry_after_seconds: None,
        }
    }

    /// An API server of Kubernetes with too much to do: 429, and the seconds after which to come again.
    #[must_use]
    pub fn kube_busy(seconds: u64) -> Self {
        let mut busy = Self::kube_error(429);
        if let Self::Answer {
            retry_after_seconds, ..
        } = &mut busy
        {
            *retry_after_seconds = Some(seconds);
        }
        busy
    }

    /// The request is done, and its answer never comes.
    #[must_use]
    pub fn hang_after() -> Self {
        Self::DelayAfter(Duration::from_secs(3600))
    }

    /// Another text in place of one, as a mutating webhook has it stored.
    #[must_use]
    pub fn rewrite(from: &str, to: &str) -> Self {
        Self::Rewrite {
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    /// EC2's throttling: 503 `RequestLimitExceeded`.
    #[must_use]
    pub fn throttle() -> Self {
        Self::ec2_error(503, "RequestLimitExceeded", "Request limit exceeded.")
    }

    /// EC2's own failure: 500 `InternalError`.
    #[must_use]
    pub fn internal_error() -> Self {
        Self::ec2_error(500, "InternalError", "An internal error has occurred")
    }

    /// A load balancer without a healthy server behind it: 503 in HTML.
    #[must_use]
    pub fn bad_gateway() -> Self {
        let body = "<html><body><h1>503 Service Unavailable</h1></body></html>".to_owned();
        Self::Answer {
            status: 503,
            content_type: "text/html".to_owned(),
            body,
            retry_after_seconds: None,
        }
    }
}

/// Which requests a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher {
    /// Requests of this AWS action; see [`Call::action`].
    Action(String),
    /// Requests whose path begins so, for example `/clusters/`.
    PathPrefix(String),
    /// Requests to this AWS service, for example `ec2`.
    Service(String),
    /// All requests.
    Any,
}

/// A fault for some requests, some number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    matcher: Matcher,
    fault: Fault,
    skip: u32,
    left: Option<u32>,
}

impl Rule {
    /// `fault` for every request that matches, permanently.
    #[must_use]
    pub fn new(matcher: Matcher, fault: Fault) -> Self {
        Self {
            matcher,
            fault,
            skip: 0,
            left: None,
        }
    }

    /// `fault` for every request of an AWS action, permanently.
    #[must_use]
    pub fn action(action: &str, fault: Fault) -> Self {
        Self::new(Matcher::Action(action.to_owned()), fault)
    }

    /// `fault` for every request whose path begins with `prefix`, permanently.
    #[must_use]
    pub fn path(prefix: &str, fault: Fault) -> Self {
        Self::new(Matcher::PathPrefix(prefix.to_owned()), fault)
    }

    /// At most this many times; then the requests go through.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.left = Some(times);
        self
    }

    /// Only after this many matching requests have gone through.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// The fault for this call, if the rule is about it and not used up.
    pub(super) fn take(&mut self, call: &Call) -> Option<Fault> {
        if !self.matches(call) || self.left == Some(0) {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some(self.fault.clone())
    }

    fn matches(&self, call: &Call) -> bool {
        match &self.matcher {
            Matcher::Action(action) => call.action == *action,
            Matcher::PathPrefix(prefix) => call.path.starts_with(prefix.as_str()),
            Matcher::Service(service) => call.service.as_ref() == Some(service),
            Matcher::Any => true,
        }
    }
}

pub(super) fn answer(
    status: u16,
    content_type: &str,
    body: &str,
    retry_after_seconds: Option<u64>,
) -> std::result::Result<Response<Body>, Dropped> {
    let mut response = Response::builder()
        .status(status)
        .header("content-type", content_type);
    if let Some(seconds) = retry_after_seconds {
        response = response.header("retry-after", seconds);
    }
    response
        .body(Body::new(Bytes::from(body.to_owned())))
        .map_err(|_| Dropped)
}
