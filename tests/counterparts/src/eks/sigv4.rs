//! The signature of a presigned GET, as AWS computes it (Signature Version 4, query string form).

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// SHA-256 of an empty body, which a GET to STS has.
pub(crate) const EMPTY_BODY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What the signature is made for: date, region and service, joined with slashes in the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// `YYYYMMDD`.
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Scope {
    pub(crate) fn text(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

/// A GET before its signature is added.
pub(crate) struct UnsignedGet<'a> {
    pub(crate) path: &'a str,
    /// Decoded query parameters, without `X-Amz-Signature`.
    pub(crate) query: &'a [(String, String)],
    /// Signed headers in lower case with their values, sorted by name.
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body_hash: &'a str,
}

/// The signature in hex; `timestamp` is `X-Amz-Date`.
pub(crate) fn signature(request: &UnsignedGet<'_>, timestamp: &str, scope: &Scope, secret: &str) -> String {
    let canonical = hex::encode(Sha256::digest(canonical_request(request)));
    let to_sign = format!("AWS4-HMAC-SHA256\n{timestamp}\n{}\n{canonical}", scope.text());
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [&scope.date, &scope.region, &scope.service, "aws4_request"] {
        key = hmac(&key, part);
    }
    hex::encode(hmac(&key, &to_sign))
}

fn canonical_request(request: &UnsignedGet<'_>) -> String {
    let mut query: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    query.sort();
    let headers: String = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}:{}\n", value.trim()))
        .collect();
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    [
        "GET",
        request.path,
        &query.join("&"),
        &headers,
        &names.join(";"),
        request.body_hash,
    ]
    .join("\n")
}

/// AWS's percent-encoding: everything but letters, digits and `-_.~`, in upper case.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of every length, so there is no error to handle.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// The example of the S3 API reference, "Authenticating Requests: Using Query Parameters".
    #[test]
    fn the_published_example_has_its_published_signature() {
        let scope = Scope {
            date: "20130524".into(),
            region: "us-east-1".into(),
            service: "s3".into(),
        };
        let query = owned(&[
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            (
                "X-Amz-Credential",
                "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
            ),
            ("X-Amz-Date", "20130524T000000Z"),
            ("X-Amz-Expires", "86400"),
            ("X-Amz-SignedHeaders", "host"),
        ]);
        let headers = owned(&[("host", "examplebucket.s3.amazonaws.com")]);
        let request = UnsignedGet {
            path: "/test.txt",
            query: &query,
            headers: &headers,
            body_hash: "UNSIGNED-PAYLOAD",
        };
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        assert_eq!(
            signature(&request, "20130524T000000Z", &scope, secret),
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    #[test]
    fn the_constant_is_the_hash_of_nothing() {
        assert_eq!(hex::encode(Sha256::digest("")), EMPTY_BODY);
    }
}
