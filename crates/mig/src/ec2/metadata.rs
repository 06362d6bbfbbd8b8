//! Rules of the instance metadata service.

use super::{Given, collector};
use crate::finding::{FieldPath, Finding};

/// On or off.
pub const SWITCH: [&str; 2] = ["enabled", "disabled"];

/// Whether a token is needed (IMDSv2).
pub const HTTP_TOKENS: [&str; 2] = ["required", "optional"];

/// Hops that an answer may take.
pub const HOP_LIMIT: (i64, i64) = (1, 64);

/// The instance metadata service.
#[derive(Debug, Clone, Copy, Default)]
pub struct Metadata<'a> {
    /// `enabled` or `disabled`.
    pub http_endpoint: Given<&'a str>,
    /// `enabled` or `disabled`.
    pub http_protocol_ipv6: Given<&'a str>,
    /// `required` or `optional`.
    pub http_tokens: Given<&'a str>,
    /// Hops that an answer may take.
    pub hop_limit: Given<i64>,
}

/// What is wrong with it.
pub fn check(metadata: &Metadata<'_>) -> Vec<Finding> {
    let mut faults = collector();
    let switch = SWITCH;
    for (name, word, allowed) in [
        ("http_endpoint", metadata.http_endpoint, switch),
        ("http_protocol_ipv6", metadata.http_protocol_ipv6, switch),
        ("http_tokens", metadata.http_tokens, HTTP_TOKENS),
    ] {
        faults.word(&FieldPath::of(name), word.known(), &allowed);
    }
    let hops = FieldPath::of("http_put_response_hop_limit");
    faults.range(&hops, metadata.hop_limit.known(), HOP_LIMIT);
    if metadata.http_endpoint.known() == Some("disabled") {
        faults.fault(
            "http_endpoint",
            "Without the metadata service a node cannot read its user data",
            "It would neither cut its GPUs nor join. Leave it enabled; an http_put_response_hop_limit of 1 keeps pods away.",
        );
    }
    faults.faults
}
