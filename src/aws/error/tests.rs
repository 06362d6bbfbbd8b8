use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ConnectorError, ErrorMetadata, SdkError};
use aws_sdk_ec2::operation::describe_launch_templates::DescribeLaunchTemplatesError;
use aws_smithy_types::body::SdkBody;

use super::classify::{from_sdk, kind_of_answer};
use super::{AwsError, AwsErrorKind as Kind};

const CALL: (&str, &str) = ("EC2", "DescribeLaunchTemplates");

fn answered(status: u16, code: &str, message: &str) -> AwsError {
    let meta = ErrorMetadata::builder()
        .code(code)
        .message(message)
        .custom("aws_request_id", "req-1")
        .build();
    let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
    from_sdk(
        CALL,
        SdkError::service_error(DescribeLaunchTemplatesError::generic(meta), raw),
    )
}

#[test]
fn codes_have_their_kinds() {
    let table = [
        ("InvalidLaunchTemplateId.NotFound", 400, Kind::NotFound),
        ("InvalidLaunchTemplateId.VersionNotFound", 400, Kind::NotFound),
        ("InvalidLaunchTemplateName.NotFoundException", 400, Kind::NotFound),
        ("ResourceNotFoundException", 404, Kind::NotFound),
        (
            "InvalidLaunchTemplateName.AlreadyExistsException",
            400,
            Kind::AlreadyExists,
        ),
        ("InvalidLaunchTemplateId.Malformed", 400, Kind::InvalidParameter),
        ("InvalidParameterValue", 400, Kind::InvalidParameter),
        ("MissingParameter", 400, Kind::InvalidParameter),
        ("RequestLimitExceeded", 503, Kind::Throttled),
        ("ThrottlingException", 400, Kind::Throttled),
        ("UnauthorizedOperation", 403, Kind::AccessDenied),
        ("AuthFailure", 401, Kind::CredentialsInvalid),
        ("InvalidClientTokenId", 403, Kind::CredentialsInvalid),
        ("ExpiredTokenException", 403, Kind::CredentialsExpired),
        ("RequestExpired", 400, Kind::CredentialsExpired),
        ("VersionLimitExceeded", 400, Kind::LimitExceeded),
        ("InternalError", 500, Kind::Server),
        ("", 502, Kind::Server),
        ("", 403, Kind::AccessDenied),
        ("Strange", 400, Kind::Other),
    ];
    for (code, status, kind) in table {
        assert_eq!(kind_of_answer(CALL, code, None, status), kind, "{code} {status}");
    }
}

/// The messages are those that AWS gives, as users report them.
#[test]
fn codes_of_several_meanings_are_told_apart_by_service_call_and_message() {
    let in_use = "ResourceInUseException";
    let no_resource = "ResourceNotFoundException";
    let table = [
        (
            ("EKS", "CreateNodegroup"),
            in_use,
            "NodeGroup already exists with name a and cluster name b",
            Kind::AlreadyExists,
        ),
        (
            ("EKS", "CreateNodegroup"),
            in_use,
            "Cluster b currently has update 1 in progress",
            Kind::Busy,
        ),
        (
            ("EKS", "UpdateNodegroupConfig"),
            in_use,
            "Nodegroup a currently has update 1 in progress",
            Kind::Busy,
        ),
        (("EKS", "DeleteNodegroup"), in_use, "", Kind::Busy),
        (
            ("EKS", "CreateNodegroup"),
            "InvalidRequestException",
            "Cluster 'b' is not in ACTIVE status",
            Kind::Busy,
        ),
        (
            ("EKS", "CreateNodegroup"),
            "InvalidRequestException",
            "Disk size is wrong",
            Kind::InvalidParameter,
        ),
        (
            ("EKS", "DescribeNodegroup"),
            no_resource,
            "No cluster found for name: b.",
            Kind::ClusterNotFound,
        ),
        (
            ("EKS", "DescribeNodegroup"),
            no_resource,
            "No node group found for name: a.",
            Kind::NotFound,
        ),
        (
            ("EKS", "DescribeCluster"),
            no_resource,
            "No cluster found for name: b.",
            Kind::NotFound,
        ),
        (
            ("EKS", "CreateNodegroup"),
            "ResourceLimitExceededException",
            "",
            Kind::LimitExceeded,
        ),
        (
            ("EKS", "CreateNodegroup"),
            "AccessDeniedException",
            "",
            Kind::AccessDenied,
        ),
        (
            ("EKS", "DescribeNodegroup"),
            "ThrottlingException",
            "Rate exceeded",
            Kind::Throttled,
        ),
        (
            ("Auto Scaling", "CreateOrUpdateTags"),
            "ResourceContention",
            "",
            Kind::Busy,
        ),
        (
            ("Auto Scaling", "UpdateAutoScalingGroup"),
            "ScalingActivityInProgress",
            "",
            Kind::Busy,
        ),
        (
            ("Auto Scaling", "CreateOrUpdateTags"),
            "ValidationError",
            "AutoScalingGroup name not found - null",
            Kind::NotFound,
        ),
        (
            ("Auto Scaling", "CreateOrUpdateTags"),
            "ValidationError",
            "1 validation error detected",
            Kind::InvalidParameter,
        ),
        (
            ("Auto Scaling", "DescribeAutoScalingGroups"),
            "Throttling",
            "Rate exceeded",
            Kind::Throttled,
        ),
        (("SSM", "GetParameter"), "ParameterNotFound", "", Kind::NotFound),
    ];
    for (call, code, message, kind) in table {
        assert_eq!(
            kind_of_answer(call, code, Some(message), 400),
            kind,
            "{call:?} {code} {message}"
        );
    }
}

