use kube::core::Status;
use serde_json::{Value, json};

use super::classify::kind_of_status;
use super::{FieldConflict, InvalidField, KubeError, KubeErrorKind as Kind};
use crate::aws::{AwsError, AwsErrorKind};

fn status(value: Value) -> Status {
    serde_json::from_value(value).unwrap()
}

fn kind(code: u16, reason: &str, details: Value) -> Kind {
    kind_of_status(&status(json!({
        "kind": "Status", "status": "Failure", "code": code, "reason": reason,
        "message": "said", "details": details,
    })))
}

#[test]
fn codes_have_their_kinds() {
    let named = json!({"name": "a", "kind": "daemonsets"});
    let table = [
        (401, "Unauthorized", json!({}), Kind::Unauthorized),
        (403, "Forbidden", named.clone(), Kind::Denied),
        (404, "NotFound", named.clone(), Kind::NotFound),
        (
            404,
            "NotFound",
            json!({"name": "gpu", "kind": "namespaces"}),
            Kind::NamespaceMissing,
        ),
        (
            404,
            "NotFound",
            json!({"causes": [{"message": "404 page not found"}]}),
            Kind::CrdMissing,
        ),
        (409, "Conflict", named, Kind::Changed),
        (422, "Invalid", json!({}), Kind::Invalid(vec![])),
        (429, "TooManyRequests", json!({}), Kind::Throttled),
        (500, "InternalError", json!({}), Kind::Server),
        (504, "Timeout", json!({}), Kind::Timeout),
    ];
    for (code, reason, details, expected) in table {
        assert_eq!(kind(code, reason, details), expected, "{code} {reason}");
    }
}

/// What answers is another server: a proxy, a load balancer, the API server of something else.
#[test]
fn an_answer_in_another_form_is_no_missing_kind() {
    let answer = |code: u16, body: &str| {
        let status = Status::failure(body, "Failed to parse error data").with_code(code);
        KubeError::from_kube("c", None, &kube::Error::Api(status.boxed()))
    };
    assert_eq!(answer(404, "404 page not found").kind, Kind::CrdMissing);
    for (body, said) in [
        ("", "no text"),
        ("<html>\n<h1>Not here</h1>", "<html> <h1>Not here</h1>"),
    ] {
        let error = answer(404, body);
        assert_eq!(error.kind, Kind::Connection);
        let text = error.to_string();
        assert!(
            text.contains("the server answered 404 in a form") && text.contains(said),
            "{text}"
        );
        assert!(text.contains("Check the cluster's host"), "{text}");
    }
    let long = answer(502, &"x".repeat(9000)).to_string();
    assert!(long.len() < 600, "{}", long.len());
}

/// A webhook may answer with any code; one without a code becomes 400. What it says is a rule of the cluster, whatever the
/// code stands for elsewhere.
#[test]
fn a_webhooks_answer_is_a_rule_of_the_cluster() {
    for code in [400, 401, 403, 404, 409, 422, 429, 500] {
        for text in ["denied the request: no", "does not support dry run"] {
            let message = format!("admission webhook \"x.example.com\" {text}");
            let kind = kind_of_status(&status(json!({
                "kind": "Status", "status": "Failure", "code": code, "message": message,
            })));
            assert_eq!(kind, Kind::Denied, "{code}: {text}");
        }
    }
    let failed = json!({
        "status": "Failure", "code": 500, "reason": "InternalError",
        "message": "Internal error occurred: failed calling webhook \"x\": timeout",
    });
    assert_eq!(kind_of_status(&status(failed)), Kind::Server);
}

#[test]
fn a_terminating_namespace_is_not_a_missing_right() {
    let details = json!({"name": "a", "causes": [{"reason": "NamespaceTerminating", "message": "m"}]});
    assert_eq!(kind(403, "Forbidden", details), Kind::NamespaceMissing);
}

