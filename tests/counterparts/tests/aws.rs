//! moto with its plug-in, and the fault proxy in front of it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

use std::net::TcpListener;
use std::sync::LazyLock;
use std::time::Duration;

use counterparts::fault_proxy::{Matcher, Outcome};
use counterparts::karpenter::Account;
use counterparts::{EksCluster, Fault, FaultProxy, HttpClient, HttpResponse, Moto, Rule, query};
use http::Method;

pub(crate) static MOTO: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap());

const CREATE: &str = "CreateLaunchTemplate";

fn create(endpoint: &str, name: &str) -> counterparts::Result<HttpResponse> {
    let parameters = [
        ("Action", CREATE),
        ("Version", "2016-11-15"),
        ("LaunchTemplateName", name),
        ("LaunchTemplateData.InstanceType", "p5.48xlarge"),
    ];
    query(&HttpClient::plain(), endpoint, "ec2", "us-east-1", &parameters)
}

fn exists(name: &str) -> bool {
    let parameters = [("Action", "DescribeLaunchTemplates"), ("Version", "2016-11-15")];
    let answer = MOTO.query("ec2", "us-east-1", &parameters).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body.contains(&format!("<launchTemplateName>{name}<"))
}

fn proxy() -> FaultProxy {
    FaultProxy::start(&MOTO.url()).unwrap()
}

fn rest(service: &str, region: &str, target: Option<&str>, path: &str, body: &str) -> HttpResponse {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AK/20261123/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    let mut headers = vec![("authorization", authorization.as_str())];
    headers.extend(target.map(|target| ("x-amz-target", target)));
    let method = if body.is_empty() {
        Method::GET
    } else {
        Method::POST
    };
    HttpClient::plain()
        .send(method, &format!("{}{path}", MOTO.url()), &headers, body)
        .unwrap()
}

fn cluster(name: &str, region: &str) -> EksCluster {
    EksCluster {
        name: name.into(),
        region: region.into(),
        endpoint: "https://127.0.0.1:6443".into(),
        certificate_authority: "Q0E=".into(),
        version: "1.35".into(),
    }
}

#[test]
fn describe_cluster_answers_what_was_registered_in_that_region_only() {
    MOTO.add_eks_cluster(&cluster("registered", "eu-central-1"))
        .unwrap();
    let answer = rest("eks", "eu-central-1", None, "/clusters/registered", "");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let found = &answer.json()["cluster"];
    assert_eq!(found["endpoint"], "https://127.0.0.1:6443");
    assert_eq!(found["certificateAuthority"]["data"], "Q0E=");
    assert_eq!(found["version"], "1.35");
    assert_eq!(found["status"], "ACTIVE");
    assert_eq!(
        rest("eks", "us-east-1", None, "/clusters/registered", "").status,
        404
    );
}

#[test]
fn registering_again_replaces() {
    MOTO.add_eks_cluster(&cluster("twice", "us-east-1")).unwrap();
    MOTO.add_eks_cluster(&EksCluster {
        version: "1.34".into(),
        ..cluster("twice", "us-east-1")
    })
    .unwrap();
    let found = rest("eks", "us-east-1", None, "/clusters/twice", "").json();
    assert_eq!(found["cluster"]["version"], "1.34");
}

#[test]
fn public_image_parameters_are_there() {
    let name = "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/nvidia/recommended/image_id";
    let body = format!("{{\"Name\": \"{name}\"}}");
    let answer = rest("ssm", "us-east-1", Some("AmazonSSM.GetParameter"), "/", &body);
    assert_eq!(
        answer.json()["Parameter"]["Value"],
        "ami-0a120230135000000",
        "{}",
        answer.body
    );
}

#[test]
fn nvidia_images_have_pinned_and_recommended_parameters() {
    let eks = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/arm64/nvidia";
    let bottlerocket = "/aws/service/bottlerocket/aws-k8s-1.34-nvidia/x86_64";
    let pinned = format!("{eks}/amazon-eks-node-al2023-arm64-nvidia-1.33-v20260917/image_id");
    let cases = [
        (format!("{eks}/recommended/release_version"), "1.33.9-20261003"),
        (pinned, "ami-0a12023013300000b"),
        (format!("{bottlerocket}/latest/image_version"), "1.68.0-abcdef"),
        (format!("{bottlerocket}/1.67.1/image_id"), "ami-0b0771e0134000001"),
    ];
    for (name, value) in cases {
        let body = format!("{{\"Name\": \"{name}\"}}");
        let answer = rest("ssm", "us-east-1", Some("AmazonSSM.GetParameter"), "/", &body);
        assert_eq!(answer.json()["Parameter"]["Value"], value, "{}", answer.body);
    }
}

#[test]
fn credentials_of_an_assumed_role_can_be_looked_up() {
    let role = "arn:aws:iam::123456789012:role/deployer";
    let parameters = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", role),
        ("RoleSessionName", "ci"),
    ];
    let answer = MOTO.query("sts", "us-east-1", &parameters).unwrap().body;
    let between = |tag: &str| {
        let rest = answer.split_once(&format!("<{tag}>")).unwrap().1;
        rest.split_once('<').unwrap().0.to_owned()
    };
    let found = MOTO.credentials(&between("AccessKeyId")).unwrap().unwrap();
    assert_eq!(found.secret_access_key, between("SecretAccessKey"));
    assert_eq!(found.session_token, Some(between("SessionToken")));
    assert_eq!(
        (found.arn.as_str(), found.session_name.as_deref()),
        (role, Some("ci"))
    );
    assert_eq!(MOTO.credentials("AKIANOBODY").unwrap(), None);
}

