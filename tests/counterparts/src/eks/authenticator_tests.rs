use super::*;
use crate::eks::{ADMIN, Presign, STRANGER};

fn cluster() -> Authenticator {
    let mut cluster = Authenticator::new("prod");
    cluster.add_key(&ADMIN);
    cluster.add_key(&STRANGER);
    let groups = vec!["system:masters".to_owned()];
    cluster.grant(
        ADMIN.arn,
        AccessEntry {
            username: "admin".to_owned(),
            groups,
        },
    );
    cluster
}

fn judge(presign: &Presign) -> Result<User, Refusal> {
    judge_token(&presign.token())
}

fn judge_token(token: &str) -> Result<User, Refusal> {
    cluster().authenticate(token, OffsetDateTime::now_utc(), |_| None)
}

fn good() -> Presign {
    Presign::new("prod", &ADMIN)
}

#[test]
fn a_token_for_this_cluster_opens_it() {
    let user = judge(&good()).unwrap();
    assert_eq!((user.username.as_str(), user.arn.as_str()), ("admin", ADMIN.arn));
    assert_eq!(user.groups, ["system:masters"]);
}

#[test]
fn another_region_and_the_global_endpoint_are_sts_too() {
    for host in [
        "sts.amazonaws.com",
        "sts.eu-west-1.amazonaws.com",
        "sts.cn-north-1.amazonaws.com.cn",
    ] {
        judge(&Presign {
            host: host.into(),
            ..good()
        })
        .unwrap();
    }
}

#[test]
fn another_clusters_token_is_refused() {
    let token = Presign {
        cluster: Some("staging".into()),
        ..good()
    };
    assert_eq!(judge(&token), Err(Refusal::Signature("prod".into())));
}

#[test]
fn a_token_without_the_cluster_header_is_refused() {
    let token = Presign {
        cluster: None,
        ..good()
    };
    assert_eq!(judge(&token), Err(Refusal::ClusterNotSigned("host".into())));
}

#[test]
fn a_wrong_secret_is_refused() {
    let token = Presign {
        secret_access_key: "guess".into(),
        ..good()
    };
    assert_eq!(judge(&token), Err(Refusal::Signature("prod".into())));
}

#[test]
fn a_changed_parameter_breaks_the_signature() {
    let url = good().url().replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    let token = format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(url));
    assert_eq!(judge_token(&token), Err(Refusal::Signature("prod".into())));
}

#[test]
fn an_unknown_key_and_an_unmapped_user_are_refused_for_their_own_reasons() {
    let unknown = Presign {
        access_key_id: "AKIANOBODY".into(),
        ..good()
    };
    assert_eq!(judge(&unknown), Err(Refusal::UnknownKey("AKIANOBODY".into())));
    let stranger = Presign::new("prod", &STRANGER);
    assert_eq!(judge(&stranger), Err(Refusal::NotMapped(STRANGER.arn.into())));
}

#[test]
fn a_token_lives_fifteen_minutes_from_its_date_whatever_it_says_itself() {
    let at = |minutes| Presign {
        at: OffsetDateTime::now_utc() - Duration::minutes(minutes),
        ..good()
    };
    judge(&at(14)).unwrap();
    assert!(matches!(judge(&at(16)), Err(Refusal::Date { .. })));
    assert!(matches!(judge(&at(-10)), Err(Refusal::Date { .. })));
}

#[test]
fn expires_is_at_most_900_seconds() {
    judge(&Presign {
        expires: 900,
        ..good()
    })
    .unwrap();
    let refused = judge(&Presign {
        expires: 901,
        ..good()
    })
    .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "query parameter `x-amz-expires`: is 901, allowed is 0 to 900"
    );
}

#[test]
fn other_actions_and_other_hosts_are_refused() {
    let action = judge(&Presign {
        action: "AssumeRole".into(),
        ..good()
    })
    .unwrap_err();
    assert_eq!(
        action.to_string(),
        "query parameter `action`: is not GetCallerIdentity"
    );
    for host in [
        "sts.evil.example",
        "evil.amazonaws.com",
        "sts.a.b.amazonaws.com",
        "127.0.0.1:5000",
    ] {
        assert_eq!(
            judge(&Presign {
                host: host.into(),
                ..good()
            }),
            Err(Refusal::NotSts(host.into()))
        );
    }
}

#[test]
fn what_is_no_token_at_all_is_malformed() {
    let http = URL_SAFE_NO_PAD.encode(good().url().replace("https", "http"));
    let path = URL_SAFE_NO_PAD.encode(good().url().replace("com/?", "com/x?"));
    for token in ["abc", "k8s-aws-v1.***", "k8s-aws-v1.YQ"] {
        assert!(
            matches!(judge_token(token), Err(Refusal::Malformed(_))),
            "{token}"
        );
    }
    for encoded in [http, path] {
        let token = format!("{TOKEN_PREFIX}{encoded}");
        assert!(
            matches!(judge_token(&token), Err(Refusal::Malformed(_))),
            "{token}"
        );
    }
    assert_eq!(judge_token(&"x".repeat(5000)), Err(Refusal::TooLong(5000)));
}

#[test]
fn a_role_session_needs_its_session_token() {
    let arn = "arn:aws:iam::123456789012:role/deployer";
    let mut cluster = cluster();
    cluster.grant(
        arn,
        AccessEntry {
            username: "deployer".into(),
            groups: Vec::new(),
        },
    );
    let issued = IssuedCredentials {
        secret_access_key: "s".into(),
        session_token: Some("session/+=".into()),
        arn: arn.into(),
        session_name: Some("ci".into()),
    };
    let presign = Presign {
        access_key_id: "ASIA1".into(),
        secret_access_key: "s".into(),
        ..good()
    };
    let judge = |presign: &Presign| {
        cluster.authenticate(&presign.token(), OffsetDateTime::now_utc(), |_| {
            Some(issued.clone())
        })
    };
    assert_eq!(judge(&presign), Err(Refusal::UnknownKey("ASIA1".into())));
    let with_token = Presign {
        session_token: Some("session/+=".into()),
        ..presign
    };
    assert_eq!(judge(&with_token).unwrap().username, "deployer");
}

#[test]
fn a_host_that_was_allowed_is_taken_for_sts() {
    let mut cluster = cluster();
    cluster.allow_sts_host("127.0.0.1:5000");
    let token = Presign {
        host: "127.0.0.1:5000".into(),
        ..good()
    }
    .token();
    cluster
        .authenticate(&token, OffsetDateTime::now_utc(), |_| None)
        .unwrap();
}
