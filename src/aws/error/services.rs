//! Codes that mean different things in different services, or on different calls of one.

use super::AwsErrorKind::{self as Kind, AlreadyExists, Busy, ClusterNotFound, NotFound};
use super::classify::Call;

/// An error code of one service. `operation` is the start of the operation's name, and `message` a part of the message in lower
/// case; an empty text matches every one.
struct Rule {
    service: &'static str,
    operation: &'static str,
    code: &'static str,
    message: &'static str,
    kind: Kind,
}

const fn rule([service, operation, code, message]: [&'static str; 4], kind: Kind) -> Rule {
    Rule {
        service,
        operation,
        code,
        message,
        kind,
    }
}

/// The first that fits counts. EKS answers with `ResourceInUseException` both where a name is taken and where another
/// change is under way, and with `ResourceNotFoundException` whether the cluster is gone or what was in it: the API
/// reference of EKS lists both codes for CreateNodegroup, UpdateNodegroupVersion and DescribeNodegroup. Auto Scaling has no
/// code of its own for a group that is not there.
const RULES: [Rule; 10] = [
    rule(
        ["EKS", "DescribeCluster", "ResourceNotFoundException", ""],
        NotFound,
    ),
    rule(
        ["EKS", "", "ResourceNotFoundException", "no cluster found"],
        ClusterNotFound,
    ),
    rule(
        ["EKS", "Create", "ResourceInUseException", "exists"],
        AlreadyExists,
    ),
    rule(["EKS", "", "ResourceInUseException", ""], Busy),
    rule(["EKS", "", "InvalidRequestException", "not in active"], Busy),
    rule(["Auto Scaling", "", "ScalingActivityInProgress", ""], Busy),
    rule(["Auto Scaling", "", "ResourceContention", ""], Busy),
    rule(["Auto Scaling", "", "ResourceInUse", ""], Busy),
    rule(["Service Quotas", "", "NoSuchResourceException", ""], NotFound),
    rule(["Auto Scaling", "", "ValidationError", "not found"], NotFound),
];

/// The kind by a rule of the service, if it has one for this answer.
pub(super) fn kind_by_service((service, operation): Call, code: &str, message: &str) -> Option<Kind> {
    let message = message.to_ascii_lowercase();
    let fits = |rule: &&Rule| {
        rule.service == service
            && operation.starts_with(rule.operation)
            && rule.code == code
            && message.contains(rule.message)
    };
    RULES.iter().find(fits).map(|rule| rule.kind)
}