#[test]
fn without_rules_the_proxy_is_transparent_and_counts() {
    let proxy = proxy();
    assert_eq!(create(&proxy.url(), "plain").unwrap().status, 200);
    assert!(exists("plain"));
    let calls = proxy.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(
        (calls[0].action.as_str(), calls[0].service.as_deref()),
        (CREATE, Some("ec2"))
    );
    assert_eq!(calls[0].parameter("LaunchTemplateName"), Some("plain"));
    assert_eq!(calls[0].outcome, Outcome::Forwarded);
    proxy.clear_calls();
    assert_eq!(proxy.count(CREATE), 0);
}

#[test]
fn throttling_ends_after_the_given_times_and_spares_other_actions() {
    let proxy = proxy();
    proxy.add(Rule::action(CREATE, Fault::throttle()).times(2));
    let other = [("Action", "DescribeVpcs"), ("Version", "2016-11-15")];
    let spared = query(&HttpClient::plain(), &proxy.url(), "ec2", "us-east-1", &other).unwrap();
    assert_eq!(spared.status, 200);
    for _ in 0..2 {
        let answer = create(&proxy.url(), "throttled").unwrap();
        assert_eq!(answer.status, 503);
        assert!(
            answer.body.contains("<Code>RequestLimitExceeded</Code>"),
            "{}",
            answer.body
        );
    }
    assert!(!exists("throttled"));
    assert_eq!(create(&proxy.url(), "throttled").unwrap().status, 200);
    assert_eq!((proxy.count(CREATE), proxy.forwarded(CREATE)), (3, 1));
}

#[test]
fn a_rule_can_wait_for_its_turn() {
    let proxy = proxy();
    proxy.add(Rule::action(CREATE, Fault::internal_error()).after(1).times(1));
    let statuses = ["turn-1", "turn-2", "turn-3"].map(|name| create(&proxy.url(), name).unwrap().status);
    assert_eq!(statuses, [200, 500, 200]);
}

#[test]
fn an_answer_can_be_lost_although_the_object_was_made() {
    let proxy = proxy();
    proxy.add(Rule::action(CREATE, Fault::DropAfter).times(1));
    create(&proxy.url(), "lost-answer").unwrap_err();
    assert!(exists("lost-answer"));
}

#[test]
fn a_request_can_be_lost_before_it_arrives() {
    let proxy = proxy();
    proxy.add(Rule::new(Matcher::Service("ec2".into()), Fault::DropBefore));
    create(&proxy.url(), "lost-request").unwrap_err();
    assert!(!exists("lost-request"));
    proxy.clear_rules();
    assert_eq!(create(&proxy.url(), "lost-request").unwrap().status, 200);
}

#[test]
fn a_delayed_answer_leaves_the_object_made_meanwhile() {
    let proxy = proxy();
    proxy.add(Rule::path("/", Fault::DelayAfter(Duration::from_secs(3600))));
    let url = proxy.url();
    let waiting = std::thread::spawn(move || create(&url, "slow"));
    let made = || {
        if exists("slow") {
            Ok(())
        } else {
            Err("not made".to_owned())
        }
    };
    counterparts::wait_for("the template", Duration::from_secs(30), made).unwrap();
    // Ending the proxy ends the wait, without an answer.
    drop(proxy);
    waiting.join().unwrap().unwrap_err();
}

#[test]
fn a_delayed_request_arrives_in_the_end() {
    let proxy = proxy();
    proxy.add(Rule::action(
        CREATE,
        Fault::DelayBefore(Duration::from_millis(100)),
    ));
    assert_eq!(create(&proxy.url(), "late").unwrap().status, 200);
    assert!(exists("late"));
}

#[test]
fn a_server_that_is_down_closes_the_connection() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = FaultProxy::start(&format!("http://{free}")).unwrap();
    create(&proxy.url(), "down").unwrap_err();
    assert_eq!(proxy.count(CREATE), 1);
}

#[test]
fn reset_forgets_everything() {
    let moto = Moto::start().unwrap();
    create(&moto.url(), "forgotten").unwrap();
    moto.reset().unwrap();
    let parameters = [("Action", "DescribeLaunchTemplates"), ("Version", "2016-11-15")];
    assert!(
        !moto
            .query("ec2", "us-east-1", &parameters)
            .unwrap()
            .body
            .contains("forgotten")
    );
    assert!(moto.log().contains("POST /moto-api/reset"), "{}", moto.log());
}

#[test]
fn an_account_is_found_by_the_tag_that_node_classes_select_by() {
    let account = Account::create(&MOTO, "tagged").unwrap();
    let found = |action: &str, element: &str| {
        let parameters = [
            ("Action", action),
            ("Version", "2016-11-15"),
            ("Filter.1.Name", "tag:karpenter.sh/discovery"),
            ("Filter.1.Value.1", "tagged"),
        ];
        let answer = MOTO.query("ec2", "us-east-1", &parameters).unwrap();
        let all = answer.elements(element).into_iter().map(str::to_owned);
        all.collect::<std::collections::BTreeSet<_>>()
    };
    let subnets = account.subnets.iter().map(|(_, id)| id.clone()).collect();
    assert_eq!(found("DescribeSubnets", "subnetId"), subnets);
    assert_eq!(
        found("DescribeSecurityGroups", "groupId"),
        [account.security_group].into()
    );
}
