//! `aws_eks_node_group` of the AWS provider, taken over by a `moved` block.

use tfplug::{Diagnostics, MoveSource};

use super::model::NodeGroup;
use crate::resources::aws::moved::{AwsState, incomplete};

/// The group that the AWS provider's state names, as an import would give it; the read that follows fills in the rest.
pub(super) fn from_aws(source: &MoveSource) -> Option<Result<NodeGroup, Diagnostics>> {
    let state = AwsState::of(source, "aws_eks_node_group")?;
    let (Some(cluster), Some(name), Some(region)) = (
        state.text("cluster_name"),
        state.text("node_group_name"),
        state.region(),
    ) else {
        return Some(Err(incomplete("node group", "its cluster, its name or its ARN")));
    };
    Some(Ok(NodeGroup {
        cluster_name: cluster.into(),
        node_group_name: name.into(),
        node_group_name_prefix: state.name_prefix("node_group_name_prefix"),
        region: region.into(),
        ..NodeGroup::default()
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resources::aws::moved::source;

    fn stored(state: Value) -> MoveSource {
        source("registry.terraform.io/hashicorp/aws", "aws_eks_node_group", state)
    }

    #[test]
    fn a_group_is_named_and_no_more() {
        let arn = "arn:aws:eks:eu-west-1:123456789012:nodegroup/prod/gpu-1/2ec1a8b2";
        let state = json!({
            "arn": arn, "cluster_name": "prod", "node_group_name": "gpu-1", "node_group_name_prefix": "gpu-", "status": "ACTIVE",
        });
        let group = from_aws(&stored(state)).unwrap().unwrap();
        let expected = NodeGroup {
            cluster_name: "prod".into(),
            node_group_name: "gpu-1".into(),
            node_group_name_prefix: "gpu-".into(),
            region: "eu-west-1".into(),
            ..NodeGroup::default()
        };
        assert_eq!(group, expected);
        let unnamed = json!({"arn": arn, "cluster_name": "prod", "node_group_name": ""});
        assert!(from_aws(&stored(unnamed)).unwrap().is_err());
    }
}
