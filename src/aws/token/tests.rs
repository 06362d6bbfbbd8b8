use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// 2026-11-23T02:10:00Z.
const NOW: u64 = 1_795_399_800;
const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A clock that tests move.
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn source(token: Option<&str>, expiry: Option<u64>) -> (TokenSource, Arc<Moved>) {
    let credentials = Credentials::new(KEY, SECRET, token.map(Into::into), expiry.map(at), "test");
    let clock = Arc::new(Moved(AtomicU64::new(NOW)));
    let source = TokenSource::new(
        "prod",
        "us-east-1",
        false,
        SharedCredentialsProvider::new(credentials),
    );
    (source.unwrap().with_clock(clock.clone()), clock)
}

fn url_of(token: &ClusterToken) -> String {
    let encoded = token.secret.expose().strip_prefix("k8s-aws-v1.").unwrap();
    assert!(!encoded.contains('='), "no padding");
    String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}

fn sorted_query(url: &str) -> (String, Vec<String>) {
    let (host, query) = url.split_once('?').unwrap();
    let mut query: Vec<String> = query.split('&').map(str::to_owned).collect();
    query.sort();
    (host.to_owned(), query)
}

/// The signatures are those of botocore 1.44 (`SigV4QueryAuth`) for the same keys and time.
#[tokio::test]
async fn the_presigned_form_is_that_of_the_aws_tools() {
    let common = "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15\
                  &X-Amz-Algorithm=AWS4-HMAC-SHA256\
                  &X-Amz-Credential=AKIDEXAMPLE%2F20261123%2Fus-east-1%2Fsts%2Faws4_request\
                  &X-Amz-Date=20261123T021000Z&X-Amz-Expires=60\
                  &X-Amz-SignedHeaders=host%3Bx-k8s-aws-id";
    let table = [
        (
            None,
            "&X-Amz-Signature=43cd26da7822cd5af2a5e3cfd540abaa9ff22bde382b83b32356f5108414ac7e",
        ),
        (
            Some("IQoJb3JpZ2luX2VjEXAMPLE+/=="),
            "&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE%2B%2F%3D%3D\
             &X-Amz-Signature=e9b26ada1acb114940a0cf94a1f8dd878c4320c815e67c1334ac4c4906eae2bd",
        ),
    ];
    for (session, rest) in table {
        let token = source(session, None).0.token().await.unwrap();
        assert_eq!(
            sorted_query(&url_of(&token)),
            sorted_query(&format!("{common}{rest}"))
        );
    }
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_its_end() {
    let (source, clock) = source(None, None);
    let first = source.token().await.unwrap();
    assert_eq!(first.expires_at, at(NOW + 14 * 60));
    clock.0.store(NOW + 14 * 60 - 1, Ordering::SeqCst);
    assert_eq!(source.token().await.unwrap(), first);
    clock.0.store(NOW + 14 * 60, Ordering::SeqCst);
    assert_ne!(source.token().await.unwrap(), first);
}

#[tokio::test]
async fn a_token_ends_with_the_credentials_that_signed_it() {
    let (source, _) = source(Some("session"), Some(NOW + 120));
    assert_eq!(source.token().await.unwrap().expires_at, at(NOW + 120));
}

#[tokio::test]
async fn a_refused_token_is_made_anew_once() {
    let (source, clock) = source(None, None);
    let first = source.token().await.unwrap();
    clock.0.store(NOW + 1, Ordering::SeqCst);
    source.refuse(&first.secret).await;
    let second = source.token().await.unwrap();
    assert_ne!(second, first);
    source.refuse(&first.secret).await;
    assert_eq!(
        source.token().await.unwrap(),
        second,
        "a late refusal of the old token changes nothing"
    );
}

#[tokio::test]
async fn nothing_shows_the_token() {
    let (source, _) = source(Some("IQoJsession"), None);
    let token = source.token().await.unwrap();
    let shown = format!("{source:?} {token:?}");
    assert!(
        !shown.contains("k8s-aws-v1") && !shown.contains("IQoJ"),
        "{shown}"
    );
}

#[test]
fn each_partition_has_its_sts() {
    let table = [
        ("us-east-1", false, "https://sts.us-east-1.amazonaws.com"),
        ("eu-central-1", false, "https://sts.eu-central-1.amazonaws.com"),
        ("cn-north-1", false, "https://sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", false, "https://sts.us-gov-west-1.amazonaws.com"),
        ("us-west-2", true, "https://sts-fips.us-west-2.amazonaws.com"),
        ("us-east-1", true, "https://sts-fips.us-east-1.amazonaws.com"),
        ("us-gov-east-1", true, "https://sts.us-gov-east-1.amazonaws.com"),
        // No such host: the cluster would refuse the token, and the user would see `Unauthorized`.
        ("eu-west-1", true, "https://sts.eu-west-1.amazonaws.com"),
        ("ca-central-1", true, "https://sts.ca-central-1.amazonaws.com"),
        ("cn-north-1", true, "https://sts.cn-north-1.amazonaws.com.cn"),
    ];
    for (region, fips, url) in table {
        assert_eq!(sts_url(region, fips).unwrap(), url);
    }
}