#[test]
fn display_gives_place_fact_and_next_step() {
    let error = answered(
        400,
        "InvalidLaunchTemplateId.NotFound",
        "The launch template lt-0 does not exist.",
    )
    .with_context("us-east-1");
    assert_eq!(
        error.to_string(),
        "EC2 DescribeLaunchTemplates (us-east-1): InvalidLaunchTemplateId.NotFound: \
         The launch template lt-0 does not exist. Request ID req-1. \
         Check the name or ID, the region and the account."
    );
}

#[test]
fn a_refused_signature_does_not_show_the_canonical_request() {
    let error = answered(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match. \
         The Canonical String for this request should have been 'x-amz-security-token:IQoJsecret'",
    );
    assert_eq!(error.kind, Kind::CredentialsInvalid);
    assert!(!format!("{error} {error:?}").contains("IQoJ"));
}

#[test]
fn missing_credentials_are_found_under_the_dispatch_failure() {
    let source = CredentialsError::not_loaded("looked at Environment, Profile");
    let error: SdkError<DescribeLaunchTemplatesError, HttpResponse> =
        SdkError::dispatch_failure(ConnectorError::other(source.into(), None));
    let error = from_sdk(CALL, error);
    assert_eq!(error.kind, Kind::CredentialsMissing);
    assert!(error.to_string().contains("AWS_PROFILE"), "{error}");
}

/// The instance's metadata service is asked last: where it gives nothing, there are no credentials to check.
#[test]
fn without_a_metadata_service_credentials_are_missing() {
    let refused = CredentialsError::provider_error("failed to load IMDS session token");
    assert_eq!(
        super::classify::credentials_error(CALL, &refused).kind,
        Kind::CredentialsMissing
    );
    let wrong = CredentialsError::provider_error("the profile names no role");
    assert_eq!(
        super::classify::credentials_error(CALL, &wrong).kind,
        Kind::CredentialsInvalid
    );
}

#[test]
fn connections_and_timeouts_are_told_apart() {
    let io = |source: ConnectorError| -> AwsError {
        from_sdk(
            CALL,
            SdkError::<DescribeLaunchTemplatesError, _>::dispatch_failure(source),
        )
    };
    let refused = io(ConnectorError::io("connection refused".into()));
    assert_eq!(refused.kind, Kind::EndpointUnreachable);
    assert!(refused.message.contains("connection refused"));
    assert_eq!(io(ConnectorError::timeout("5s".into())).kind, Kind::Timeout);
    assert!(refused.is_transient() && !refused.is_not_found());
}
