//! `aws_launch_template` of the AWS provider, taken over by a `moved` block.

use tfplug::{Diagnostics, MoveSource};

use super::model::LaunchTemplate;
use crate::resources::aws::moved::{AwsState, incomplete};

/// The template that the AWS provider's state names, as an import would give it; the read that follows fills in the rest.
pub(super) fn from_aws(source: &MoveSource) -> Option<Result<LaunchTemplate, Diagnostics>> {
    let state = AwsState::of(source, "aws_launch_template")?;
    let (Some(id), Some(region)) = (state.text("id"), state.region()) else {
        return Some(Err(incomplete("launch template", "its ID or its ARN")));
    };
    Some(Ok(LaunchTemplate {
        id: id.into(),
        region: region.into(),
        name_prefix: state.name_prefix("name_prefix"),
        ..LaunchTemplate::default()
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resources::aws::moved::source;

    /// As terraform-provider-aws 5.100.0 stores a template, without what it does not set.
    fn stored(changes: Value) -> MoveSource {
        let mut state = json!({
            "arn": "arn:aws:ec2:eu-west-1:123456789012:launch-template/lt-0c5a1",
            "default_version": 1,
            "description": "slices",
            "id": "lt-0c5a1",
            "latest_version": 1,
            "name": "gpu-20261130080000000000000001",
            "name_prefix": "gpu-",
            "user_data": "IyEvYmluL3NoCg==",
            "vpc_security_group_ids": [],
        });
        let changes = changes.as_object().unwrap().clone();
        state.as_object_mut().unwrap().extend(changes);
        source(
            "registry.terraform.io/hashicorp/aws",
            "aws_launch_template",
            state,
        )
    }

    #[test]
    fn a_template_is_named_and_no_more() {
        let template = from_aws(&stored(json!({}))).unwrap().unwrap();
        let expected = LaunchTemplate {
            id: "lt-0c5a1".into(),
            region: "eu-west-1".into(),
            name_prefix: "gpu-".into(),
            ..LaunchTemplate::default()
        };
        assert_eq!(template, expected);
    }

    #[test]
    fn a_state_without_its_name_is_refused() {
        for lacking in [json!({"id": ""}), json!({"arn": null})] {
            let refused = from_aws(&stored(lacking)).unwrap().unwrap_err();
            let text = format!("{refused:?}");
            assert!(text.contains("-refresh-only"), "{text}");
        }
    }
}
