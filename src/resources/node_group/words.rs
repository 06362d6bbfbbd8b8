//! What EKS says of a group and of its updates, in words, with what to do about it.

use aws_sdk_eks::types as eks;

use super::observe::issues;

/// What to do about a health issue, by EKS' code: the kinds that users meet, as EKS' guide on troubleshooting has them.
const STEPS: [(&[&str], &str); 8] = [
    (
        &["AsgInstanceLaunchFailures", "InstanceLimitExceeded"],
        "EC2 launches no such instance: look at the quota of the instance type's family and at its capacity in the subnets' zones, or use \
         a capacity reservation.",
    ),
    (
        &["NodeCreationFailure", "Ec2InstanceNotJoined"],
        "Instances run and do not join: look at their console output (`aws ec2 get-console-output`) for lines of the boot script, which \
         halts where the GPUs cannot be cut, then at the node role's access entry and the subnets' way to the cluster.",
    ),
    (
        &[
            "Ec2LaunchTemplateVersionMismatch",
            "Ec2LaunchTemplateNotFound",
            "SourceEc2LaunchTemplateNotFound",
        ],
        "The launch template was changed behind EKS: let the group have a version that exists, and change the template in its configuration \
         only.",
    ),
    (
        &["Ec2LaunchTemplateInvalidConfiguration"],
        "EKS refuses a setting of the launch template: the message names it.",
    ),
    (
        &["AutoScalingGroupNotFound", "AutoScalingGroupInvalidConfiguration"],
        "The Auto Scaling group was changed or deleted behind EKS: make the node group anew.",
    ),
    (
        &[
            "AccessDenied",
            "IamNodeRoleNotFound",
            "IamInstanceProfileNotFound",
        ],
        "Check the node role, its policies and its access entry or line in aws-auth.",
    ),
    (
        &[
            "InsufficientFreeAddresses",
            "Ec2SubnetNotFound",
            "Ec2SubnetInvalidConfiguration",
            "Ec2SubnetMissingIpv6Assignment",
        ],
        "Check the subnets: they must exist, have free addresses and give instances a way to the cluster.",
    ),
    (
        &["PodEvictionFailure", "NodeTerminationFailure"],
        "A disruption budget, or a pod that tolerates everything, holds a node: free it, or set force_update_version = true.",
    ),
];

fn step(code: &str) -> Option<&'static str> {
    let found = STEPS.iter().find(|(codes, _)| codes.contains(&code));
    found.map(|(_, step)| *step)
}

/// One line for each issue, with its next step.
pub(super) fn of_issues(group: &eks::Nodegroup) -> Vec<String> {
    let line = |issue: &eks::Issue| {
        let code = issue
            .code()
            .map(eks::NodegroupIssueCode::as_str)
            .unwrap_or("Unknown");
        said(code, issue.message(), issue.resource_ids())
    };
    issues(group).iter().map(line).collect()
}

/// One line for each error of an update, with its next step.
pub(super) fn of_errors(update: &eks::Update) -> Vec<String> {
    let line = |error: &eks::ErrorDetail| {
        let code = error
            .error_code()
            .map(eks::ErrorCode::as_str)
            .unwrap_or("Unknown");
        said(code, error.error_message(), error.resource_ids())
    };
    update.errors().iter().map(line).collect()
}

fn said(code: &str, message: Option<&str>, about: &[String]) -> String {
    let message = message.unwrap_or("no message").trim_end_matches('.');
    let about = match about {
        [] => String::new(),
        some => format!(" ({})", some.join(", ")),
    };
    let step = step(code).map(|step| format!(" {step}")).unwrap_or_default();
    format!("{code}: {message}{about}.{step}")
}

/// The state of a group that is waited for, with what is wrong with it.
pub(super) fn progress(group: &eks::Nodegroup, doing: &str) -> String {
    let status = status(group);
    let codes = issues(group).iter().filter_map(eks::Issue::code);
    let codes: Vec<_> = codes.map(eks::NodegroupIssueCode::as_str).collect();
    match codes.as_slice() {
        [] => format!("{doing} ({status})"),
        codes => format!("{doing} ({status}; {})", codes.join(", ")),
    }
}

/// What is said of a warm pool, for which there is no attribute: it is kept, and its instances are paid for.
pub(super) fn of_warm_pool(group: &eks::Nodegroup) -> Option<String> {
    let pool = group
        .warm_pool_config()
        .filter(|pool| pool.enabled() == Some(true))?;
    let least = pool
        .min_size()
        .map_or(String::new(), |least| format!(" of at least {least} instances"));
    Some(format!(
        "It has a warm pool{least}, which somebody set up elsewhere. Its instances are paid for, and are no nodes. No attribute here manages \
         it, and no update changes it: remove it with the tool that made it if it is not wanted."
    ))
}

/// EKS' word.
pub(super) fn status(group: &eks::Nodegroup) -> &str {
    group
        .status()
        .map(eks::NodegroupStatus::as_str)
        .unwrap_or("UNKNOWN")
}

/// The lines of a list in a message.
pub(super) fn lines(all: &[String]) -> String {
    all.iter().map(|line| format!("\n  - {line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_has_a_next_step_where_one_is_known() {
        let text = said(
            "NodeCreationFailure",
            Some("Unhealthy nodes."),
            &["i-1".to_owned(), "i-2".to_owned()],
        );
        assert!(
            text.starts_with("NodeCreationFailure: Unhealthy nodes (i-1, i-2). Instances run"),
            "{text}"
        );
        assert_eq!(said("Strange", None, &[]), "Strange: no message.");
    }

    #[test]
    fn a_warm_pool_that_is_on_is_told_of() {
        let group = |enabled| {
            let pool = eks::WarmPoolConfig::builder()
                .enabled(enabled)
                .min_size(2)
                .build();
            eks::Nodegroup::builder().warm_pool_config(pool).build()
        };
        assert!(of_warm_pool(&group(true)).is_some_and(|text| text.contains("at least 2 instances")));
        assert_eq!(of_warm_pool(&group(false)), None);
        assert_eq!(of_warm_pool(&eks::Nodegroup::builder().build()), None);
    }
}
