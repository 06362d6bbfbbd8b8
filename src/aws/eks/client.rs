//! [`Eks`] by the SDK.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_eks::Client;
use aws_sdk_eks::config::http::HttpResponse;
use aws_sdk_eks::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_config::builders::UpdateNodegroupConfigInputBuilder;
use aws_sdk_eks::operation::update_nodegroup_version::builders::UpdateNodegroupVersionInputBuilder;
use aws_sdk_eks::types::{Nodegroup, Update};

use super::super::error::{AwsError, AwsErrorKind};
use super::super::service::{client, failed};
use super::{Eks, EksCluster, NodeGroupRef};

const SERVICE: &str = "EKS";
const DESCRIBE_CLUSTER: &str = "DescribeCluster";

/// Amazon EKS of one region.
#[derive(Debug)]
pub(in crate::aws) struct EksClient {
    client: Client,
    region: String,
}

impl EksClient {
    pub(in crate::aws) fn new(config: &SdkConfig, endpoint: Option<&str>, region: &str) -> Self {
        Self {
            client: client!(aws_sdk_eks, SERVICE, config, endpoint),
            region: region.to_owned(),
        }
    }

    /// The converter of an action's errors, which also says what they were about.
    fn failed<E>(
        &self,
        action: &'static str,
        about: &str,
    ) -> impl FnOnce(SdkError<E, HttpResponse>) -> AwsError
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        failed((SERVICE, action), about, &self.region)
    }

    /// What an answer must hold.
    fn held<T>(&self, answer: Option<T>, action: &'static str, about: &str) -> Result<T, AwsError> {
        answer.ok_or_else(|| {
            let call = (SERVICE, action);
            AwsError::local(AwsErrorKind::Server, call, "the answer holds no object")
                .with_context(format!("{about}, {}", self.region))
        })
    }
}

#[async_trait]
impl Eks for EksClient {
    async fn describe_cluster(&self, name: &str) -> Result<EksCluster, AwsError> {
        let about = format!("cluster {name}");
        let answer = self.client.describe_cluster().name(name).send().await;
        let answer = answer.map_err(self.failed(DESCRIBE_CLUSTER, &about))?;
        answer
            .cluster
            .and_then(connectable)
            .ok_or_else(|| not_ready().with_context(format!("{about}, {}", self.region)))
    }

    async fn list_clusters(&self) -> Result<Vec<String>, AwsError> {
        let mut pages = self.client.list_clusters().into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(name) = pages.next().await {
            found.push(name.map_err(self.failed("ListClusters", "all clusters"))?);
        }
        Ok(found)
    }

    async fn create_node_group(&self, input: CreateNodegroupInputBuilder) -> Result<Nodegroup, AwsError> {
        const ACTION: &str = "CreateNodegroup";
        let about = about(input.get_cluster_name(), input.get_nodegroup_name());
        let answer = input.send_with(&self.client).await;
        let answer = answer.map_err(self.failed(ACTION, &about))?;
        self.held(answer.nodegroup, ACTION, &about)
    }

    async fn describe_node_group(&self, group: &NodeGroupRef) -> Result<Nodegroup, AwsError> {
        const ACTION: &str = "DescribeNodegroup";
        let call = self.client.describe_nodegroup();
        let call = call.cluster_name(&group.cluster).nodegroup_name(&group.name);
        let about = format!("node group {group}");
        let answer = call.send().await.map_err(self.failed(ACTION, &about))?;
        self.held(answer.nodegroup, ACTION, &about)
    }

    async fn list_node_groups(&self, cluster: &str) -> Result<Vec<String>, AwsError> {
        let call = self.client.list_nodegroups().cluster_name(cluster);
        let mut pages = call.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(name) = pages.next().await {
            let about = format!("cluster {cluster}");
            found.push(name.map_err(self.failed("ListNodegroups", &about))?);
        }
        Ok(found)
    }

    async fn update_node_group_config(
        &self,
        input: UpdateNodegroupConfigInputBuilder,
    ) -> Result<Update, AwsError> {
        const ACTION: &str = "UpdateNodegroupConfig";
        let about = about(input.get_cluster_name(), input.get_nodegroup_name());
        let answer = input.send_with(&self.client).await;
        let answer = answer.map_err(self.failed(ACTION, &about))?;
        self.held(answer.update, ACTION, &about)
    }

    async fn update_node_group_version(
        &self,
        input: UpdateNodegroupVersionInputBuilder,
    ) -> Result<Update, AwsError> {
        const ACTION: &str = "UpdateNodegroupVersion";
        let about = about(input.get_cluster_name(), input.get_nodegroup_name());
        let answer = input.send_with(&self.client).await;
        let answer = answer.map_err(self.failed(ACTION, &about))?;
        self.held(answer.update, ACTION, &about)
    }

    async fn describe_update(&self, group: &NodeGroupRef, id: &str) -> Result<Update, AwsError> {
        const ACTION: &str = "DescribeUpdate";
        let call = self.client.describe_update().update_id(id);
        let call = call.name(&group.cluster).nodegroup_name(&group.name);
        let about = format!("update {id} of node group {group}");
        let answer = call.send().await.map_err(self.failed(ACTION, &about))?;
        self.held(answer.update, ACTION, &about)
    }

    async fn delete_node_group(&self, group: &NodeGroupRef) -> Result<(), AwsError> {
        let call = self.client.delete_nodegroup();
        let call = call.cluster_name(&group.cluster).nodegroup_name(&group.name);
        let about = format!("node group {group}");
        let answer = call.send().await;
        answer.map(drop).map_err(self.failed("DeleteNodegroup", &about))
    }

    async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        let all = tags.clone().into_iter().collect();
        let call = self.client.tag_resource().resource_arn(arn).set_tags(Some(all));
        call.send()
            .await
            .map(drop)
            .map_err(self.failed("TagResource", arn))
    }

    async fn untag(&self, arn: &str, keys: &[String]) -> Result<(), AwsError> {
        let call = self.client.untag_resource().resource_arn(arn);
        let call = call.set_tag_keys(Some(keys.to_vec()));
        call.send()
            .await
            .map(drop)
            .map_err(self.failed("UntagResource", arn))
    }
}

fn about(cluster: &Option<String>, group: &Option<String>) -> String {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    format!("node group {}:{}", text(cluster), text(group))
}

fn connectable(cluster: aws_sdk_eks::types::Cluster) -> Option<EksCluster> {
    Some(EksCluster {
        name: cluster.name?,
        endpoint: cluster.endpoint?,
        certificate_authority: cluster.certificate_authority?.data?,
        version: cluster.version,
        status: cluster.status.map(|status| status.as_str().to_owned()),
    })
}

fn not_ready() -> AwsError {
    AwsError::local(
        AwsErrorKind::Other,
        (SERVICE, DESCRIBE_CLUSTER),
        "the cluster has no endpoint or no certificate authority yet; wait until it is ACTIVE",
    )
}
