//! [`AutoScaling`] by the SDK.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_autoscaling::Client;
use aws_sdk_autoscaling::config::http::HttpResponse;
use aws_sdk_autoscaling::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_autoscaling::types::{
    AutoScalingGroup as SdkGroup, Filter, InstanceRefresh, InstanceRefreshStatus as Refresh, Tag,
    TagDescription,
};

use super::super::error::{AwsError, AwsErrorKind};
use super::super::gather::Gather;
use super::super::service::{client, failed};
use super::{AutoScaling, AutoScalingGroup};

const SERVICE: &str = "Auto Scaling";
const DESCRIBE: &str = "DescribeAutoScalingGroups";
/// The only type of resource that has tags here.
const RESOURCE_TYPE: &str = "auto-scaling-group";
/// Names of groups that a call takes without asking for more.
const NAMES_AT_ONCE: usize = 50;
/// Tags that a call takes.
const AT_ONCE: usize = 25;

/// Amazon EC2 Auto Scaling of one region.
#[derive(Debug)]
pub(in crate::aws) struct AutoScalingClient {
    client: Client,
    region: String,
    groups: Gather<AutoScalingGroup>,
}

impl AutoScalingClient {
    pub(in crate::aws) fn new(config: &SdkConfig, endpoint: Option<&str>, region: &str) -> Self {
        Self {
            client: client!(aws_sdk_autoscaling, SERVICE, config, endpoint),
            region: region.to_owned(),
            groups: Gather::default(),
        }
    }

    /// The converter of an action's errors, which also says what they were about.
    fn failed<E>(
        &self,
        action: &'static str,
        group: &str,
    ) -> impl FnOnce(SdkError<E, HttpResponse>) -> AwsError
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let about = format!("Auto Scaling group {group}");
        failed((SERVICE, action), &about, &self.region)
    }
}

impl AutoScalingClient {
    /// The groups of these names that there are.
    async fn describe(&self, names: Vec<String>) -> Result<BTreeMap<String, AutoScalingGroup>, AwsError> {
        let mut found = BTreeMap::new();
        for part in names.chunks(NAMES_AT_ONCE) {
            let call = self.client.describe_auto_scaling_groups();
            let call = call.set_auto_scaling_group_names(Some(part.to_vec()));
            let mut pages = call.into_paginator().items().send();
            while let Some(group) = pages.next().await {
                let group = seen(group.map_err(self.failed(DESCRIBE, &part.join(", ")))?);
                found.insert(group.name.clone(), group);
            }
        }
        Ok(found)
    }
}

#[async_trait]
impl AutoScaling for AutoScalingClient {
    async fn describe_group(&self, name: &str) -> Result<AutoScalingGroup, AwsError> {
        let shared = self.groups.get(name, |names| self.describe(names)).await?;
        // A group that is not there is left out of the answer.
        shared.ok_or_else(|| {
            let kind = AwsErrorKind::NotFound;
            AwsError::local(kind, (SERVICE, DESCRIBE), "there is no such group")
                .with_context(format!("Auto Scaling group {name}, {}", self.region))
        })
    }

    async fn cluster_groups(&self, cluster: &str) -> Result<Vec<AutoScalingGroup>, AwsError> {
        let keys = [
            format!("kubernetes.io/cluster/{cluster}"),
            format!("k8s.io/cluster-autoscaler/{cluster}"),
        ];
        let filter = Filter::builder()
            .name("tag-key")
            .set_values(Some(keys.to_vec()))
            .build();
        let call = self.client.describe_auto_scaling_groups().filters(filter);
        let mut pages = call.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(group) = pages.next().await {
            let about = format!("groups of cluster {cluster}");
            let group = group.map_err(failed((SERVICE, DESCRIBE), &about, &self.region))?;
            found.push(seen(group));
        }
        Ok(found)
    }

    async fn is_refreshing(&self, group: &str) -> Result<bool, AwsError> {
        let call = self
            .client
            .describe_instance_refreshes()
            .auto_scaling_group_name(group);
        let answer = call.send().await;
        let answer = answer.map_err(self.failed("DescribeInstanceRefreshes", group))?;
        Ok(answer.instance_refreshes().iter().any(goes_on))
    }

    async fn set_tags(&self, group: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
        let made = |(key, value): (&String, &String)| {
            tag(group, key).value(value).propagate_at_launch(false).build()
        };
        let all: Vec<Tag> = tags.iter().map(made).collect();
        for part in all.chunks(AT_ONCE) {
            let call = self.client.create_or_update_tags();
            let answer = call.set_tags(Some(part.to_vec())).send().await;
            answer.map_err(self.failed("CreateOrUpdateTags", group))?;
        }
        Ok(())
    }

    async fn delete_tags(&self, group: &str, keys: &[String]) -> Result<(), AwsError> {
        let all: Vec<Tag> = keys.iter().map(|key| tag(group, key).build()).collect();
        for part in all.chunks(AT_ONCE) {
            let answer = self
                .client
                .delete_tags()
                .set_tags(Some(part.to_vec()))
                .send()
                .await;
            answer.map_err(self.failed("DeleteTags", group))?;
        }
        Ok(())
    }
}

/// Whether a refresh still replaces instances.
fn goes_on(refresh: &InstanceRefresh) -> bool {
    let over = [
        Refresh::Successful,
        Refresh::Failed,
        Refresh::Cancelled,
        Refresh::RollbackSuccessful,
        Refresh::RollbackFailed,
    ];
    refresh.status().is_some_and(|status| !over.contains(status))
}

fn seen(group: SdkGroup) -> AutoScalingGroup {
    let pair = |tag: TagDescription| Some((tag.key?, tag.value.unwrap_or_default()));
    let mixed = group
        .mixed_instances_policy
        .and_then(|policy| policy.launch_template);
    let overrides = mixed
        .as_ref()
        .map(|template| template.overrides())
        .unwrap_or_default();
    let instance_types = overrides
        .iter()
        .filter_map(|one| one.instance_type().map(str::to_owned));
    let instance_types = instance_types.collect();
    let mixed = mixed.and_then(|template| template.launch_template_specification);
    let template = group.launch_template.or(mixed);
    AutoScalingGroup {
        name: group.auto_scaling_group_name.unwrap_or_default(),
        tags: group
            .tags
            .unwrap_or_default()
            .into_iter()
            .filter_map(pair)
            .collect(),
        instance_types,
        min_size: group.min_size.unwrap_or_default(),
        // Auto Scaling takes the default version where none is named.
        template: template.and_then(|of| {
            Some((
                of.launch_template_id?,
                of.version.unwrap_or_else(|| "$Default".to_owned()),
            ))
        }),
    }
}

fn tag(group: &str, key: &str) -> aws_sdk_autoscaling::types::builders::TagBuilder {
    Tag::builder()
        .resource_id(group)
        .resource_type(RESOURCE_TYPE)
        .key(key)
}