/// Texts as kube-apiserver 1.34 writes them.
#[test]
fn a_refusal_of_admission_is_not_a_missing_right() {
    let kind = |message: &str| {
        kind_of_status(&status(json!({
            "kind": "Status", "status": "Failure", "code": 403, "reason": "Forbidden", "message": message,
        })))
    };
    let right = r#"configmaps "a" is forbidden: User "reader" cannot get resource "configmaps" in API group "" in the namespace "gpu""#;
    assert_eq!(kind(right), Kind::Forbidden);
    let quota = r#"configmaps "a" is forbidden: exceeded quota: few, requested: count/configmaps=1, used: 1, limited: 1"#;
    assert_eq!(kind(quota), Kind::Denied);
    let webhook = r#"admission webhook "policy.example.com" denied the request: no owner"#;
    assert_eq!(kind(webhook), Kind::Denied);
}

/// Texts as kube-apiserver 1.34 writes them.
#[test]
fn conflicts_name_manager_and_path() {
    let conflict = |message: &str, field: &str| json!({"reason": "FieldManagerConflict", "message": message, "field": field});
    let details = json!({"causes": [
        conflict(r#"conflict with "kubectl-client-side-apply" using apps/v1 at 2026-11-23T02:00:00Z"#,
                 r#".spec.template.spec.containers[name="ctr"].image"#),
        conflict(r#"conflict with "hpa \"x\"" with subresource "scale" using apps/v1"#, ".spec.replicas"),
    ]});
    let expected = [
        FieldConflict {
            manager: "hpa \"x\"".into(),
            field: "spec.replicas".into(),
        },
        FieldConflict {
            manager: "kubectl-client-side-apply".into(),
            field: "spec.template.spec.containers[name=\"ctr\"].image".into(),
        },
    ];
    let Kind::Conflict(found) = kind(409, "Conflict", details) else {
        panic!("not a conflict")
    };
    assert_eq!(found, expected);
    let error = KubeError::new(Kind::Conflict(found), "cluster at https://a", "said").about("DaemonSet a/b");
    let text = error.to_string();
    assert!(text.contains("spec.replicas by \"hpa"), "{text}");
    assert!(text.contains("force_conflicts"), "{text}");
}

#[test]
fn refused_fields_are_listed() {
    let details = json!({"causes": [{"reason": "FieldValueInvalid", "message": "Invalid value: -1", "field": "spec.weight"}]});
    let found = kind(422, "Invalid", details);
    assert_eq!(
        found,
        Kind::Invalid(vec![InvalidField {
            field: "spec.weight".into(),
            message: "Invalid value: -1".into()
        }])
    );
    let text = KubeError::new(found, "c", "said").to_string();
    assert!(text.contains("spec.weight: Invalid value: -1"), "{text}");
}

#[test]
fn an_undeclared_field_is_no_fault_of_the_server() {
    let message = "failed to create typed patch object (default/plugin; apps/v1, Kind=DaemonSet): \
                   .spec.replicas: field not declared in schema";
    let found = kind_of_status(&status(
        json!({"status": "Failure", "code": 500, "message": message}),
    ));
    let field = InvalidField {
        field: "spec.replicas".into(),
        message: "field not declared in schema".into(),
    };
    assert_eq!(found, Kind::Invalid(vec![field]));
}

#[test]
fn a_missing_eks_cluster_is_not_an_unreachable_one() {
    let aws = |kind, operation| AwsError::local(kind, ("EKS", operation), "m");
    let missing = KubeError::from_aws("c", aws(AwsErrorKind::NotFound, "DescribeCluster"));
    assert_eq!(missing.kind, Kind::ClusterNotFound);
    let denied = KubeError::from_aws("c", aws(AwsErrorKind::AccessDenied, "DescribeCluster"));
    assert_eq!(denied.kind, Kind::Aws(AwsErrorKind::AccessDenied));
    assert!(missing.is_cluster_unavailable() && denied.is_cluster_unavailable());
    assert!(
        !missing.is_not_found(),
        "the cluster is missing, which says nothing about an object"
    );
}

#[test]
fn messages_are_scrubbed() {
    let error = KubeError::new(Kind::Other, "c", "sent Bearer k8s-aws-v1.aHR0cHM and failed");
    assert!(!format!("{error} {error:?}").contains("aHR0"));
}
