//! `aws_launch_template` of the AWS provider, taken over by a `moved` block.

use tfplug::{Diagnostic, Diagnostics, MoveSource};

use super::model::LaunchTemplate;
use crate::resources::aws::moved::AwsState;

/// The prefix that the AWS provider itself gives to names, and stores although nobody wrote it.
const UNWRITTEN_PREFIX: &str = "terraform-";

/// The template that the AWS provider's state names, as an import would give it; the read that follows fills in the rest.
pub(super) fn from_aws(source: &MoveSource) -> Option<Result<LaunchTemplate, Diagnostics>> {
    let state = AwsState::of(source, "aws_launch_template")?;
    let (Some(id), Some(region)) = (state.text("id"), state.region()) else {
        let detail = "The state of aws_launch_template lacks its ID or its ARN, so it was never stored completely. Run `terraform apply \
                      -refresh-only` with the AWS provider first.";
        return Some(Err(Diagnostic::error(
            "The launch template cannot be moved",
            detail,
        )
        .into()));
    };
    let prefix = state
        .text("name_prefix")
        .filter(|prefix| prefix != UNWRITTEN_PREFIX);
    Some(Ok(LaunchTemplate {
        id: id.into(),
        region: region.into(),
        name_prefix: prefix.into(),
        ..LaunchTemplate::default()
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

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
        let (state_fields, changes) = (
            state.as_object_mut().unwrap(),
            changes.as_object().unwrap().clone(),
        );
        state_fields.extend(changes);
        MoveSource {
            provider: "registry.terraform.io/hashicorp/aws".to_owned(),
            type_name: "aws_launch_template".to_owned(),
            version: 0,
            state,
            identity: None,
            private: Vec::new(),
        }
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
    fn a_prefix_that_nobody_wrote_is_left_out() {
        for prefix in ["", "terraform-"] {
            let template = from_aws(&stored(json!({"name_prefix": prefix})))
                .unwrap()
                .unwrap();
            assert!(template.name_prefix.is_null(), "{prefix:?}");
        }
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
