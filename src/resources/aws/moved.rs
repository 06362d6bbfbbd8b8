//! State of the AWS provider that a `moved` block gives to a resource of ours.

use tfplug::{Attr, Diagnostic, Diagnostics, MoveSource};

/// The AWS provider, in whatever registry or mirror.
const AWS_PROVIDER: &str = "/hashicorp/aws";

/// The prefix that the AWS provider itself gives to names, and stores although nobody wrote it.
const UNWRITTEN_PREFIX: &str = "terraform-";

/// The state of a resource of the AWS provider.
#[derive(Debug)]
pub(in crate::resources) struct AwsState<'a>(&'a serde_json::Value);

impl<'a> AwsState<'a> {
    /// The state, if it is one of this resource type of the AWS provider.
    pub(in crate::resources) fn of(source: &'a MoveSource, type_name: &str) -> Option<Self> {
        let is_it = source.provider.ends_with(AWS_PROVIDER) && source.type_name == type_name;
        is_it.then_some(Self(&source.state))
    }

    /// A text that is not empty: the AWS provider stores an empty one for what is not set.
    pub(in crate::resources) fn text(&self, attribute: &str) -> Option<String> {
        let text = self.0.get(attribute)?.as_str()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The start of a name that is made unique, where the user wrote one.
    pub(in crate::resources) fn name_prefix(&self, attribute: &str) -> Attr<String> {
        let prefix = self.text(attribute);
        prefix.filter(|prefix| prefix != UNWRITTEN_PREFIX).into()
    }

    /// The object's region. Version 6 of the AWS provider stores it; the ARN names it in every version.
    pub(in crate::resources) fn region(&self) -> Option<String> {
        self.text("region").or_else(|| {
            let arn = self.text("arn")?;
            let region = arn.split(':').nth(3)?;
            (!region.is_empty()).then(|| region.to_owned())
        })
    }
}

/// The state does not say which object it is of.
pub(in crate::resources) fn incomplete(noun: &str, lacking: &str) -> Diagnostics {
    let detail = format!(
        "Its state lacks {lacking}, so it was never stored completely. Run `terraform apply -refresh-only` with the AWS provider first."
    );
    Diagnostic::error(format!("The {noun} cannot be moved"), detail).into()
}

/// A resource of a provider with this state.
#[cfg(test)]
pub(in crate::resources) fn source(provider: &str, type_name: &str, state: serde_json::Value) -> MoveSource {
    MoveSource {
        provider: provider.to_owned(),
        type_name: type_name.to_owned(),
        version: 0,
        state,
        identity: None,
        private: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_aws_provider_is_taken_at_its_word() {
        let is_taken = |provider: &str, type_name: &str| {
            AwsState::of(&source(provider, type_name, json!({})), "aws_launch_template").is_some()
        };
        for registry in [
            "registry.terraform.io",
            "registry.opentofu.org",
            "mirror.example.com",
        ] {
            assert!(is_taken(
                &format!("{registry}/hashicorp/aws"),
                "aws_launch_template"
            ));
        }
        assert!(!is_taken("registry.terraform.io/hashicorp/aws", "aws_instance"));
        assert!(!is_taken(
            "registry.terraform.io/nothashicorp/aws",
            "aws_launch_template"
        ));
        assert!(!is_taken(
            "registry.terraform.io/hashicorp/awscc",
            "aws_launch_template"
        ));
    }

    #[test]
    fn a_prefix_that_nobody_wrote_is_left_out() {
        let prefix = |text: &str| {
            let state = json!({"name_prefix": text});
            AwsState(&state).name_prefix("name_prefix")
        };
        assert_eq!(prefix("gpu-"), "gpu-".into());
        assert!(prefix("").is_null() && prefix("terraform-").is_null());
    }

    #[test]
    fn the_region_is_the_objects_own() {
        let region = |state: serde_json::Value| AwsState(&state).region();
        let arn = "arn:aws-cn:ec2:cn-north-1:123456789012:launch-template/lt-1";
        assert_eq!(region(json!({"arn": arn})).as_deref(), Some("cn-north-1"));
        assert_eq!(
            region(json!({"arn": arn, "region": "us-east-1"})).as_deref(),
            Some("us-east-1")
        );
        assert_eq!(region(json!({"arn": "", "region": null})), None);
    }
}
